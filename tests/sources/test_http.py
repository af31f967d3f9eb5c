import gzip
import re
import ssl
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import trustme

from newsletter.sources.http import Http, Limits
from newsletter.sources.port import Fetched, SourceFault, answered
from tests.sources.server import Answer, page, redirect, serving, tagged

LOOPBACK = ("127.0.0.0/8",)


def client(**changes: Any) -> Http:
    return Http(**{"user_agent": "Meridian/1", "allow_private": LOOPBACK, **changes})


def fetch(answer: Answer, **changes: Any) -> Fetched:
    with serving({"/": answer}) as site, client(**changes) as http:
        return http.fetch(f"{site.url}/")


def fault_of(url: str, **changes: Any) -> SourceFault:
    with client(**changes) as http, pytest.raises(SourceFault) as caught:
        http.fetch(url)
    return caught.value


def fault_when(answer: Answer, **changes: Any) -> SourceFault:
    with pytest.raises(SourceFault) as caught:
        fetch(answer, **changes)
    return caught.value


def never_asked(host: str, port: int) -> Sequence[str]:
    raise AssertionError(f"{host} was looked up")


def names(**known: Sequence[str]) -> Callable[[str, int], Sequence[str]]:
    def resolve(host: str, port: int) -> Sequence[str]:
        return known[re.sub(r"\W", "_", host)]

    return resolve


def test_a_page_comes_with_its_type_charset_and_address() -> None:
    fetched = fetch(page(b"\xe9", content_type='text/HTML; charset="ISO-8859-1"'))
    assert (fetched.status, fetched.content) == (200, b"\xe9")
    assert (fetched.content_type, fetched.charset) == ("text/html", "iso-8859-1")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", fetched.url)


def test_conditions_are_sent_and_an_answer_that_nothing_changed_is_a_value() -> None:
    with serving({"/": tagged(b"us", '"1"')}) as site, client() as http:
        assert http.fetch(f"{site.url}/", {"If-None-Match": '"0"'}).content == b"us"
        same = http.fetch(f"{site.url}/", {"If-None-Match": '"1"'})
    assert (same.status, same.content, same.headers["etag"]) == (304, b"", '"1"')


def test_the_publisher_is_told_who_asks_and_what_is_understood() -> None:
    with serving({"/": page()}) as site, client() as http:
        http.fetch(f"{site.url}/#top")
    assert site.asked == ["/"]
    assert site.headers[0]["User-Agent"] == "Meridian/1"
    assert site.headers[0]["Accept-Encoding"] == "gzip"


def test_a_gzip_answer_is_unpacked_to_the_last_byte() -> None:
    text = b"".join(b"%d;" % n for n in range(50_000))
    packed = gzip.compress(text[:100]) + gzip.compress(text[100:]) + bytes(7)
    assert fetch(page(packed, Content_Encoding="gzip")).content == text


def test_a_gzip_answer_that_ends_too_early_is_a_fault() -> None:
    packed = gzip.compress(bytes(range(256)) * 99)[:-12]
    fault = fault_when(page(packed, Content_Encoding="gzip"))
    assert fault.code == "fetch_failed"
    assert "ends too early" in str(fault)


def test_redirects_are_followed_and_the_last_address_is_told() -> None:
    answers = {"/a": redirect("b"), "/b": redirect("/c", 308), "/c": page(b"there")}
    with serving(answers) as site, client() as http:
        fetched = http.fetch(f"{site.url}/a")
    assert (fetched.url, fetched.content) == (f"{site.url}/c", b"there")


def test_an_error_answer_is_a_value_without_content() -> None:
    fetched = fetch(page(b"gone for good", status=410))
    assert (fetched.status, fetched.content) == (410, b"")


def test_a_source_takes_any_answer_but_a_good_one_as_a_fault() -> None:
    with serving({}) as site, client() as http, pytest.raises(SourceFault) as caught:
        answered(http.fetch, f"{site.url}/feed")
    assert f"{site.url}/feed: the server answered 404 Not Found" in str(caught.value)


def test_a_redirect_loop_ends() -> None:
    with serving({"/": redirect("/")}) as site:
        fault = fault_of(f"{site.url}/")
    assert fault.code == "fetch_refused"
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://10.0.0.1/",
        "//192.168.1.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "javascript:alert(1)",
        "http://user:pass@127.0.0.1/",
    ],
)
def test_a_redirect_out_of_bounds_is_refused(target: str) -> None:
    fault = fault_when(redirect(target))
    assert fault.code == "fetch_refused"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://0x7f000001/",
        "http://0.0.0.0/",
        "http://0/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fd00:ec2::254]/",
        "http://169.254.169.254/",
        "http://100.64.0.1/",
        "http://198.18.0.1/",
        "http://255.255.255.255/",
        "http://localhost/",
        "http://LOCALHOST/",
        "http://127.0.1/",
        "http://0x7F.1/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[64:ff9b:1::7f00:1]/",
        "http://[2001:0:7f00:1::]/",
        "http://[fe80::1]/",
        "http://[ff02::1]/",
        "http://192.0.0.192/",
        "http://168.63.129.16/",
        "http://100.100.100.200/",
        "http://①②⑦.⓪.⓪.①/",
    ],
)
def test_no_form_of_a_private_address_is_connected(url: str) -> None:
    assert fault_of(url, allow_private=()).code == "fetch_refused"


@pytest.mark.parametrize(
    "url",
    [
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://[fe80::1%25lo]/",
        "http://a..b/",
        "http://localhost./",
        "http://127.0.0.1./",
        "http://256.0.0.1/",
        "http://127.0.0.1.1/",
        "http://4294967297/",
    ],
)
def test_forms_that_mean_nothing_certain_are_not_connected_either(url: str) -> None:
    assert fault_of(url, allow_private=()).code in {"fetch_refused", "fetch_failed"}


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://news.example/",
        "gopher://news.example/",
        "data:text/html,x",
        "news.example/feed",
        "http://",
        "http:///feed",
        "http://user@news.example/",
        "http://user:secret@news.example/",
        "http://news.example:99999/",
    ],
)
def test_what_is_not_a_plain_web_address_is_refused_unasked(url: str) -> None:
    fault = fault_of(url, resolve=never_asked)
    assert fault.code == "fetch_refused"


def test_one_private_answer_among_public_ones_refuses_the_host() -> None:
    mixed = names(news_example=["93.184.216.34", "10.0.0.8"])
    fault = fault_of("http://news.example/", resolve=mixed)
    assert fault.code == "fetch_refused"
    assert 'allow_private = ["10.0.0.8/32"]' in str(fault)


def test_a_name_is_looked_up_once_and_its_checked_address_connected() -> None:
    looked_up: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        looked_up.append(host)
        return ["127.0.0.1"] if len(looked_up) == 1 else ["10.0.0.8"]

    with serving({"/": page(b"us")}) as site, client(resolve=rebinding) as http:
        assert http.fetch(f"http://news.example:{site.port}/").content == b"us"
    assert looked_up == ["news.example"]
    assert site.headers[0]["Host"] == f"news.example:{site.port}"


def test_the_next_address_is_tried_when_the_first_does_not_answer() -> None:
    both = names(news_example=["127.0.0.9", "127.0.0.1"])
    with serving({"/": page(b"us")}) as site, client(resolve=both) as http:
        assert http.fetch(f"http://news.example:{site.port}/").content == b"us"


@pytest.mark.parametrize("port", [22, 25, 6379, 9200])
def test_ports_of_other_services_are_refused_on_public_addresses(port: int) -> None:
    public = names(news_example=["93.184.216.34"])
    fault = fault_of(f"http://news.example:{port}/", resolve=public)
    assert fault.code == "fetch_refused"
    assert f"port {port}" in str(fault)


def test_an_unknown_host_is_named() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    fault = fault_of("https://nowhere.example/feed", resolve=unknown)
    assert fault.code == "fetch_failed"
    assert "https://nowhere.example/feed" in str(fault)


def test_name_servers_that_never_answer_run_into_the_deadline() -> None:
    released = threading.Event()

    def silent(host: str, port: int) -> Sequence[str]:
        released.wait(30)
        return []

    fault = fault_of("http://slow.example/", resolve=silent, limits=Limits(total=0.1))
    released.set()
    assert fault.code == "timeout"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for news.example, from an authority that this process trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("news.example").configure_cert(context)
    return context


def test_a_certificate_is_checked_for_the_name_and_not_for_the_address(
    certificate: ssl.SSLContext,
) -> None:
    loopback = names(news_example=["127.0.0.1"], other_example=["127.0.0.1"])
    with serving({"/": page(b"us")}, certificate) as site:
        with client(resolve=loopback) as http:
            assert http.fetch(f"https://news.example:{site.port}/").content == b"us"
        fault = fault_of(f"https://other.example:{site.port}/", resolve=loopback)
    assert fault.code == "fetch_failed"


def test_an_encrypted_address_does_not_lead_to_an_open_one(certificate: ssl.SSLContext) -> None:
    loopback = names(news_example=["127.0.0.1"])
    with serving({"/": redirect("http://news.example/")}, certificate) as site:
        fault = fault_of(f"https://news.example:{site.port}/", resolve=loopback)
    assert fault.code == "fetch_refused"
    assert "not encrypted" in str(fault)


def test_a_page_above_the_limit_is_refused() -> None:
    fault = fault_when(page(bytes(5001)), limits=Limits(wire=5000))
    assert fault.code == "too_large"


def test_a_body_without_end_is_refused_by_its_size() -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(bytes(65536))

    assert fault_when(endless).code == "too_large"


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory() -> None:
    bomb = gzip.compress(bytes(60_000_000))
    fault = fault_when(page(bomb, Content_Encoding="gzip"))
    assert fault.code == "too_large"


def test_a_bomb_inside_the_size_limit_is_refused_by_its_ratio() -> None:
    bomb = gzip.compress(bytes(4_000_000))
    assert fault_when(page(bomb, Content_Encoding="gzip")).code == "too_large"


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip"])
def test_a_packing_that_was_not_asked_for_is_refused(encoding: str) -> None:
    fault = fault_when(page(b"x", Content_Encoding=encoding))
    assert fault.code == "fetch_refused"


def dripping(first: bytes) -> Answer:
    """Byte by byte, each in time, until the client leaves."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(first)
        pause = threading.Event()
        while not pause.wait(0.02):
            handler.wfile.write(b"x")

    return answer


@pytest.mark.parametrize(
    "first",
    [b"HTTP/1.0 200 OK\r\nX-Slow: ", b"HTTP/1.0 200 OK\r\n\r\n"],
    ids=["headers", "body"],
)
def test_a_slow_drip_ends_with_the_deadline(first: bytes) -> None:
    fault = fault_when(dripping(first), limits=Limits(total=0.3))
    assert fault.code == "timeout"


def test_a_server_that_says_nothing_is_left() -> None:
    def silent(handler: BaseHTTPRequestHandler) -> None:
        threading.Event().wait(0.5)

    assert fault_when(silent, limits=Limits(read=0.1)).code == "timeout"


def test_an_answer_that_is_not_http_is_a_fault() -> None:
    def nonsense(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"+OK POP3 ready\r\n\r\n")

    assert fault_when(nonsense).code == "fetch_failed"


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"/": page(b"proxy")}) as proxy, serving({"/": page(b"us")}) as site:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        with client() as http:
            assert http.fetch(f"{site.url}/").content == b"us"
    assert proxy.asked == []
