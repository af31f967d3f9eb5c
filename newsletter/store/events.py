"""What happened, in order; nothing is ever taken back."""

from typing import Any

import sqlalchemy as sa

from newsletter.model.event import Event, EventKind
from newsletter.store.database import Tx
from newsletter.store.tables import events


def record(tx: Tx, event: Event) -> None:
    tx.run(
        sa.insert(events).values(
            at=event.at,
            kind=event.kind.value,
            subscriber_id=event.subscriber,
            edition_id=event.edition,
            digest=event.digest,
            who=event.who,
            detail=event.detail,
        )
    )


def of_edition(tx: Tx, edition: int) -> list[Event]:
    return _in_order(tx, events.c.edition_id == edition)


def of_subscriber(tx: Tx, number: int) -> list[Event]:
    return _in_order(tx, events.c.subscriber_id == number)


def _in_order(tx: Tx, which: sa.ColumnElement[bool]) -> list[Event]:
    rows = tx.run(sa.select(events).where(which).order_by(events.c.id))
    return [_event(row) for row in rows]


def was_alarmed(tx: Tx, edition: int) -> bool:
    """Whether an alarm was written down for an edition."""
    alarm = (events.c.edition_id == edition) & (events.c.kind == EventKind.ALARM.value)
    return tx.run(sa.select(events.c.id).where(alarm).limit(1)).first() is not None


def standing_alarm(tx: Tx, digest: str) -> Event | None:
    """The last alarm of a digest, unless an editor has let one of its editions go since."""
    let_go = (events.c.kind == EventKind.DECISION.value) & (
        events.c.detail.startswith("approve") | events.c.detail.startswith("resume")
    )
    row = tx.run(
        sa.select(events)
        .where(events.c.digest == digest, let_go | (events.c.kind == EventKind.ALARM.value))
        .order_by(events.c.id.desc())
        .limit(1)
    ).first()
    alarm = _event(row) if row else None
    return alarm if alarm and alarm.kind is EventKind.ALARM else None


def _event(row: Any) -> Event:
    return Event(
        at=row.at,
        kind=EventKind(row.kind),
        subscriber=row.subscriber_id,
        edition=row.edition_id,
        digest=row.digest,
        who=row.who,
        detail=row.detail,
    )
