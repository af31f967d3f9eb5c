"""What is sent, and how, in the tests of the way to a server."""

from typing import Any

from newsletter.delivery.patience import Patience
from newsletter.delivery.smtp import SmtpTransport
from newsletter.model.delivery import Message
from newsletter.model.specs import SmtpSpec


class NoPauses(Patience):
    """Patience that counts the pauses instead of making them."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


def a_message(
    recipient: str = "ann@example.com", content: bytes = b"Subject: x\r\n\r\nHi\r\n"
) -> Message:
    return Message(
        sender="bounces+ann@news.example",
        recipient=recipient,
        content=content,
        message_id=f"daily.{recipient}",
    )


def transport_to(spec: SmtpSpec, **changes: Any) -> SmtpTransport:
    known: dict[str, Any] = {"local_hostname": "client.example", "patience": NoPauses()}
    return SmtpTransport(spec, **(known | changes))
