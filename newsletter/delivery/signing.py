"""A way out that signs what goes through it, in the thread that hands it over."""

from dataclasses import replace
from types import TracebackType
from typing import Self

from newsletter.delivery.dkim import Signer
from newsletter.delivery.transport import Transport
from newsletter.model.delivery import Message, Outcome


class SigningTransport:
    """`way`, with DKIM signatures on every message."""

    def __init__(self, way: Transport, signer: Signer) -> None:
        self._way = way
        self._signer = signer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def send(self, message: Message) -> Outcome:
        return self._way.send(replace(message, content=self._signer.signed(message.content)))

    def room_for(self, letters: int, size: int) -> str | None:
        return self._way.room_for(letters, size)

    def close(self) -> None:
        self._way.close()
