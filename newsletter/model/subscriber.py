"""Who reads: people, and what they asked for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SubscriptionStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class Cadence(StrEnum):
    """How often a reader wants a digest: in the first edition of each day, or week, what they have
    not had, or every edition as it comes."""

    EVERY = "every"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person. `token` is the opaque part of every address that stands for them."""

    id: int
    email: str
    name: str | None
    language: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """How a subscriber stands to a digest. `languages` are those that they read it in, the
    preferred one first; `chosen` says that they themselves had a say in it."""

    digest: str
    status: SubscriptionStatus
    languages: tuple[str, ...]
    created_at: datetime
    chosen: bool = False
    cadence: Cadence = Cadence.EVERY
    paused_until: datetime | None = None
    consent_source: str | None = None
    consent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why an address is never mailed, and since when."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One readable row of a subscriber list. `email` is normalised; `line` counts from 1."""

    line: int
    email: str
    name: str | None = None
    language: str | None = None
    digest: str | None = None
    status: SubscriptionStatus = SubscriptionStatus.ACTIVE
    consent_source: str | None = None
    consent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that was not taken: where it stands and what is wrong with it."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class SubscriberList:
    """A list file as read: every row is in one of the two."""

    rows: tuple[ListRow, ...]
    faults: tuple[RowFault, ...]
    encoding: str = "utf-8"
