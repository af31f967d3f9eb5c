"""People and their subscriptions, one at a time; lists of many are brought in by `listed`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsletter.model.subscriber import Subscriber, SubscriptionStatus
from newsletter.store import segments
from newsletter.store.database import Tx
from newsletter.store.listed import LIVING
from newsletter.store.tables import subscribers, subscriptions, suppressions


def _pair(number: int, digest: str) -> tuple[sa.ColumnElement[bool], ...]:
    return subscriptions.c.subscriber_id == number, subscriptions.c.digest == digest


def by_id(tx: Tx, number: int) -> Subscriber | None:
    row: Any = tx.run(sa.select(subscribers).where(subscribers.c.id == number)).first()
    if row is None:
        return None
    return Subscriber(
        id=row.id, email=row.email, name=row.name, language=row.language, token=row.token
    )


def status_of(tx: Tx, number: int, digest: str) -> tuple[SubscriptionStatus, str] | None:
    """Status and language of one subscription."""
    row: Any = tx.run(sa.select(subscriptions).where(*_pair(number, digest))).first()
    return (SubscriptionStatus(row.status), row.language) if row else None


def unsubscribe(tx: Tx, number: int, digest: str) -> bool:
    """End a subscription at its reader's wish; False when it had ended already."""
    return _choose(
        tx,
        number,
        digest,
        subscriptions.c.status.in_(LIVING),
        status=SubscriptionStatus.UNSUBSCRIBED.value,
    )


def choose_language(tx: Tx, number: int, digest: str, language: str) -> bool:
    """Change a subscription's language at its reader's wish; False when it is that already."""
    return _choose(tx, number, digest, subscriptions.c.language != language, language=language)


def _choose(tx: Tx, number: int, digest: str, where: sa.ColumnElement[bool], **values: str) -> bool:
    statement = sa.update(subscriptions).where(*_pair(number, digest), where)
    return tx.run(statement.values(chosen=True, **values)).rowcount == 1


def suppress(tx: Tx, address_hash: str, reason: str, now: datetime) -> bool:
    """Never mail this address again; False when it is suppressed already."""
    row = {"address_hash": address_hash, "reason": reason, "at": now}
    return tx.insert_new(suppressions, [row]) == 1


def suppress_reader(tx: Tx, number: int, reason: str, now: datetime) -> None:
    """Never mail the address of this subscriber again."""
    address_hash = tx.connection.scalar(
        sa.select(subscribers.c.address_hash).where(subscribers.c.id == number)
    )
    if address_hash is not None:
        suppress(tx, address_hash, reason, now)


def reader_count(tx: Tx, digest: str, language: str, audience: str = "") -> int:
    """How many would get an edition of the digest now; `audience` is its segment."""
    reading = _reading(digest, [language], audience, [sa.func.count()])
    return int(tx.run(reading).scalar_one())


def readers_at(
    tx: Tx, digest: str, languages: Sequence[str], domains: Sequence[str], audience: str = ""
) -> dict[str, int]:
    """How many of those have their address in each of these domains (lower case, ASCII)."""
    if not domains:
        return {}
    counts = [
        sa.func.count().filter(subscribers.c.email_key.endswith(f"@{each}", autoescape=True))
        for each in domains
    ]
    counted = tx.run(_reading(digest, languages, audience, counts)).one()
    return dict(zip(domains, counted, strict=True))


def _reading(
    digest: str,
    languages: Sequence[str],
    audience: str,
    columns: Sequence[sa.ColumnElement[int]],
) -> sa.Executable:
    """Counted over who would get an edition of the digest in one of these languages now."""
    suppressed = sa.exists().where(suppressions.c.address_hash == subscribers.c.address_hash)
    return (
        sa.select(*columns)
        .select_from(subscribers.join(subscriptions))
        .where(
            subscriptions.c.digest == digest,
            subscriptions.c.language.in_(languages),
            subscriptions.c.status == "active",
            ~suppressed,
            segments.condition(audience),
        )
    )
