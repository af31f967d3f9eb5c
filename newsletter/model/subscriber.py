"""Who reads: people, and what they asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class SubscriptionStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


WANTED = frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED})
"""Of who gets a digest, now or again."""

LIVING = WANTED | {SubscriptionStatus.PENDING}
"""Of what can still be ended."""

ENDED = frozenset(SubscriptionStatus) - LIVING

OF_THE_ADDRESS = ENDED - {SubscriptionStatus.UNSUBSCRIBED}
"""Of what is true of an address, for all digests, and at no wish of its reader's."""


class Cadence(StrEnum):
    """How often a reader wants a digest: in the first edition of each day, or week, what they have
    not had, or every edition as it comes."""

    EVERY = "every"
    DAILY = "daily"
    WEEKLY = "weekly"


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
    """One readable row of a subscriber list. `email` is normalised; `line` counts from 1.

    `attributes` are pairs of name and value. `whole` says that the status is of the person, not of
    one digest: an address that bounced does so for all of them. `cells` are those of the row.
    """

    line: int
    email: str
    name: str | None = None
    language: str | None = None
    digest: str | None = None
    status: SubscriptionStatus = SubscriptionStatus.ACTIVE
    consent_source: str | None = None
    consent_at: datetime | None = None
    cadence: Cadence | None = None
    paused_until: datetime | None = None
    further_languages: tuple[str, ...] = ()
    timezone: str | None = None
    tags: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    whole: bool = False
    cells: Sequence[str] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that was not taken: where it stands, what is wrong with it, and its cells as they
    were."""

    line: int
    reason: str
    cells: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A subscription with all that a list can say of it and its reader."""

    subscriber: int
    email: str
    name: str | None
    language: str
    digest: str
    status: SubscriptionStatus
    consent_source: str | None = None
    consent_at: datetime | None = None
    cadence: Cadence = Cadence.EVERY
    paused_until: datetime | None = None
    further_languages: tuple[str, ...] = ()
    timezone: str | None = None
    tags: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
