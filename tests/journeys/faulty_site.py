"""A web server with every fault that a publisher's can have, beside ten feeds that are in order."""

import gzip
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.sources.server import Answer, Site, page, redirect, serving

GOOD = tuple(f"good-{number}" for number in range(10))
PRIVATE = "127.0.0.2"  # a neighbour of the site, which nobody may be led to
_WORDS = "The council met in the old harbour office and talked about quay number {0} all day. " * 8
_RSS = '<rss version="2.0"><channel><title>Site</title>{0}</channel></rss>'
DEEP = 100_000  # tags in one another: deep enough to hurt, and read in time by a busy machine


def item(title: str, url: str, text: str = "") -> str:
    return (
        f"<item><title>{title}</title><link>{url}</link><guid>{url}</guid>"
        f"<description>{text or _WORDS.format(title)}</description></item>"
    )


def feed(*items: str) -> bytes:
    return _RSS.format("".join(items)).encode()


def xxe(private: str) -> bytes:
    return (
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY file SYSTEM "file:///etc/passwd">'
        f'<!ENTITY web SYSTEM "{private}/xxe"><!ENTITY % more SYSTEM "{private}/dtd"> %more;]>'
        + _RSS.format(item("An entity &file;", "/story/good-8/1", f"&file; &web; {_WORDS}"))
    ).encode()


def laughs() -> bytes:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    start = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{levels}]>'
    return (start + _RSS.format(item("Laugh &l11;", "/story/good-9/1", "&l11;"))).encode()


def deep() -> bytes:
    return feed(f"<item><title>Deep</title>{'<a>' * DEEP}{'</a>' * DEEP}</item>")


def deep_page() -> bytes:
    return b"<html><body><h1>Deep</h1>" + b"<div>" * DEEP + b"deep" + b"</div>" * DEEP


def raw(first: bytes, more: Callable[[], Iterable[bytes]] = tuple) -> Answer:
    """Bytes as they are, and more of them until the client leaves."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(first)
        for piece in more():
            handler.wfile.write(piece)
        handler.close_connection = True

    return answer


def drip() -> Iterator[bytes]:
    pause = threading.Event()
    while not pause.wait(0.05):
        yield b"x"


def flood() -> Iterator[bytes]:
    while True:
        yield b"<item>" * 10_000


_OK = b"HTTP/1.0 200 OK\r\nContent-Type: application/rss+xml\r\n"

# What each path says when it is read, in words of its own reason. None: it is harmless, and read.
REASONS: dict[str, str | None] = {
    "loop": "redirects more than 5 times",
    "bomb": "unpack to more than",
    "drip-headers": "too slow",
    "drip-body": "too slow",
    "endless": "more than 5000000 bytes",
    "fifty-megabytes": "more than 5000000 bytes",
    "packed-otherwise": "packed as 'br'",
    "broken-gzip": "the gzip answer is broken",
    "not-http": "no answer from",
    "cut": "no answer from",
    "missing": "404 Not Found",
    "gone": "410 Gone",
    "busy": "429 Too Many Requests",
    "web-page": "is a web page, not a feed",
    "nothing": "neither RSS, Atom nor JSON Feed",
    "to-file": "does not begin with http",
    "to-private": f"{PRIVATE}, which is not a public address",
    "to-metadata": "169.254.169.254, which is not a public address",
    "to-ssh": "port 22 is none of",
    "to-password": "carries a user name or password",
    "deep": None,
    "xxe": None,
    "laughs": None,
    "moved": None,
}


def odd_addresses(port: int) -> dict[str, str]:
    """The private neighbour, as those write it who hope that nobody recognises it."""
    forms = {
        "plain": PRIVATE,
        "decimal": "2130706434",
        "hexadecimal": "0x7f000002",
        "hexadecimal-parts": "0x7f.0.0.2",
        "octal": "0177.0.0.2",
        "short": "127.2",
        "mapped": f"[::ffff:{PRIVATE}]",
        "mapped-hexadecimal": "[::ffff:7f00:2]",
        "nat64": "[64:ff9b::7f00:2]",
        "6to4": "[2002:7f00:2::]",
        "loopback-6": "[::1]",
        "scoped": "[fe80::1%25lo]",
        "zero": "0.0.0.0",
        "localhost": "localhost",
        "localhost-dot": "localhost.",
        "upper-case": "LOCALHOST",
    }
    return {name: f"http://{host}:{port}/feed" for name, host in forms.items()}


def elsewhere(handler: BaseHTTPRequestHandler) -> None:
    """A feed whose articles stand on another host, under the same port."""
    host = f"//other.example:{handler.headers['Host'].partition(':')[2]}"
    stories = (item("Closed", f"{host}/story/good-5/1"), item("Open", f"{host}/story/good-6/1"))
    page(feed(*stories))(handler)


CLOSED = "User-agent: *\nDisallow: /story/good-5/\n"


def answers(private: str) -> dict[str, Answer]:
    """What the site says; `private` is the neighbour's address."""
    good = {
        f"/{name}": page(feed(*(item(f"{name} story {n}", f"/story/{name}/{n}") for n in range(3))))
        for name in GOOD
    }
    stories = {
        f"/story/{name}/{n}": page(
            f"<html><body><article><h1>{name} story {n}</h1><p>{_WORDS}</p></article>".encode()
        )
        for name in GOOD
        for n in range(3)
    }
    lures = (f"{private}/lure", "/deep-page", "/drip-body", "/bomb", "file:///etc/passwd")
    return {
        **good,
        **stories,
        "/loop": redirect("/loop"),
        "/bomb": page(gzip.compress(bytes(60_000_000)), Content_Encoding="gzip"),
        "/drip-headers": raw(_OK + b"X-Slow: ", drip),
        "/drip-body": raw(_OK + b"\r\n", drip),
        "/endless": raw(_OK + b"\r\n", flood),
        "/fifty-megabytes": page(_RSS.format(" " * 50_000_000).encode()),
        "/packed-otherwise": page(b"x", Content_Encoding="br"),
        "/broken-gzip": page(gzip.compress(b"x" * 9999)[:-9], Content_Encoding="gzip"),
        "/not-http": raw(b"+OK POP3 ready\r\n\r\n"),
        "/cut": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n<rss"),
        "/gone": page(b"", status=410),
        "/busy": page(b"", status=429, Retry_After="3600"),
        "/web-page": page(b"<html><body>Welcome</body></html>"),
        "/nothing": page(b""),
        "/to-file": redirect("file:///etc/passwd"),
        "/to-private": redirect(f"{private}/redirect"),
        "/to-metadata": redirect("http://169.254.169.254/latest/meta-data/"),
        "/to-ssh": redirect("http://93.184.216.34:22/"),
        "/to-password": redirect(f"http://me:secret@{private.partition('//')[2]}/"),
        "/deep": page(deep()),
        "/xxe": page(xxe(private)),
        "/laughs": page(laughs()),
        "/moved": redirect("/good-0", 301),
        "/deep-page": page(deep_page()),
        "/lures": page(
            feed(
                *(item(f"Lure {n}", url) for n, url in enumerate(lures)),
                item("No lure", "/story/good-1/1"),
            )
        ),
        "/robots.txt": page(CLOSED.encode(), content_type="text/plain"),
        "/elsewhere": elsewhere,
        "/rebinding": page(feed(item("Rebound", "/story/good-2/2"))),
    }


@dataclass
class Neighbour:
    """A server that must never be connected to; `connected` counts those who did."""

    port: int
    connected: int = 0

    @property
    def url(self) -> str:
        return f"http://{PRIVATE}:{self.port}"


@contextmanager
def neighbour() -> Iterator[Neighbour]:
    class Server(ThreadingHTTPServer):
        def verify_request(self, request: object, client_address: object) -> bool:
            found.connected += 1
            return False

    server = Server(("", 0), BaseHTTPRequestHandler)  # all addresses of this machine
    found = Neighbour(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def faulty_site() -> Iterator[tuple[Site, Neighbour]]:
    with neighbour() as private, serving(answers(private.url)) as site:
        yield site, private
