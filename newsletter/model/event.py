"""What happened: what came back from a reader or their server, what an editor decided."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    UNSUBSCRIBE = "unsubscribe"
    LANGUAGE = "language"  # a reader chose another language
    REFUSAL = "refusal"  # a 5xx while sending
    BOUNCE = "bounce"  # a letter that was taken and did not arrive
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto-reply"
    ALARM = "alarm"  # so much came back that somebody has to look
    DECISION = "decision"  # of an editor, about an edition or about held articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    at: datetime
    kind: EventKind
    subscriber: int | None = None
    digest: str | None = None
    edition: int | None = None
    who: str | None = None
    detail: str = ""
