"""A real mail server on the loopback address, that can be told to be difficult.

with SmtpServer() as server:
    server.say("RCPT", "550 5.1.1 No such user", to="gone@example.com")
    server.say("RCPT", "450 4.7.1 Greylisted", to="new@example.com", times=1)
    server.say("DOT", DROP, times=1)          # the letter is taken, the reply is lost
    ...                                       # server.spec() is its SmtpSpec
    server.taken[0].recipient, server.taken[0].message["Subject"]
"""

import asyncio
import email
import email.policy
import socket
import ssl
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Literal, Self

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from newsletter.model.specs import SmtpSpec
from tests.smtp_script import ANYBODY, DROP, STALL, Script

HOST = "127.0.0.1"
Stage = Literal["CONNECT", "MAIL", "RCPT", "DATA", "DOT", "RSET"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A message as it came in."""

    sender: str
    recipient: str
    content: bytes
    tls: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        message = email.message_from_bytes(self.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message


@dataclass(slots=True)
class Handler:
    """What aiosmtpd asks: keeps what comes in and says what the script says."""

    script: Script = field(default_factory=Script)
    taken: list[Taken] = field(default_factory=list)
    clients: set[object] = field(default_factory=set)

    def line(self, stage: Stage, recipient: str = ANYBODY) -> str | None:
        return self.script.next_for(stage, recipient)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.clients.add(session.peer)
        reply = self.line("MAIL")
        if reply is None or reply.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply or "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.line("RCPT", address)
        if reply is None or reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply or "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        reply = self.line("DOT", envelope.rcpt_tos[0])
        if reply is None or reply.startswith("2") or reply in (DROP, STALL):
            self.taken.append(_taken(session, envelope))
        return reply or f"250 2.0.0 Ok: queued as {len(self.taken):06d}"

    async def handle_RSET(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        return self.line("RSET") or "250 2.0.0 OK"


class Server(SMTP):
    """aiosmtpd's server, with the habits that its hooks cannot give it."""

    async def push(self, status: Any) -> None:
        assert self.session is not None
        if str(status).startswith("220 ") and not self.session.host_name:
            status = self.event_handler.line("CONNECT") or status
        if status in (DROP, STALL):
            if status == DROP:
                self._hang_up()
            await asyncio.Event().wait()  # until the connection is gone
        await super().push(status)
        if str(status).startswith("421"):
            self._hang_up()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        assert self.envelope is not None
        recipients = self.envelope.rcpt_tos
        if recipients and (reply := self.event_handler.line("DATA", recipients[0])):
            await self.push(reply)
        else:
            await super().smtp_DATA(arg)

    def _hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()


class SmtpServer(Controller):
    """The server; `users` (name → password) makes it ask for a login."""

    handler_type = Handler
    server_type = Server

    def __init__(
        self,
        *,
        tls: Literal["none", "starttls", "tls"] = "none",
        users: Mapping[str, str] | None = None,
        size_limit: int = 2**25,
    ) -> None:
        self.tls = tls
        self.users = dict(users or {})
        self.authority = trustme.CA() if tls != "none" else None
        self._bound = socket.create_server((HOST, 0))
        context = self._context()
        super().__init__(
            self.handler_type(),
            hostname=HOST,
            port=self._bound.getsockname()[1],
            ssl_context=context if tls == "tls" else None,
            tls_context=context if tls == "starttls" else None,
            require_starttls=tls == "starttls",
            data_size_limit=size_limit,
            authenticator=self._authenticated if users else None,
            auth_required=bool(users) and tls != "none",
            auth_require_tls=tls == "starttls",
            enable_SMTPUTF8=False,
            server_hostname="mail.example",
            ident="ESMTP",
        )

    def say(self, stage: Stage, reply: str, *, to: str = ANYBODY, times: int | None = None) -> None:
        """From now on reply this at a stage; at CONNECT, MAIL and RSET there is no recipient."""
        self.handler.script.add(stage, reply, to, times)

    @property
    def taken(self) -> list[Taken]:
        """The messages that came in, in order."""
        return list(self.handler.taken)

    @property
    def recipients(self) -> list[str]:
        return [taken.recipient for taken in self.taken]

    @property
    def connections(self) -> int:
        """How many connections got as far as MAIL FROM."""
        return len(self.handler.clients)

    def spec(self, **changes: Any) -> SmtpSpec:
        """The configuration that reaches this server. With TLS give it a `ca_file`, to which
        `server.authority.cert_pem.write_to_path(ca_file)` wrote the certificate.
        """
        values: dict[str, Any] = {
            "kind": "smtp",
            "host": HOST,
            "port": self.port,
            "tls": self.tls,
            "username": next(iter(self.users), None),
        }
        return SmtpSpec(**(values | changes))

    def factory(self) -> Server:
        return self.server_type(self.handler, **self.SMTP_kwargs)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._bound.close()

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(
            self._factory_invoker, sock=self._bound, ssl=self.ssl_context
        )

    def _context(self) -> ssl.SSLContext | None:
        if self.authority is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.authority.issue_cert(HOST).configure_cert(context)
        return context

    def _authenticated(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        expected = self.users.get(data.login.decode())
        known = expected == data.password.decode()
        return AuthResult(success=known, handled=False, auth_data=data)


def _taken(session: Session, envelope: Envelope) -> Taken:
    login = session.auth_data
    assert isinstance(envelope.content, bytes)
    return Taken(
        sender=envelope.mail_from or "",
        recipient=envelope.rcpt_tos[0],
        content=envelope.content,
        tls=session.ssl is not None,
        user=login.login.decode() if isinstance(login, LoginPassword) else None,
    )
