"""Connecting to a mail server: greeting, EHLO, TLS and login, by smtplib.

(All of smtplib's exceptions are OSErrors.)
"""

import smtplib
import socket
import ssl
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from typing import Any

from newsletter.delivery.patience import Patience
from newsletter.delivery.transport import TransportFault, Unreachable
from newsletter.delivery.wire import Wire
from newsletter.model.specs import SmtpSpec

_TRIES = 3
_PAUSE = 2.0  # seconds before the second try to connect, twice that before the third
# Seconds for the connection itself and for the handshake of TLS: no more than a process that is
# asked to end may take, because neither can be hurried.
_CONNECT_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Server:
    """A connection on which mail may be sent, and what the server behind it offers."""

    wire: Wire
    pipelining: bool
    size: bool
    largest: int | None  # bytes; None: no limit that it tells
    eight_bit: bool


class _Session(smtplib.SMTP):
    """smtplib's session, with our reader of replies and so with our deadlines."""

    def __init__(
        self, where: tuple[str, int, str | None], patience: Patience, limit: float, **more: Any
    ) -> None:
        self._wire: Wire | None = None
        self._patience = patience
        self._limit = limit
        super().__init__(*where, timeout=_CONNECT_TIMEOUT, **more)

    def getreply(self) -> tuple[int, bytes]:
        assert self.sock is not None
        if self._wire is None or self._wire.sock is not self.sock:
            # What came in before TLS is forgotten with the wire that it came in on.
            self._wire = _wire_of(self.sock, self._patience)
        try:
            code, texts = self._wire.lines(self._limit)
        except OSError:
            self.close()
            raise
        return code, b"\n".join(text.strip() for text in texts)

    def taken_over(self) -> Wire:
        """The wire itself; the session knows nothing of it any more."""
        assert self._wire is not None
        self.sock = None
        return self._wire


class _TlsSession(_Session, smtplib.SMTP_SSL):
    """The same under TLS from the first byte; wants a `context`."""


class Connector:
    """How the server of `spec` is reached. `password` is the secret itself, `limit` the seconds in
    which each reply has to come."""

    def __init__(
        self,
        spec: SmtpSpec,
        *,
        password: str | None,
        local_hostname: str | None,
        limit: float,
        patience: Patience,
    ) -> None:
        self._spec = spec
        self._password = password
        self._local_hostname = local_hostname
        self._limit = limit
        self._patience = patience

    @property
    def name(self) -> str:
        return f"mail server {self._spec.host}:{self._spec.port}"

    def connected(self) -> Server:
        """A new connection, ready for MAIL; TransportFault, with what to do, when there is none."""
        for attempt in range(_TRIES):
            try:
                return self._opened()
            except OSError as error:
                if _is_permanent(error):
                    raise TransportFault(f"{self.name}: {self._advice(error)}") from None
                last = words_of(error)
            tries = attempt + 1
            if self._patience.hurried:
                break
            if tries < _TRIES:
                self._patience.sleep(_PAUSE * tries)
        often = "one try" if tries == 1 else f"{tries} tries"
        raise Unreachable(f"{self.name} could not be reached in {often}: {last}")

    def _opened(self) -> Server:
        spec = self._spec
        if spec.username and spec.tls == "none" and not _is_loopback(spec.host):
            raise TransportFault(
                f'{self.name}: transport.username is set and transport.tls is "none":'
                ' a password is not sent in the clear; set tls = "starttls" or "tls"'
            )
        session = self._greeted()
        try:
            self._secured(session)
        except BaseException:
            session.close()
            raise
        return _server(session)

    def _greeted(self) -> _Session:
        where = (self._spec.host, self._spec.port, self._local_hostname)
        if self._spec.tls == "tls":
            return _TlsSession(where, self._patience, self._limit, context=self._tls)
        return _Session(where, self._patience, self._limit)

    def _secured(self, session: _Session) -> None:
        """STARTTLS and login as configured, and never less."""
        if self._spec.tls == "starttls":
            assert session.sock is not None
            session.sock.settimeout(_CONNECT_TIMEOUT)  # for the handshake, which is one wait
            session.starttls(context=self._tls)
        session.ehlo_or_helo_if_needed()
        if self._spec.username:
            session.login(self._spec.username, self._password or "")

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Certificate and host name are checked, always."""
        try:
            return ssl.create_default_context(cafile=self._spec.ca_file)
        except OSError as error:
            raise TransportFault(
                f"transport.ca_file {self._spec.ca_file}: no certificates could be read from it"
                f" ({error.strerror or error})"
            ) from None

    def _advice(self, error: Exception) -> str:
        words = words_of(error)
        match error:
            case ssl.SSLCertVerificationError():
                return f"its certificate is not to be trusted: {words}; see transport.ca_file"
            case ssl.SSLError():
                return (
                    f"no TLS could be agreed on ({words}); check transport.port and transport.tls"
                )
            case smtplib.SMTPNotSupportedError() if self._spec.tls == "starttls":
                return f"{words}; there is no going on in plain text"
            case smtplib.SMTPAuthenticationError():
                return f"the login was refused: {words}; check transport.username and password"
        return words


def words_of(error: Exception) -> str:
    """What an error says, for a message."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        return f"{error.smtp_code} {' '.join(text.split())}"
    return str(error) or type(error).__name__


def _wire_of(sock: socket.socket, patience: Patience) -> Wire:
    # Small writes are not to wait for the acknowledgement of the one before (Nagle's algorithm).
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Wire(sock, patience, plain=not isinstance(sock, ssl.SSLSocket))


def _server(session: _Session) -> Server:
    offers = session.esmtp_features
    limit = offers.get("size", "")
    return Server(
        session.taken_over(),
        pipelining="pipelining" in offers,
        size="size" in offers,
        largest=int(limit) if limit.isdecimal() and int(limit) else None,
        eight_bit="8bitmime" in offers,
    )


def _is_permanent(error: Exception) -> bool:
    """Whether trying to connect again could only fail again."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= 500
    return isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
