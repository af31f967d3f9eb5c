"""People and their subscriptions, one at a time; lists of many are brought in by `listed`."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsletter.model.subscriber import LIVING, SubscriptionStatus
from newsletter.store.database import Tx
from newsletter.store.tables import subscribers, subscriptions, suppressions


def _pair(number: int, digest: str) -> tuple[sa.ColumnElement[bool], ...]:
    return subscriptions.c.subscriber_id == number, subscriptions.c.digest == digest


def status_of(tx: Tx, number: int, digest: str) -> tuple[SubscriptionStatus, str] | None:
    """Status and language of one subscription."""
    row: Any = tx.run(sa.select(subscriptions).where(*_pair(number, digest))).first()
    return (SubscriptionStatus(row.status), row.language) if row else None


def unsubscribe(tx: Tx, number: int, digest: str) -> bool:
    """End a subscription at its reader's wish; False when it had ended already."""
    left = {"status": SubscriptionStatus.UNSUBSCRIBED.value, "chosen": True, "paused_until": None}
    living = subscriptions.c.status.in_(LIVING)
    statement = sa.update(subscriptions).where(*_pair(number, digest), living)
    return tx.run(statement.values(left)).rowcount == 1


def wake_paused(tx: Tx, now: datetime) -> int:
    """Let the subscriptions go on that were paused until now; return how many."""
    paused = subscriptions.c.status == SubscriptionStatus.PAUSED.value
    return tx.run(
        sa.update(subscriptions)
        .where(paused, subscriptions.c.paused_until <= now)
        .values(status=SubscriptionStatus.ACTIVE.value, paused_until=None)
    ).rowcount


def zones(tx: Tx) -> list[str]:
    """The time zones that subscribers are known to live in."""
    named = sa.select(subscribers.c.timezone).where(subscribers.c.timezone.is_not(None))
    return list(tx.run(named.distinct()).scalars())


def suppress(tx: Tx, address_hash: str, reason: str, now: datetime) -> bool:
    """Never mail this address again; False when it is suppressed already."""
    row = {"address_hash": address_hash, "reason": reason, "at": now}
    return tx.insert_new(suppressions, [row]) == 1


def suppress_reader(
    tx: Tx, number: int, reason: str, status: SubscriptionStatus, now: datetime
) -> bool:
    """Never mail the address of this subscriber again: their subscriptions end with this status.
    A complaint stands above whatever was the reason before. False when nothing has changed."""
    address_hash = tx.connection.scalar(
        sa.select(subscribers.c.address_hash).where(subscribers.c.id == number)
    )
    if address_hash is None:
        return False
    ends = LIVING
    changed = suppress(tx, address_hash, reason, now)
    if status is SubscriptionStatus.COMPLAINED:
        ends = LIVING | {SubscriptionStatus.BOUNCED}
        changed = _overrule(tx, address_hash, reason, now) or changed
    tx.run(
        sa.update(subscriptions)
        .where(subscriptions.c.subscriber_id == number, subscriptions.c.status.in_(ends))
        .values(status=status.value)
    )
    return changed


def _overrule(tx: Tx, address_hash: str, reason: str, now: datetime) -> bool:
    other = suppressions.c.reason != reason
    statement = sa.update(suppressions).where(suppressions.c.address_hash == address_hash, other)
    return tx.run(statement.values(reason=reason, at=now)).rowcount == 1
