"""The door to a mail server: SMTP with kept connections, one transaction a message.

smtplib connects, negotiates TLS and logs in; the transaction is ours, because only who reads
each reply at its stage knows whether a reader was refused, is untouched, or is in doubt.
(All of smtplib's exceptions are OSErrors.)
"""

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from ipaddress import ip_address
from types import TracebackType
from typing import Self

from newsletter.delivery.replies import (
    GoOn,
    Meaning,
    RelayWrong,
    Reply,
    Stage,
    ends_connection,
    meaning,
)
from newsletter.delivery.transport import TransportFault
from newsletter.model.delivery import Accepted, InDoubt, Message, Outcome, Untouched
from newsletter.model.specs import SmtpSpec

_TRIES = 3
_PAUSE = 2.0  # seconds before the second try to connect, twice that before the third
_DOT_TIMEOUT = 600.0  # RFC 5321 §4.5.3.2.6: who gives up earlier makes doubles
_LINE_START_DOT = b"\r\n."


class SmtpTransport:
    """One connection at a time to the server of `spec`, opened when needed and kept.

    `password` is the secret itself, wherever it was configured. `timeout` in seconds holds for
    every step but the reply to the final dot. One thread at a time.
    """

    def __init__(
        self,
        spec: SmtpSpec,
        *,
        password: str | None = None,
        local_hostname: str | None = None,
        timeout: float = 60.0,
        dot_timeout: float = _DOT_TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._spec = spec
        self._password = password
        self._local_hostname = local_hostname
        self._timeout = timeout
        self._dot_timeout = dot_timeout
        self._sleep = sleep
        self._session: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def offer(self, message):
        pass

    def withdraw(self):
        pass

    def hand_over(self, message, following=None, still=lambda: True):
        return self.send(message)

    def send(self, message: Message) -> Outcome:
        """Hand one message to the server and read what becomes of it.

        TransportFault when the server cannot be reached or does not want us: nothing was sent.
        """
        kept = self._session is not None
        outcome = self._attempt(message)
        if kept and isinstance(outcome, Untouched):
            # A kept connection may have gone stale, or have had its last message: a new one has
            # not, and nothing was handed over yet.
            return self._attempt(message)
        return outcome

    def room_for(self, letters: int, size: int) -> str | None:
        """A server takes letters one by one: there is no room to be short of."""
        return None

    def close(self) -> None:
        """Say goodbye, if anybody listens."""
        session, self._session = self._session, None
        if session is None:
            return
        try:
            session.quit()
        except OSError:
            session.close()

    def _attempt(self, message: Message) -> Outcome:
        session = self._session = self._session or self._connected()
        self._check_size(session, message)
        try:
            return self._transaction(session, message)
        except OSError as error:
            self._drop()
            return Untouched(f"the connection was lost: {_words(error)}")
        except BaseException:
            self._drop()  # in the middle of a transaction: fit for nothing more
            raise

    def _transaction(self, session: smtplib.SMTP, message: Message) -> Outcome:
        """MAIL, RCPT, DATA, content, dot: up to the dot, an exception means nothing was sent."""
        assert session.sock is not None
        session.sock.settimeout(self._timeout)
        size = f" SIZE={len(message.content)}" if session.has_extn("size") else ""
        for stage, command in (
            (Stage.MAIL, f"MAIL FROM:<{message.sender}>{size}"),
            (Stage.RCPT, f"RCPT TO:<{message.recipient}>"),
            (Stage.DATA, "DATA"),
        ):
            verdict = self._read(stage, _reply(session.docmd(command)))
            if not isinstance(verdict, GoOn):
                return self._ended(session, verdict)
        session.send(_stuffed(message.content))
        return self._finished(session)

    def _finished(self, session: smtplib.SMTP) -> Outcome:
        """The final dot and its reply: from here on a lost connection leaves a doubt."""
        assert session.sock is not None
        try:
            session.sock.settimeout(self._dot_timeout)
            session.send(b".\r\n")
            verdict = self._read(Stage.DOT, _reply(session.getreply()))
        except OSError as error:
            self._drop()
            return InDoubt(f"the connection was lost after the final dot: {_words(error)}")
        assert not isinstance(verdict, GoOn)
        return self._ended(session, verdict)

    def _read(self, stage: Stage, reply: Reply) -> Meaning:
        if ends_connection(reply):
            self._drop()
        return meaning(stage, reply)

    def _ended(self, session: smtplib.SMTP, verdict: Outcome | RelayWrong) -> Outcome:
        """Leave the connection fit for the next message, or leave it."""
        if isinstance(verdict, Untouched):
            self._drop()
        elif isinstance(verdict, RelayWrong):
            raise TransportFault(f"{self._name} does not take mail from us: {verdict.reply}")
        elif not isinstance(verdict, Accepted):
            self._reset(session)
        return verdict

    def _reset(self, session: smtplib.SMTP) -> None:
        """RSET, so that a refused message does not poison the next one."""
        if self._session is None:
            return
        try:
            code, _ = session.docmd("RSET")
        except OSError:
            code = -1
        if code != 250:
            self._drop()

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def _check_size(self, session: smtplib.SMTP, message: Message) -> None:
        limit = session.esmtp_features.get("size", "")
        if limit.isdigit() and 0 < int(limit) < len(message.content):
            raise TransportFault(
                f"{self._name} takes letters of at most {limit} bytes; this edition's have"
                f" {len(message.content)}: fewer stories, or pictures linked instead of attached"
            )

    @property
    def _name(self) -> str:
        return f"mail server {self._spec.host}:{self._spec.port}"

    def _connected(self) -> smtplib.SMTP:
        for attempt in range(_TRIES):
            if attempt:
                self._sleep(_PAUSE * attempt)
            try:
                return self._opened()
            except OSError as error:
                if _is_permanent(error):
                    raise TransportFault(f"{self._name}: {self._advice(error)}") from None
                last = _words(error)
        raise TransportFault(f"{self._name} could not be reached in {_TRIES} tries: {last}")

    def _opened(self) -> smtplib.SMTP:
        spec = self._spec
        if spec.username and spec.tls == "none" and not _is_loopback(spec.host):
            raise TransportFault(
                f'{self._name}: transport.username is set and transport.tls is "none":'
                ' a password is not sent in the clear; set tls = "starttls" or "tls"'
            )
        session = self._greeted()
        try:
            self._secured(session)
        except BaseException:
            session.close()
            raise
        return session

    def _greeted(self) -> smtplib.SMTP:
        where = (self._spec.host, self._spec.port, self._local_hostname)
        if self._spec.tls == "tls":
            return smtplib.SMTP_SSL(*where, timeout=self._timeout, context=self._tls())
        return smtplib.SMTP(*where, timeout=self._timeout)

    def _secured(self, session: smtplib.SMTP) -> None:
        """STARTTLS and login as configured, and never less."""
        assert session.sock is not None
        # Content and dot are two writes: Nagle's algorithm would hold the dot back for 40 ms.
        session.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._spec.tls == "starttls":
            session.starttls(context=self._tls())
        session.ehlo_or_helo_if_needed()
        if self._spec.username:
            session.login(self._spec.username, self._password or "")

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
        words = _words(error)
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


def _reply(answer: tuple[int, bytes]) -> Reply:
    code, text = answer
    return Reply(code, " ".join(text.decode("utf-8", "replace").split()))


def _stuffed(content: bytes) -> bytes:
    """The content as DATA wants it (RFC 5321 §4.5.2); our own letters have no such dots."""
    if content.startswith(b"."):
        content = b"." + content
    if _LINE_START_DOT in content:
        content = content.replace(_LINE_START_DOT, b"\r\n..")
    return content if content.endswith(b"\r\n") else content + b"\r\n"


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


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        return f"{error.smtp_code} {' '.join(text.split())}"
    return str(error) or type(error).__name__
