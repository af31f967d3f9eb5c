"""The door to the web: fetches what outsiders name, and is not to be led anywhere else.

Whoever writes a feed decides what we fetch next, so every address is hostile: a name is resolved
once, refused if any of its addresses is not public, and the connection goes to the address that
was looked at, not to the name again (no DNS rebinding). Every redirect starts from the beginning.
Sizes are counted on the wire and unpacked, time from the first look-up to the last byte.
"""

import io
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from email.message import Message
from threading import Thread
from types import TracebackType
from typing import Any, Self

import httpcore2
import httpx2

from newsletter.sources.addresses import IP, Network, is_public, literal, networks, within
from newsletter.sources.gunzip import NotGzip, gunzip
from newsletter.sources.manners import Manners, server_of
from newsletter.sources.port import Fetched, SourceFault

MB = 1_000_000
_PORTS = frozenset({80, 443, 8080, 8443})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, */*;q=0.5"
)

Resolve = Callable[[str, int], Sequence[str]]
"""A host's addresses, all of them; OSError where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds and bytes. `ratio` counts from the first megabyte: short pages pack very well."""

    connect: float = 5
    read: float = 10
    total: float = 20
    wire: int = 5 * MB
    unpacked: int = 15 * MB
    ratio: int = 200
    redirects: int = 5


PAGES = Limits()
PICTURES = Limits(total=60, wire=10 * MB)

# When the fetch that runs in this thread has to be done, by the monotonic clock: connections are
# kept and shared, and httpcore2 only knows the time allowed for a single read.
_deadline: ContextVar[float] = ContextVar("_deadline")


def resolve(host: str, port: int) -> Sequence[str]:
    """What the system's resolver says, IPv4 and IPv6."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(answer[4][0]) for answer in answers]


class Http:
    """Fetches from public addresses, and from the networks in `allow_private`, on any port there.

    One for all pages of a source; it keeps connections open until it is left. `manners` are shared
    by all that ask the same hosts.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow_private: Sequence[str] = (),
        limits: Limits = PAGES,
        resolve: Resolve = resolve,
        manners: Manners | None = None,
    ) -> None:
        self._limits = limits
        self._manners = manners or Manners(0)
        self._headers = (
            ("User-Agent", user_agent),
            ("Accept", _ACCEPT),
            ("Accept-Encoding", "gzip"),
        )
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpcore2.default_ssl_context(),
            keepalive_expiry=3,
            network_backend=_CheckedNetwork(networks(allow_private), resolve),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.close()

    def fetch(self, url: str, conditions: Mapping[str, str] | None = None) -> Fetched:
        """What stands behind an address, redirects followed; an answer of any status.

        `conditions` are headers such as If-None-Match. The content of errors and redirects is not
        read. SourceFault tells what was refused, what failed, what was too large and what took
        too long.
        """
        token = _deadline.set(time.monotonic() + self._limits.total)
        try:
            return self._follow(_checked(url, named=url), named=url, conditions=conditions or {})
        finally:
            _deadline.reset(token)

    def _follow(self, url: httpx2.URL, *, named: str, conditions: Mapping[str, str]) -> Fetched:
        moved: str | None = None
        for_good = True
        for _ in range(self._limits.redirects + 1):
            answer = self._politely(url, named, conditions)
            if isinstance(answer, Fetched):
                return replace(answer, moved=moved)
            following = _checked(answer.to, named=named, base=url)
            if url.scheme == "https" and following.scheme == "http":
                raise _refused(named, f"it redirects to {following}, which is not encrypted")
            for_good = for_good and answer.status in _FOR_GOOD
            moved = str(following) if for_good else moved
            url = following
        raise _refused(named, f"it redirects more than {self._limits.redirects} times")

    def _politely(
        self, url: httpx2.URL, named: str, conditions: Mapping[str, str]
    ) -> "Fetched | _Redirect":
        """Ask when it is our turn at this host; waiting for it is not the server's fault."""
        asked = time.monotonic()
        with self._manners.turn(server_of(str(url))):
            _deadline.set(_deadline.get() + time.monotonic() - asked)
            return self._get(url, named, conditions)

    def _get(
        self, url: httpx2.URL, named: str, conditions: Mapping[str, str]
    ) -> "Fetched | _Redirect":
        """The answer, or where it redirects to."""
        timeouts = {
            "connect": self._limits.connect,
            "read": self._limits.read,
            "write": self._limits.read,
            "pool": self._limits.total,
        }
        try:
            with self._pool.stream(
                "GET",
                str(url),
                headers=[*self._headers, *conditions.items()],
                extensions={"timeout": timeouts},
            ) as response:
                return self._read(response, url, named)
        except httpcore2.TimeoutException as error:
            raise SourceFault("timeout", f"{named}: {_too_slow(self._limits)}") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise SourceFault(
                "fetch_failed", f"{named}: no answer from {url.host} ({error}); try again later"
            ) from error
        except _NotPublic as error:
            raise _refused(named, str(error)) from error

    def _read(
        self, response: httpcore2.Response, url: httpx2.URL, named: str
    ) -> "Fetched | _Redirect":
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in response.headers
        }
        if response.status in _REDIRECTS and "location" in headers:
            return _Redirect(response.status, headers["location"])
        good = 200 <= response.status < 300
        encoding = headers.get("content-encoding", "").strip().lower() if good else ""
        content = self._body(response.iter_stream(), encoding, named) if good else b""
        media_type, charset = _media_type(headers.get("content-type", ""))
        return Fetched(
            url=str(url),
            status=response.status,
            content=content,
            content_type=media_type,
            charset=charset,
            headers=headers,
        )

    def _body(self, chunks: Iterable[bytes], encoding: str, named: str) -> bytes:
        wire = _Counted(chunks, self._limits.wire, named)
        if encoding in ("", "identity"):
            return _joined(wire)
        if encoding not in ("gzip", "x-gzip"):
            raise _refused(named, f"its answer is packed as {encoding!r}, only gzip was asked for")
        try:
            return _joined(self._unpacked(wire, named))
        except NotGzip as error:
            raise SourceFault(
                "fetch_failed", f"{named}: the gzip answer is broken ({error}); try again later"
            ) from error

    def _unpacked(self, wire: "_Counted", named: str) -> Iterator[bytes]:
        size = 0
        for piece in gunzip(wire):
            size += len(piece)
            if size > self._limits.unpacked or size > max(MB, self._limits.ratio * wire.size):
                raise SourceFault(
                    "too_large",
                    f"{named}: {wire.size} bytes unpack to more than {size}; this is not fetched",
                )
            yield piece


@dataclass(frozen=True, slots=True)
class _Redirect:
    status: int
    to: str


class _Counted:
    """Chunks as they come from the wire, until there are too many of them or time is up."""

    def __init__(self, chunks: Iterable[bytes], limit: int, named: str) -> None:
        self.size = 0
        self._chunks = chunks
        self._limit = limit
        self._named = named

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.size += len(chunk)
            if self.size > self._limit:
                raise SourceFault(
                    "too_large",
                    f"{self._named}: more than {self._limit} bytes; this is not fetched",
                )
            yield chunk


class _NotPublic(Exception):
    """The name leads where we do not go; the message says where that is."""


class _CheckedNetwork(httpcore2.NetworkBackend):
    """Connects to addresses that were looked at, and reads no longer than the deadline."""

    def __init__(self, allowed: Sequence[Network], resolve: Resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._network = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = self._addresses(host, port)
        for address in addresses[:-1]:
            try:
                return self._connect(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue  # the next address of the same host: IPv6 may be broken here
        return self._connect(addresses[-1], port, timeout, local_address, socket_options)

    def _connect(
        self,
        address: IP,
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None,
    ) -> httpcore2.NetworkStream:
        left = _time_left(timeout, httpcore2.ConnectTimeout)
        stream = self._network.connect_tcp(str(address), port, left, local_address, socket_options)
        return _TimedStream(stream)

    def _addresses(self, host: str, port: int) -> Sequence[IP]:
        """Every address of the host, each of them one where we may go. Order is the resolver's."""
        found = tuple(dict.fromkeys(literal(answer) for answer in self._look_up(host, port)))
        ours = [within(address, self._allowed) for address in found]
        for address, allowed in zip(found, ours, strict=True):
            if not (allowed or is_public(address)):
                raise _NotPublic(
                    f"{host} is {address}, which is not a public address; if this source may "
                    f'read it, set allow_private = ["{address}/{address.max_prefixlen}"]'
                )
        if port not in _PORTS and not all(ours):
            raise _NotPublic(
                f"port {port} is none of {', '.join(map(str, sorted(_PORTS)))}; allow_private "
                f"with the server's address lifts this"
            )
        return found

    def _look_up(self, host: str, port: int) -> Sequence[str]:
        """Asks in a thread of its own: the system's resolver knows no time limit."""
        answers: list[str] = []
        faults: list[Exception] = []

        def ask() -> None:
            try:
                answers.extend(self._resolve(host, port))
            except (OSError, UnicodeError) as fault:  # UnicodeError: a label over 63 characters
                faults.append(fault)

        asking = Thread(target=ask, daemon=True, name="look-up")
        asking.start()
        asking.join(_time_left(None, httpcore2.ConnectTimeout))
        if asking.is_alive():
            raise httpcore2.ConnectTimeout(f"no answer from the name servers for {host}")
        if not answers:
            reason = str(faults[0]) if faults else "no address"
            raise httpcore2.ConnectError(f"the name {host} is not known: {reason}")
        return answers


class _TimedStream(httpcore2.NetworkStream):
    """A connection on which every wait ends with the fetch's own deadline at the latest.

    Headers that drip in byte by byte end here too; the pool only limits each single read.
    """

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _time_left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _time_left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: Any,  # ssl.SSLContext: the module stays out of here
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = _time_left(timeout, httpcore2.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _time_left(timeout: float | None, late: type[httpcore2.TimeoutException]) -> float:
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise late("the time for this fetch is over")
    return left if timeout is None else min(timeout, left)


def _joined(pieces: Iterable[bytes]) -> bytes:
    """One after the other, without ever holding all of them twice."""
    whole = io.BytesIO()
    for piece in pieces:
        whole.write(piece)
    return whole.getvalue()


def _checked(url: str, *, named: str, base: httpx2.URL | None = None) -> httpx2.URL:
    """The address, where its form is one that we fetch at all."""
    try:
        found = base.join(url) if base else httpx2.URL(url)
        httpcore2.URL(str(found))  # knows that there is no port 99999
    except (httpx2.InvalidURL, ValueError) as error:
        raise _refused(named, f"{url!r} is not an address ({error})") from error
    if found.scheme not in ("http", "https"):
        raise _refused(named, f"{url!r} does not begin with http:// or https://")
    if not found.host:
        raise _refused(named, f"{url!r} names no host")
    if found.userinfo:
        raise _refused(named, "it carries a user name or password; take it out of the address")
    return found.copy_with(fragment=None)


def _refused(named: str, reason: str) -> SourceFault:
    return SourceFault("fetch_refused", f"{named}: not fetched, {reason}")


def _too_slow(limits: Limits) -> str:
    return (
        f"too slow (limits: {limits.connect:g} s to connect, {limits.read:g} s for each answer, "
        f"{limits.total:g} s in all); try again later"
    )


def _media_type(header: str) -> tuple[str | None, str | None]:
    """`text/html; charset="UTF-8"` as ("text/html", "utf-8") (RFC 9110, 8.3)."""
    if not header:
        return None, None
    message = Message()
    message["content-type"] = header.replace("\r", " ").replace("\n", " ")
    charset = message.get_content_charset()
    return message.get_content_type(), charset
