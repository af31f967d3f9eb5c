"""Chunks: ranges of an edition's deliveries that senders lease, so that several may work on it.

A lease is held by an owner until a time; with every commit of the owner's it is renewed, and who
has lost it commits nothing more. Times of leases are those of the database, for senders on several
machines; `now` is the time by which deliveries are due.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from newsletter.model.delivery import OPEN
from newsletter.model.edition import EditionState
from newsletter.store.database import Database, Tx
from newsletter.store.tables import chunks, deliveries, editions

SIZE = 500  # deliveries: enough to hide the lease's cost, few enough for several senders to share
LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A leased range of an edition's deliveries, both ends within it."""

    id: int
    edition: int
    first: int
    last: int


def cut(tx: Tx, edition: int, now: datetime, *, after: int = 0) -> None:
    """Divide new deliveries of an edition, those `after` a number, into chunks, each due when its
    readers are: now, or in their morning."""
    position = sa.func.row_number().over(
        partition_by=deliveries.c.next_try_at, order_by=deliveries.c.id
    )
    numbered = (
        sa.select(
            deliveries.c.id, deliveries.c.next_try_at, ((position - 1) // SIZE).label("number")
        )
        .where(deliveries.c.edition_id == edition, deliveries.c.id > after)
        .subquery()
    )
    ranges = (
        sa.select(
            sa.literal(edition),
            sa.func.min(numbered.c.id),
            sa.func.max(numbered.c.id),
            sa.func.coalesce(numbered.c.next_try_at, sa.literal(now, chunks.c.next_at.type)),
        )
        .group_by(numbered.c.next_try_at, numbered.c.number)
        .order_by(sa.func.min(numbered.c.id))
    )
    columns = ["edition_id", "first_id", "last_id", "next_at"]
    tx.run(sa.insert(chunks).from_select(columns, ranges))


def lease(tx: Tx, edition: int, owner: str, length: timedelta, now: datetime) -> Chunk | None:
    """Lease the next chunk of the edition that has work and no owner, or one whose lease is over;
    None when there is none."""
    clock = tx.clock()
    free = chunks.c.owner.is_(None) | (chunks.c.lease_until < clock)
    pick = (
        sa.select(chunks.c.id)
        .where(chunks.c.edition_id == edition, chunks.c.next_at <= now, free)
        .order_by(chunks.c.next_at, chunks.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite has one writer and leaves this out
    )
    row: Any = tx.run(
        sa.update(chunks)
        .where(chunks.c.id == pick.scalar_subquery())
        .values(owner=owner, lease_until=clock + length)
        .returning(chunks)
    ).first()
    return row and Chunk(row.id, row.edition_id, row.first_id, row.last_id)


@dataclass(frozen=True, slots=True)
class Standing:
    """Which chunks an owner still has, those of them whose lease is not over, and whether their
    edition is to be sent."""

    owned: frozenset[int]
    valid: frozenset[int]
    sending: bool


_STANDING = (  # asked for every letter, so built once
    sa.select(chunks.c.id, chunks.c.lease_until, editions.c.state)
    .join(editions, editions.c.id == chunks.c.edition_id)
    .where(
        chunks.c.id.in_(sa.bindparam("ids", expanding=True)),
        chunks.c.owner == sa.bindparam("owner"),
    )
    .with_for_update(read=True, of=chunks)  # SQLite has one writer and leaves this out
)


def standing(tx: Tx, wanted: Collection[int], owner: str) -> Standing:
    """How an owner stands; nobody takes a chunk from it before the end of the transaction."""
    clock = tx.clock()
    rows: Sequence[Any] = tx.run(_STANDING, {"ids": list(wanted), "owner": owner}).all()
    return Standing(
        owned=frozenset(row.id for row in rows),
        valid=frozenset(row.id for row in rows if row.lease_until > clock),
        sending=all(row.state == EditionState.SENDING.value for row in rows),
    )


def renew(tx: Tx, wanted: Collection[int], owner: str, length: timedelta) -> frozenset[int]:
    """Renew the leases of the chunks that the owner still has; return which these are."""
    renewed = tx.run(
        sa.update(chunks)
        .where(chunks.c.id.in_(wanted), chunks.c.owner == owner)
        .values(lease_until=tx.clock() + length)
        .returning(chunks.c.id)
    )
    return frozenset(renewed.scalars())


def release(tx: Tx, chunk: Chunk, owner: str, at: datetime) -> None:
    """Give a chunk back, due when the first of its open deliveries is: those that were not tried
    are at `at`. Nothing is done where the lease was lost."""
    due = sa.func.min(
        sa.func.coalesce(deliveries.c.next_try_at, sa.literal(at, deliveries.c.next_try_at.type))
    )
    open_ones = sa.select(due).where(within(chunk), deliveries.c.state.in_(OPEN))
    tx.run(
        sa.update(chunks)
        .where(chunks.c.id == chunk.id, chunks.c.owner == owner)
        .values(owner=None, lease_until=None, next_at=open_ones.scalar_subquery())
    )


def within(chunk: Chunk) -> sa.ColumnElement[bool]:
    """The deliveries of a chunk. (+ 0: SQLite would else look through all of the edition's in the
    index that begins with it, rather than through the few between the ids.)"""
    return deliveries.c.id.between(chunk.first, chunk.last) & (
        deliveries.c.edition_id + 0 == chunk.edition
    )


def free_the_dead(database: Database, edition: int, but: str) -> None:
    """End the leases of senders that are no longer there: nobody needs to wait for their end. Not
    `but` those of the one who asks, whose presence a server that was restarted may have lost."""
    with database.begin() as tx:
        owners = tx.run(
            sa.select(chunks.c.owner)
            .where(chunks.c.edition_id == edition, chunks.c.owner != but)
            .distinct()
        ).scalars()
        gone = [owner for owner in owners if not database.is_present(owner)]
        if gone:
            tx.run(
                sa.update(chunks)
                .where(chunks.c.edition_id == edition, chunks.c.owner.in_(gone))
                .values(owner=None, lease_until=None)
            )


def open_ones(tx: Tx, edition: int) -> int:
    """How many chunks of the edition are in work or have work left: so many senders may share."""
    is_open = chunks.c.next_at.is_not(None) | chunks.c.owner.is_not(None)
    counted = sa.select(sa.func.count()).where(chunks.c.edition_id == edition, is_open)
    return tx.connection.scalar(counted) or 0


def only_waits(tx: Tx, edition: int, now: datetime) -> bool:
    """Whether all that is left of the edition has its time later."""
    due = sa.select(sa.exists().where(chunks.c.edition_id == edition, chunks.c.next_at <= now))
    return open_ones(tx, edition) > 0 and not tx.connection.scalar(due)


def next_at(tx: Tx, *, rehearsal: bool) -> datetime | None:
    """When the first chunk of an edition under way has work again."""
    first: datetime | None = tx.connection.scalar(
        sa.select(sa.func.min(chunks.c.next_at, type_=chunks.c.next_at.type))
        .join(editions, editions.c.id == chunks.c.edition_id)
        .where(_ready(rehearsal=rehearsal))
    )
    return first


def _ready(*, rehearsal: bool) -> sa.ColumnElement[bool]:
    states = [EditionState.FROZEN.value, EditionState.SENDING.value]
    return editions.c.state.in_(states) & (editions.c.rehearsal == rehearsal)
