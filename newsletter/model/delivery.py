"""One edition on its way to one subscriber."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a delivery stands. All deliveries together are the ledger."""

    QUEUED = "queued"
    CLAIMED = "claimed"  # committed before it is handed over
    SENT = "sent"
    DEFERRED = "deferred"  # a 4xx: tried again at `next_try`
    REFUSED = "refused"  # a 5xx, with the server's words
    UNKNOWN = "unknown"  # handed over, and no answer was recorded
    HELD = "held"  # was unknown, and the digest says not to send again
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"


SETTLED = frozenset(
    {
        DeliveryState.SENT,
        DeliveryState.REFUSED,
        DeliveryState.HELD,
        DeliveryState.SUPPRESSED,
        DeliveryState.CANCELLED,
    }
)


# What keeps an edition from being finished.
OPEN = frozenset(set(DeliveryState) - SETTLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery that a sender has in hand: whom it goes to, how often it was tried before, and
    the time of its first try, which is the Date of its message for ever."""

    id: int
    edition: int
    chunk: int
    subscriber: int
    email: str
    name: str | None
    variant: int | None = None  # of the edition; None: its own letter
    attempts: int
    first_tried: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The bytes for one recipient, and the envelope around them (RFC 5321). `dotless` is known of
    content that ends a line and has none that begins with a dot: nobody has to look for one."""

    sender: str
    recipient: str
    content: bytes
    message_id: str
    dotless: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server took the message (2xx after the final dot)."""

    reply: str


class Slow(StrEnum):
    """Who asks for fewer letters in a time."""

    RELAY = "relay"  # the server that we hand over to
    BUSY = (
        "busy"  # the same, with too much to do just now: no word about us unless it says so often
    )
    DOMAIN = "domain"  # the one behind it, for its own readers


@dataclass(frozen=True, slots=True)
class Deferred:
    """The server asks to try this reader later (4xx), and perhaps to go slower altogether."""

    reply: str
    slow: Slow | None = None


class Refusal(StrEnum):
    """Whose fault a refusal is."""

    GONE = "gone"  # there is no such mailbox (any more): a hard bounce
    BAD_DOMAIN = "bad domain"  # nobody takes mail for this domain
    LETTER = "letter"  # too big, or of a form that they do not take: everybody's letter
    POLICY = "policy"  # they do not want mail from us: no fault of the reader's
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Refused:
    """The server will not take this message for this reader (5xx)."""

    reply: str
    why: Refusal = Refusal.OTHER


@dataclass(frozen=True, slots=True)
class Untouched:
    """The connection was lost, or closed with a 421, before the final dot: nothing was sent."""

    reason: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """The connection was lost after the final dot: the reader may have it or not."""

    reason: str


Outcome = Accepted | Deferred | Refused | Untouched | InDoubt
