"""Who reads a digest in a language: counted, owed an edition, asked for again at each letter."""

from dataclasses import dataclass

import sqlalchemy as sa

from newsletter.model.subscriber import Cadence, SubscriptionStatus
from newsletter.store.database import Tx
from newsletter.store.tables import further_languages, subscribers, subscriptions, suppressions


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Readers of a digest in a language: those who want it so often, or all; and who have it in
    this language first, or (`further`) beside another, or both. `audience` is what the digest asks
    of subscribers."""

    digest: str
    language: str
    cadence: Cadence | None = None
    further: bool | None = None
    audience: sa.ColumnElement[bool] | None = None


def reading(readers: Readers) -> sa.FromClause:
    """Their rows, each once: the subscriber with the subscription."""
    wanted = [subscriptions.c.digest == readers.digest, _in(readers), may_be_mailed()]
    if readers.cadence is not None:
        wanted.append(subscriptions.c.cadence == readers.cadence.value)
    if readers.audience is not None:
        wanted.append(readers.audience)
    return subscribers.join(
        subscriptions, sa.and_(subscriptions.c.subscriber_id == subscribers.c.id, *wanted)
    )


def count(tx: Tx, readers: Readers) -> int:
    """How many they are now."""
    return tx.connection.scalar(sa.select(sa.func.count()).select_from(reading(readers))) or 0


def may_be_mailed() -> sa.ColumnElement[bool]:
    """The subscription is active, and the address not suppressed."""
    suppressed = sa.exists().where(suppressions.c.address_hash == subscribers.c.address_hash)
    return (subscriptions.c.status == SubscriptionStatus.ACTIVE.value) & ~suppressed


def in_language(language: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """The subscription is for this language, first or beside another."""
    return (subscriptions.c.language == language) | _among_further(language)


def _in(readers: Readers) -> sa.ColumnElement[bool]:
    language = sa.literal(readers.language)
    if readers.further is None:
        return in_language(language)
    if readers.further:
        return (subscriptions.c.language != language) & _among_further(language)
    return subscriptions.c.language == language


def _among_further(language: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        further_languages.c.subscriber_id == subscriptions.c.subscriber_id,
        further_languages.c.digest == subscriptions.c.digest,
        further_languages.c.language == language,
    )
