"""What is kept no longer: taken away in pieces, so that nobody waits long for the store."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsletter.model.notice import NoticeState
from newsletter.model.subscriber import SubscriptionStatus
from newsletter.store.database import Database, Tx
from newsletter.store.tables import (
    consents,
    deliveries,
    editions,
    events,
    failures,
    notices,
    reports,
    subscribers,
    subscriptions,
)

_PIECE = 5_000  # rows a transaction


def with_old_pending(tx: Tx, before: datetime, limit: int) -> dict[int, str]:
    """Subscribers with something that was asked for before that time and never confirmed: the
    hashes of their addresses, by number."""
    rows: Iterable[Any] = tx.run(
        sa.select(subscribers.c.id, subscribers.c.address_hash)
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .where(*_pending(before))
        .distinct()
        .limit(limit)
    )
    return {row.id: row.address_hash for row in rows}


def end_pending(tx: Tx, numbers: Collection[int], before: datetime) -> int:
    """End what these subscribers have not confirmed since; how much that was."""
    whose = subscriptions.c.subscriber_id.in_(numbers)
    return tx.run(sa.delete(subscriptions).where(whose, *_pending(before))).rowcount


def without_any(tx: Tx, numbers: Collection[int]) -> list[int]:
    """Those of these subscribers who have nothing to do with any digest."""
    has = sa.exists().where(subscriptions.c.subscriber_id == subscribers.c.id)
    found = sa.select(subscribers.c.id).where(subscribers.c.id.in_(numbers), ~has)
    return list(tx.run(found).scalars())


def _pending(before: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        subscriptions.c.status == SubscriptionStatus.PENDING.value,
        subscriptions.c.created_at < before,
    )


def replies(database: Database, since: datetime | None, before: datetime) -> int:
    """Forget the words of servers about editions that were frozen before that time, and since
    another, up to which that was done before; how many those were."""
    number = sum(_replies_to(database, edition) for edition in _frozen(database, since, before))
    told = (failures.c.at < before, failures.c.detail != "")
    with database.begin() as tx:
        number += tx.run(sa.update(failures).where(*told).values(detail="")).rowcount
        tx.run(sa.delete(reports).where(reports.c.at < before))
    return number


def _frozen(database: Database, since: datetime | None, before: datetime) -> list[int]:
    found = sa.select(editions.c.id).where(editions.c.frozen_at < before)
    if since is not None:
        found = found.where(editions.c.frozen_at >= since)
    with database.read() as tx:
        return list(tx.run(found.order_by(editions.c.id)).scalars())


def _replies_to(database: Database, edition: int) -> int:
    """By ranges of numbers alone, for they are faster found than the edition's: its deliveries were
    written in one go, and what may lie between is of the same minute."""
    its = deliveries.c.edition_id == edition
    first, last = sa.func.min(deliveries.c.id), sa.func.max(deliveries.c.id)
    ends = sa.select(first.label("first"), last.label("last")).where(its)
    with database.read() as tx:
        found: Any = tx.run(ends).one()
    forgotten = 0
    for start in range(found.first or 0, (found.last or -1) + 1, _PIECE):
        piece = deliveries.c.id.between(start, start + _PIECE - 1)
        change = sa.update(deliveries).where(piece, deliveries.c.reply.is_not(None))
        with database.begin() as tx:
            forgotten += tx.run(change.values(reply=None)).rowcount
    return forgotten


def past_events(database: Database, before: datetime) -> int:
    return _in_pieces(database, events, events.c.id, (events.c.at < before,))


def settled_notices(database: Database, before: datetime) -> int:
    """Forget notices that are done with: they hold addresses."""
    done = (notices.c.state != NoticeState.QUEUED.value, notices.c.created_at < before)
    return _in_pieces(database, notices, notices.c.id, done)


def consents_of_nobody(database: Database, before: datetime) -> int:
    """Forget what was logged of people who are gone, and of whom nothing was logged since that
    time: their erasure is logged, too."""
    later = consents.alias()
    of_the_same = later.c.address_hash == consents.c.address_hash
    lately = sa.exists().where(of_the_same, later.c.at >= before)
    linked = sa.exists().where(subscribers.c.id == consents.c.subscriber_id)
    living = sa.exists().where(subscribers.c.address_hash == consents.c.address_hash)
    gone = (consents.c.at < before, ~lately, ~linked, ~living)
    return _in_pieces(database, consents, consents.c.id, gone)


def empty_rows(database: Database) -> int:
    """Take away the rows of people who are gone and to whom nothing was ever sent. The newest row
    stays: SQLite would give its number to the next subscriber, and with it the links of the old."""
    owed = sa.exists().where(deliveries.c.subscriber_id == subscribers.c.id)
    newest = sa.select(sa.func.max(subscribers.c.id)).scalar_subquery()
    empty = (subscribers.c.email == "", ~owed, subscribers.c.id < newest)
    return _in_pieces(database, subscribers, subscribers.c.id, empty)


def _in_pieces(
    database: Database,
    table: sa.Table,
    key: sa.ColumnElement[int],
    where: tuple[sa.ColumnElement[bool], ...],
) -> int:
    """Delete rows until none is left; how many there were."""
    change = sa.delete(table).where(key.in_(sa.select(key).where(*where).limit(_PIECE)))
    total = 0
    while True:
        with database.begin() as tx:
            done = tx.run(change).rowcount
        total += done
        if done < _PIECE:
            return total
