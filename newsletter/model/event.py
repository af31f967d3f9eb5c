"""What came back from a reader or from their server."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    UNSUBSCRIBE = "unsubscribe"
    LANGUAGE = "language"  # a reader chose another language
    REFUSAL = "refusal"  # a 5xx while sending


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    at: datetime
    kind: EventKind
    subscriber: int
    digest: str | None = None
    edition: int | None = None
    detail: str = ""
