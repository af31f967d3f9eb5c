"""The port: what every way of handing a message over looks like."""

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from newsletter.lib.errors import NewsletterError
from newsletter.model.delivery import Message, Outcome


class TransportFault(NewsletterError):
    """The way itself is wrong (login, sender, certificate, disk): no reader is marked for it."""


class Unreachable(TransportFault):
    """No connection could be had, for now."""


def always() -> bool:
    """Nothing has come in between."""
    return True


class Transport(Protocol):
    """One way out, used by one thread at a time.

    A message is offered, then handed over. Whoever calls `hand_over` has committed before that
    this message is about to be handed over; `offer` may be called before the commit.
    """

    def offer(self, message: Message) -> None:
        """Begin: the envelope goes out, as far as it can without waiting.

        TransportFault when the server cannot be reached, does not want us, or takes no letter of
        this size. A connection that breaks here is told by `hand_over`.
        """
        ...

    def hand_over(
        self,
        message: Message,
        following: Message | None = None,
        *,
        still: Callable[[], bool] = always,
    ) -> Outcome:
        """The message that was offered: its content and the final dot; what became of it. `still`
        is asked right before the content goes out: Untouched when it says no.

        Where the way allows it, `following` is begun in the same breath; `offer(following)` then
        has nothing left to do. TransportFault when nobody's message is wanted: what became of
        `message` is as if it had never been offered.
        """
        ...

    def withdraw(self) -> None:
        """What was offered, or was `following`, is not to be handed over after all."""
        ...

    def room_for(self, letters: int, size: int) -> str | None:
        """Why so many letters of so many bytes each cannot be held; None when they can."""
        ...

    def close(self) -> None:
        """Let go of what is held open; the next `offer` opens it again."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def send(transport: Transport, message: Message) -> Outcome:
    """Hand a single message over."""
    transport.offer(message)
    return transport.hand_over(message)
