"""The ledger: who is owed which edition, and what became of it.

A delivery is claimed in a committed transaction before its message is handed over, and settled
right after the reply: whatever is claimed when a process dies may or may not have arrived.
docs/ledger.md draws the states.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsletter.model.delivery import Delivery, DeliveryState
from newsletter.store import chunks, variants
from newsletter.store.audience import Audience, in_language, may_be_mailed, reading
from newsletter.store.chunks import Chunk
from newsletter.store.database import Tx
from newsletter.store.tables import deliveries, editions, subscribers, subscriptions

# What may be tried: nothing of it is on its way.
_WAITING = [DeliveryState.QUEUED.value, DeliveryState.DEFERRED.value]
_NO_MORNINGS: Mapping[str, datetime] = {}


def owe(
    tx: Tx,
    edition: int,
    audience: Audience,
    now: datetime,
    *,
    variant: int | None = None,
    grouped: bool = False,
    mornings: Mapping[str, datetime] = _NO_MORNINGS,
) -> int:
    """Queue a delivery to each of an audience; return how many.

    They get this variant of the edition, or its own letter; with `grouped`, who is in a group of
    `variants.groups` gets what was given to that. Who lives in a zone of `mornings` gets it then,
    the others now.
    """
    last = tx.connection.scalar(sa.select(sa.func.max(deliveries.c.id))) or 0
    letter = sa.literal(variant, sa.Integer)
    at = _morning(mornings)
    owed_to = sa.select(
        sa.literal(edition),
        subscribers.c.id,
        sa.literal(DeliveryState.QUEUED.value),
        variants.given_or(letter) if grouped else letter,
        at,
    )
    owed_to = owed_to.select_from(
        variants.with_groups(reading(audience)) if grouped else reading(audience)
    )
    if grouped:
        owed_to = owed_to.where(variants.something_left())
    # Those of one morning side by side: a chunk has one time.
    owed_to = owed_to.order_by(at, subscribers.c.id)
    columns = ["edition_id", "subscriber_id", "state", "variant_id", "next_try_at"]
    insert = sa.insert(deliveries).from_select(columns, owed_to)
    owed = tx.run(insert.execution_options(preserve_rowcount=True)).rowcount
    chunks.cut(tx, edition, now, after=last)
    return owed


def _morning(mornings: Mapping[str, datetime]) -> sa.ColumnElement[Any]:
    """When a reader gets it by the clocks where they live; empty: now."""
    kind = deliveries.c.next_try_at.type
    if not mornings:
        return sa.cast(sa.null(), kind)
    moments = {zone: sa.literal(at, kind) for zone, at in mornings.items()}
    return sa.case(moments, value=subscribers.c.timezone)


def _still_reads() -> sa.ColumnElement[bool]:
    """The reader of a delivery has not left, chosen another language or been suppressed since."""
    reads = (
        sa.select(subscribers.c.id)
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .join(editions, editions.c.digest == subscriptions.c.digest)
        .where(
            editions.c.id == deliveries.c.edition_id,
            subscribers.c.id == deliveries.c.subscriber_id,
            in_language(editions.c.language),
            may_be_mailed(),
        )
    )
    return reads.correlate(deliveries).exists()


def waiting(tx: Tx, chunk: Chunk, now: datetime) -> list[Delivery]:
    """The deliveries of a chunk that can be tried now, in their order."""
    due = deliveries.c.next_try_at.is_(None) | (deliveries.c.next_try_at <= now)
    rows: Iterable[Any] = tx.run(
        sa.select(
            deliveries.c.id,
            deliveries.c.subscriber_id,
            deliveries.c.variant_id,
            deliveries.c.attempts,
            deliveries.c.first_tried_at,
            subscribers.c.email,
            subscribers.c.name,
        )
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .where(chunks.within(chunk), deliveries.c.state.in_(_WAITING), due)
        .order_by(deliveries.c.id)
    )
    return [
        Delivery(
            id=row.id,
            edition=chunk.edition,
            chunk=chunk.id,
            subscriber=row.subscriber_id,
            email=row.email,
            name=row.name,
            variant=row.variant_id,
            attempts=row.attempts,
            first_tried=row.first_tried_at or now,
        )
        for row in rows
    ]


# The statements of every letter are built once: that takes longer than to carry them out.
_ONES = deliveries.c.id.in_(sa.bindparam("ids", expanding=True))
_CLAIM = (
    sa.update(deliveries)
    .where(_ONES, deliveries.c.state.in_(_WAITING), _still_reads())
    .values(
        state=DeliveryState.CLAIMED.value,
        attempts=deliveries.c.attempts + 1,
        first_tried_at=sa.func.coalesce(
            deliveries.c.first_tried_at, sa.bindparam("at", type_=deliveries.c.first_tried_at.type)
        ),
    )
    .returning(deliveries.c.id)
)
_SUPPRESS = (
    sa.update(deliveries)
    .where(_ONES, deliveries.c.state.in_(_WAITING), ~_still_reads())
    .values(state=DeliveryState.SUPPRESSED.value)
)
_SETTLE = (
    sa.update(deliveries)
    .where(deliveries.c.id == sa.bindparam("of"))
    .values(
        state=sa.bindparam("to"),
        reply=sa.bindparam("said"),
        settled_at=sa.bindparam("at"),
        next_try_at=sa.bindparam("again"),
        attempts=deliveries.c.attempts - sa.bindparam("back"),
    )
)


def claim(tx: Tx, wanted: Collection[Delivery]) -> frozenset[int]:
    """Claim deliveries that are about to be handed over; the ids of those whose readers still want
    them. The others are settled as suppressed."""
    claimed: set[int] = set()
    for first_tried in {each.first_tried for each in wanted}:
        ids = [each.id for each in wanted if each.first_tried == first_tried]
        claimed.update(tx.run(_CLAIM, {"ids": ids, "at": first_tried}).scalars())
    if len(claimed) < len(wanted):
        tx.run(_SUPPRESS, {"ids": [each.id for each in wanted if each.id not in claimed]})
    return frozenset(claimed)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a claimed delivery: its new state, and when it is tried again, if it is."""

    delivery: Delivery
    state: DeliveryState
    reply: str | None
    next_try: datetime | None = None
    tried: bool = True  # False: nothing was handed over, and it counts as no attempt


def settle(tx: Tx, settled: Sequence[Settled], now: datetime) -> None:
    """Record what became of claimed deliveries."""
    if not settled:
        return
    tx.run(
        _SETTLE,
        [
            {
                "of": each.delivery.id,
                "to": each.state.value,
                "said": each.reply,
                "at": now if each.tried else None,
                "again": each.next_try,
                "back": 0 if each.tried else 1,
            }
            for each in settled
        ],
    )


def claimed_to_unknown(tx: Tx, edition: int, chunk: Chunk | None = None) -> int:
    """What is claimed while nobody works on it was left by a sender that died: nobody knows its
    answer."""
    return _move(tx, edition, [DeliveryState.CLAIMED.value], DeliveryState.UNKNOWN, chunk)


def decide_unknown(tx: Tx, edition: int, state: DeliveryState, chunk: Chunk | None = None) -> int:
    """Queue the unknown deliveries again, or hold them."""
    return _move(tx, edition, [DeliveryState.UNKNOWN.value], state, chunk)


def cancel_open(tx: Tx, edition: int) -> int:
    unsent = [*_WAITING, DeliveryState.UNKNOWN.value]
    return _move(tx, edition, unsent, DeliveryState.CANCELLED)


def _move(
    tx: Tx, edition: int, states: list[str], target: DeliveryState, chunk: Chunk | None = None
) -> int:
    where = chunks.within(chunk) if chunk else deliveries.c.edition_id == edition
    return tx.run(
        sa.update(deliveries)
        .where(where, deliveries.c.state.in_(states))
        .values(state=target.value, next_try_at=None)
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


@dataclass(frozen=True, slots=True)
class Missed:
    """A reader who has not got the edition, or perhaps not, with what their server said."""

    email: str
    state: DeliveryState
    reply: str | None


def missed(tx: Tx, edition: int, limit: int) -> list[Missed]:
    """The readers that an edition did not reach, or perhaps did not: first those in doubt."""
    told = [
        DeliveryState.HELD,
        DeliveryState.UNKNOWN,
        DeliveryState.DEFERRED,
        DeliveryState.REFUSED,
    ]
    ranks = {state.value: rank for rank, state in enumerate(told)}
    rows: Iterable[Any] = tx.run(
        sa.select(subscribers.c.email, deliveries.c.state, deliveries.c.reply)
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .where(deliveries.c.edition_id == edition, deliveries.c.state.in_(list(ranks)))
        .order_by(sa.case(ranks, value=deliveries.c.state), deliveries.c.id)
        .limit(limit)
    )
    return [Missed(row.email, DeliveryState(row.state), row.reply) for row in rows]


def recipients(tx: Tx, edition: int) -> list[tuple[str, str | None, DeliveryState]]:
    """Address, name and state of everyone an edition is owed to: for a small list to be shown."""
    rows: Iterable[Any] = tx.run(
        sa.select(subscribers.c.email, subscribers.c.name, deliveries.c.state)
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .where(deliveries.c.edition_id == edition)
        .order_by(deliveries.c.id)
    )
    return [(row.email, row.name, DeliveryState(row.state)) for row in rows]
