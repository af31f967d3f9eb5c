"""The port: what every place looks like where mails come back to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from newsletter.lib.errors import NewsletterError

# Bytes of one mail that are read: reports stand at the beginning, and right behind them the headers
# of the letter that came back.
LONGEST = 1_000_000


class InboxFault(NewsletterError):
    """Mails cannot be read there, or not be taken away."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it lies there, from its first byte; `id` is its name there."""

    id: str
    content: bytes = field(repr=False)


class Inbox(Protocol):
    """One place, used by one thread. Mails stay there until they are done with: whoever dies in
    between finds them again, and several may read the same place."""

    def batches(self) -> Iterator[Sequence[Mail]]:
        """What lies there now, oldest first, so much at a time as one commit is waited for.
        InboxFault when it cannot be read."""
        ...

    def finish(self, understood: Sequence[Mail], others: Sequence[Mail]) -> None:
        """Take away what was understood, and keep the others aside, where a person finds them. What
        has gone already is no fault. InboxFault when it cannot be done."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
