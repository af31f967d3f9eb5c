"""Who reads a digest in a language: counted, owed an edition, asked for again at each letter."""

from dataclasses import dataclass

import sqlalchemy as sa

from newsletter.model.subscriber import Cadence, SubscriptionStatus
from newsletter.store.database import Tx
from newsletter.store.tables import further_languages, subscribers, subscriptions, suppressions


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Readers of a digest in a language: those who want it so often, or all; and who have it in
    this language first, or (`further`) beside another, or both. `segment` is what the digest asks
    of subscribers."""

    digest: str
    language: str
    cadence: Cadence | None = None
    further: bool | None = None
    segment: sa.ColumnElement[bool] | None = None


def reading(audience: Audience) -> sa.FromClause:
    """Their rows, each once: the subscriber with the subscription."""
    wanted = [
        subscriptions.c.subscriber_id == subscribers.c.id,
        subscriptions.c.digest == audience.digest,
        may_be_mailed(),
    ]
    if audience.cadence is not None:
        wanted.append(subscriptions.c.cadence == audience.cadence.value)
    if audience.segment is not None:
        wanted.append(audience.segment)
    language = sa.literal(audience.language)
    if not audience.further:
        every = audience.further is None
        wanted.append(in_language(language) if every else subscriptions.c.language == language)
        return subscribers.join(subscriptions, sa.and_(*wanted))
    # They are few, and found by an index of their own: the others are not looked through.
    beside = sa.and_(
        further_languages.c.subscriber_id == subscribers.c.id,
        further_languages.c.digest == audience.digest,
        further_languages.c.language == language,
        subscriptions.c.language != language,
    )
    return subscribers.join(subscriptions, sa.and_(*wanted)).join(further_languages, beside)


def count(tx: Tx, audience: Audience) -> int:
    """How many they are now."""
    return tx.connection.scalar(sa.select(sa.func.count()).select_from(reading(audience))) or 0


def may_be_mailed() -> sa.ColumnElement[bool]:
    """The subscription is active, and the address not suppressed."""
    suppressed = sa.exists().where(suppressions.c.address_hash == subscribers.c.address_hash)
    return (subscriptions.c.status == SubscriptionStatus.ACTIVE.value) & ~suppressed


def in_language(language: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """The subscription is for this language, first or beside another."""
    return (subscriptions.c.language == language) | _among_further(language)


def _among_further(language: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        further_languages.c.subscriber_id == subscriptions.c.subscriber_id,
        further_languages.c.digest == subscriptions.c.digest,
        further_languages.c.language == language,
    )
