"""All that is kept of a person, and how it goes. The row itself stays, as nobody's: the ledger
counts on it, and its number must never be another's, whose links old letters would work."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsletter.model.delivery import DeliveryState
from newsletter.store.database import Tx
from newsletter.store.tables import (
    deliveries,
    editions,
    events,
    failures,
    further_languages,
    subscriber_attributes,
    subscriber_tags,
    subscribers,
    subscriptions,
)

_UNSENT = [
    state.value for state in (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.UNKNOWN)
]
_BESIDE = (subscriber_tags, subscriber_attributes, further_languages, subscriptions, failures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """An edition that was owed to a person, and what became of it."""

    edition: int
    digest: str
    language: str
    slot: str
    rehearsal: bool
    state: DeliveryState
    attempts: int
    first_tried_at: datetime | None
    settled_at: datetime | None
    reply: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A letter that came back."""

    edition: int
    at: datetime
    kind: str
    reason: str
    status: str
    detail: str


def tags(tx: Tx, number: int) -> list[str]:
    found = sa.select(subscriber_tags.c.tag).where(subscriber_tags.c.subscriber_id == number)
    return list(tx.run(found.order_by(subscriber_tags.c.tag)).scalars())


def attributes(tx: Tx, number: int) -> Mapping[str, str]:
    table = subscriber_attributes
    rows: Iterable[Any] = tx.run(
        sa.select(table.c.name, table.c.value)
        .where(table.c.subscriber_id == number)
        .order_by(table.c.name)
    )
    return {row.name: row.value for row in rows}


def got(tx: Tx, number: int) -> list[Got]:
    """Everything that was owed to a person, oldest first."""
    columns = [column for column in deliveries.c if column.name in Got.__dataclass_fields__]
    rows: Iterable[Any] = tx.run(
        sa.select(
            *columns,
            editions.c.id.label("edition"),
            editions.c.digest,
            editions.c.language,
            editions.c.slot,
            editions.c.rehearsal,
        )
        .join(editions, editions.c.id == deliveries.c.edition_id)
        .where(deliveries.c.subscriber_id == number)
        .order_by(deliveries.c.id)
    )
    return [Got(**{**row._mapping, "state": DeliveryState(row.state)}) for row in rows]


def failed(tx: Tx, number: int) -> list[Failed]:
    """The letters that came back from a person's server, oldest first."""
    rows: Iterable[Any] = tx.run(
        sa.select(failures).where(failures.c.subscriber_id == number).order_by(failures.c.at)
    )
    return [
        Failed(
            edition=row.edition_id,
            at=row.at,
            kind=row.kind,
            reason=row.reason,
            status=row.status,
            detail=row.detail,
        )
        for row in rows
    ]


# --- how it goes ---------------------------------------------------------------------------------


def hashes_of(tx: Tx, numbers: Collection[int]) -> frozenset[str]:
    """The addresses of subscribers, as hashes."""
    found = sa.select(subscribers.c.address_hash).where(subscribers.c.id.in_(numbers))
    return frozenset(tx.run(found).scalars())


def make_nobody(tx: Tx, numbers: Collection[int]) -> None:
    """Take everything from subscribers that tells who they are or were: nothing leads from an
    address to the row any more. What was owed to them and has not gone out is cancelled; the rest
    stays counted, without a word of their server."""
    theirs = deliveries.c.subscriber_id.in_(numbers)
    unsent = sa.update(deliveries).where(theirs, deliveries.c.state.in_(_UNSENT))
    tx.run(unsent.values(state=DeliveryState.CANCELLED.value, next_try_at=None))
    tx.run(sa.update(deliveries).where(theirs).values(reply=None))
    tx.run(sa.update(events).where(events.c.subscriber_id.in_(numbers)).values(detail=""))
    for table in _BESIDE:
        tx.run(sa.delete(table).where(table.c.subscriber_id.in_(numbers)))
    nobody = sa.literal("nobody ") + sa.cast(subscribers.c.id, sa.Text)
    values = {"email_key": nobody, "address_hash": nobody, "token": nobody}
    change = sa.update(subscribers).where(subscribers.c.id.in_(numbers))
    tx.run(change.values(email="", name=None, timezone=None, **values))


def hand_down(tx: Tx, number: int, heir: int) -> None:
    """Let another row stand for this one: for what the person got under it, so that they do not get
    it again, for what lists said of them, and for the links in old letters."""
    named = (subscribers.c.id == number) | (subscribers.c.heir == number)
    tx.run(sa.update(subscribers).where(named).values(heir=heir))
    for table, name in ((subscriber_tags, "tag"), (subscriber_attributes, "name")):
        has = sa.select(table.c[name]).where(table.c.subscriber_id == heir)
        new = (table.c.subscriber_id == number, table.c[name].not_in(has))
        tx.run(sa.update(table).where(*new).values(subscriber_id=heir))
    theirs = sa.select(deliveries.c.edition_id).where(deliveries.c.subscriber_id == heir)
    gone_out = (
        deliveries.c.subscriber_id == number,
        deliveries.c.state == DeliveryState.SENT.value,
        deliveries.c.edition_id.not_in(theirs),
    )
    tx.run(sa.update(deliveries).where(*gone_out).values(subscriber_id=heir))
