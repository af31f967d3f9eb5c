"""Amazon SES as its SMTP endpoint behaves, on the loopback address.

No PIPELINING; a Message-ID and a Date of its own, with the id in the 250 reply; 451 4.4.2 to who
says nothing for a while; 454 to who is too fast, or has had enough for a day.

with FakeSes(daily=100) as server:
    server.say("DOT", TOO_FAST, times=1)
"""

import asyncio
import re
import threading
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.smtp_server import Handler, Server, SmtpServer

TOO_FAST = "454 Throttling failure: Maximum sending rate exceeded."
ENOUGH = "454 Throttling failure: Daily message quota exceeded."
IDLE = "451 4.4.2 Timeout waiting for data from client."
USER = "AKIAIOSFODNN7EXAMPLE"
PASSWORD = "a password of Amazon's making"
DATE = b"Sun, 22 Nov 2026 07:00:09 +0000"

_REPLACED = re.compile(rb"(?mi)^(Message-ID|Date):[^\r]*(\r\n[ \t][^\r]*)*\r\n")


@dataclass(slots=True)
class _SesHandler(Handler):
    daily: int | None = None
    idled: threading.Event = field(default_factory=threading.Event)

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, name: str, replies: list[str]
    ) -> list[str]:
        session.host_name = name
        auth = [reply for reply in replies if "AUTH" in reply or "STARTTLS" in reply]
        return ["250-email-smtp.amazonaws.com", "250-8BITMIME", *auth, "250 Ok"]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.daily is not None and len(self.taken) >= self.daily:
            return ENOUGH
        number = f"0102019f{len(self.taken):08x}-6d0a3b4c-5f1e-4a7b-9c2d-3e8f7a6b5c4d-000000"
        envelope.content = _rewritten(envelope.content, number)
        reply = await Handler.handle_DATA(self, server, session, envelope)
        return f"250 Ok {number}" if reply.startswith("250") else reply


class _SesServer(Server):
    def _timeout_cb(self) -> None:
        assert isinstance(self.transport, asyncio.WriteTransport)
        self.transport.write(f"{IDLE}\r\n".encode())
        self.transport.close()
        self.event_handler.idled.set()


class FakeSes(SmtpServer):
    """`idle` in seconds of silence after which it hangs up, `daily` messages it takes in all."""

    handler_type = _SesHandler
    server_type = _SesServer

    def __init__(self, *, idle: float = 10.0, daily: int | None = None) -> None:
        super().__init__(tls="starttls", users={USER: PASSWORD})
        self.SMTP_kwargs["timeout"] = idle
        self.handler.daily = daily
        self.idled: threading.Event = self.handler.idled


def _rewritten(content: object, number: str) -> bytes:
    assert isinstance(content, bytes)
    head, blank, body = content.partition(b"\r\n\r\n")
    kept = _REPLACED.sub(b"", head + b"\r\n")
    own = b"Date: %b\r\nMessage-ID: <%b@eu-west-1.amazonses.com>" % (DATE, number.encode())
    return kept + own + blank + body
