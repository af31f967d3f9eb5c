"""The port: what every way of handing a message over looks like."""

from types import TracebackType
from typing import Protocol, Self

from newsletter.lib.errors import NewsletterError
from newsletter.model.delivery import Message, Outcome


class TransportFault(NewsletterError):
    """The way itself is wrong (login, sender, certificate, disk): no reader is marked for it."""


class Unreachable(TransportFault):
    """No connection could be had, for now."""


class Transport(Protocol):
    """One way out, used by one thread at a time.

    Whoever calls `send` has committed before that this message is about to be handed over.
    """

    def send(self, message: Message) -> Outcome:
        """Hand one message over. TransportFault when no message could be sent like this."""
        ...

    def room_for(self, letters: int, size: int) -> str | None:
        """Why so many letters of so many bytes each cannot be held; None when they can."""
        ...

    def close(self) -> None:
        """Let go of what is held open; the next `send` opens it again."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
