"""The ledger: who is owed which edition, and what became of it.

A delivery is claimed in a committed transaction before its message is handed over, and settled
right after the reply: whatever is claimed when a process dies may or may not have arrived.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsletter.model.delivery import Delivery, DeliveryState
from newsletter.store.database import Tx
from newsletter.store.tables import (
    deliveries,
    editions,
    subscribers,
    subscriptions,
    suppressions,
)

_OPEN = [DeliveryState.QUEUED.value, DeliveryState.DEFERRED.value]


def owe(tx: Tx, edition: int) -> int:
    """Queue a delivery to every reader of the edition's digest and language; return how many."""
    readers = sa.select(
        sa.literal(edition), subscribers.c.id, sa.literal(DeliveryState.QUEUED.value)
    )
    readers = readers.select_from(_reading(edition)).order_by(subscribers.c.id)
    columns = ["edition_id", "subscriber_id", "state"]
    tx.run(sa.insert(deliveries).from_select(columns, readers))
    return sum(counts(tx, edition).values())


def _reading(edition: int | sa.ColumnElement[int]) -> sa.FromClause:
    """Subscribers with an active subscription to an edition, whose address is not suppressed."""
    reads = (
        (subscriptions.c.digest == editions.c.digest)
        & (subscriptions.c.language == editions.c.language)
        & (subscriptions.c.status == "active")
        & (editions.c.id == edition)
    )
    return subscribers.join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id).join(
        editions, reads & ~_suppressed()
    )


def _suppressed() -> sa.ColumnElement[bool]:
    return sa.exists().where(suppressions.c.address_hash == subscribers.c.address_hash)


def _still_reads() -> sa.ColumnElement[bool]:
    """The reader of a delivery has not left, chosen another language or been suppressed since."""
    own = subscribers.c.id == deliveries.c.subscriber_id
    reading = sa.select(subscribers.c.id).select_from(_reading(deliveries.c.edition_id)).where(own)
    return reading.correlate(deliveries).exists()


def _turns(now: datetime) -> Iterator[tuple[sa.ColumnElement[bool], sa.ColumnElement[Any]]]:
    """Who comes first: those who were never tried, those given back, those whose time has come
    again. Each is a range of the index, in its order: a claim costs the same in any list."""
    queued = deliveries.c.state == DeliveryState.QUEUED.value
    deferred = deliveries.c.state == DeliveryState.DEFERRED.value
    yield queued & deliveries.c.next_try_at.is_(None), deliveries.c.id
    yield queued & deliveries.c.next_try_at.is_not(None), deliveries.c.next_try_at
    yield deferred & (deliveries.c.next_try_at <= now), deliveries.c.next_try_at


def claim_next(tx: Tx, edition: int, now: datetime) -> Delivery | None:
    """Take one delivery that can be tried now; nobody else gets the same one."""
    found = (_claim(tx, edition, *turn, now) for turn in _turns(now))
    claimed: Any = next((each for each in found if each is not None), None)
    if claimed is None:
        return None
    person: Any = tx.run(
        sa.select(subscribers).where(subscribers.c.id == claimed.subscriber_id)
    ).one()
    return Delivery(
        id=claimed.id,
        edition=claimed.edition_id,
        subscriber=claimed.subscriber_id,
        email=person.email,
        name=person.name,
        token=person.token,
        attempts=claimed.attempts,
        first_tried=claimed.first_tried_at,
    )


def _claim(
    tx: Tx,
    edition: int,
    waiting: sa.ColumnElement[bool],
    order: sa.ColumnElement[Any],
    now: datetime,
) -> Any:
    pick = (
        sa.select(deliveries.c.id)
        .where(deliveries.c.edition_id == edition, waiting, _still_reads())
        .order_by(order)
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite has one writer and leaves this out
    )
    return tx.run(
        sa.update(deliveries)
        .where(deliveries.c.id == pick.scalar_subquery())
        .values(
            state=DeliveryState.CLAIMED.value,
            attempts=deliveries.c.attempts + 1,
            first_tried_at=sa.func.coalesce(
                deliveries.c.first_tried_at, sa.literal(now, deliveries.c.first_tried_at.type)
            ),
        )
        .returning(deliveries)
    ).first()


def settle(
    tx: Tx,
    delivery: int,
    state: DeliveryState,
    reply: str,
    now: datetime,
    next_try: datetime | None = None,
) -> None:
    """Record what became of a claimed delivery."""
    tx.run(
        sa.update(deliveries)
        .where(deliveries.c.id == delivery)
        .values(state=state.value, reply=reply, settled_at=now, next_try_at=next_try)
    )


def give_back(tx: Tx, delivery: int, now: datetime) -> None:
    """Nothing was handed over: the claimed delivery is queued again, as if never tried, behind
    those that have not had their turn."""
    tx.run(
        sa.update(deliveries)
        .where(deliveries.c.id == delivery)
        .values(
            state=DeliveryState.QUEUED.value, attempts=deliveries.c.attempts - 1, next_try_at=now
        )
    )


def claimed_to_unknown(tx: Tx, edition: int) -> int:
    """What is claimed while no process sends was left by one that died: nobody knows its answer."""
    return _move(tx, edition, [DeliveryState.CLAIMED.value], DeliveryState.UNKNOWN)


def decide_unknown(tx: Tx, edition: int, state: DeliveryState) -> int:
    """Queue the unknown deliveries again, or hold them."""
    return _move(tx, edition, [DeliveryState.UNKNOWN.value], state)


def settle_withdrawn(tx: Tx, edition: int) -> int:
    """Settle what is owed to readers who have left or were suppressed since it was queued."""
    return _move(tx, edition, _OPEN, DeliveryState.SUPPRESSED, ~_still_reads())


def cancel_open(tx: Tx, edition: int) -> int:
    return _move(tx, edition, [*_OPEN, DeliveryState.UNKNOWN.value], DeliveryState.CANCELLED)


def _move(
    tx: Tx, edition: int, states: list[str], target: DeliveryState, *also: sa.ColumnElement[bool]
) -> int:
    return tx.run(
        sa.update(deliveries)
        .where(deliveries.c.edition_id == edition, deliveries.c.state.in_(states), *also)
        .values(state=target.value)
    ).rowcount


def counts(tx: Tx, edition: int) -> dict[DeliveryState, int]:
    """How many deliveries of an edition stand in each state; every state is there."""
    rows: Iterable[Any] = tx.run(
        sa.select(deliveries.c.state, sa.func.count().label("number"))
        .where(deliveries.c.edition_id == edition)
        .group_by(deliveries.c.state)
    )
    found = {row.state: row.number for row in rows}
    return {state: found.get(state.value, 0) for state in DeliveryState}


def next_try_at(tx: Tx, *, rehearsal: bool) -> datetime | None:
    """When the first deferred delivery of an edition under way comes up again."""
    first: datetime | None = tx.connection.scalar(
        sa.select(sa.func.min(deliveries.c.next_try_at, type_=deliveries.c.next_try_at.type))
        .join(editions, editions.c.id == deliveries.c.edition_id)
        .where(
            deliveries.c.state == DeliveryState.DEFERRED.value,
            editions.c.rehearsal == rehearsal,
            editions.c.state == "sending",
        )
    )
    return first


def recipients(tx: Tx, edition: int) -> list[tuple[str, str | None, DeliveryState]]:
    """Address, name and state of everyone an edition is owed to: for a small list to be shown."""
    rows: Iterable[Any] = tx.run(
        sa.select(subscribers.c.email, subscribers.c.name, deliveries.c.state)
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .where(deliveries.c.edition_id == edition)
        .order_by(deliveries.c.id)
    )
    return [(row.email, row.name, DeliveryState(row.state)) for row in rows]
