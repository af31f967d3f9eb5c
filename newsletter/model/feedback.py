"""What a mail, a webhook or a server says of a reader: read in one room, judged in another."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReportKind(StrEnum):
    """What is reported. The values are those that `newsletter bounce` prints."""

    HARD = "hard"  # nobody will ever read there
    SOFT = "soft"  # this letter did not arrive; the reader may be reading there all the same
    COMPLAINT = "complaint"  # somebody pressed "this is spam"
    UNSUBSCRIBE = "unsubscribe"
    AUTO_REPLY = "auto-reply"


class Reason(StrEnum):
    """Why a letter did not arrive: this decides, not the first digit of a code."""

    NO_MAILBOX = "no mailbox"
    MOVED = "moved"
    BAD_DOMAIN = "bad domain"
    FULL = "mailbox full"
    DISABLED = "mailbox disabled"
    FILTERED = "filtered"  # by the reader's own rules, or for a reason that is not told
    POLICY = "policy"
    BLOCKED = "blocked"  # our address or its reputation
    SPAM = "spam"
    VIRUS = "virus"
    AUTHENTICATION = "authentication"
    RATE = "rate"
    SIZE = "size"
    NETWORK = "network"  # their servers cannot be reached, or not asked by name
    EXPIRED = "expired"
    SYSTEM = "system"  # a fault of theirs
    OTHER = "other"


# Reasons that lie with us, the sender: they say nothing against the reader.
OURS = frozenset(
    {
        Reason.POLICY,
        Reason.BLOCKED,
        Reason.SPAM,
        Reason.VIRUS,
        Reason.AUTHENTICATION,
        Reason.RATE,
        Reason.SIZE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one mail or event says of one reader.

    `recipient` is the address as it was told, None where it was withheld; `status` is the enhanced
    code (RFC 3463) or ""; `reason` None for what is no failure. `token` is what we wrote into the
    return path, the Message-ID or the subject, not yet checked; `detail` the words of their server.
    """

    recipient: str | None
    kind: ReportKind
    status: str = ""
    reason: Reason | None = None
    token: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A letter of one edition that did not reach one reader."""

    edition: int
    at: datetime
    kind: ReportKind
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """An edition that went out to a reader; `elsewhere`, to an address that they have no more."""

    edition: int
    digest: str
    subscriber: int
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One mail, or one call of a provider, with what it says of readers.

    `keys` name it, so that it counts once whichever way and however often it comes. `proven` is
    whether it surely comes from who it says it does.
    """

    keys: tuple[str, ...]
    reports: tuple[Report, ...]
    proven: bool = False
