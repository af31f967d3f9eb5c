"""What happened, in order; nothing is ever taken back."""

from collections.abc import Iterable
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
    rows: Iterable[Any] = tx.run(
        sa.select(events).where(events.c.edition_id == edition).order_by(events.c.id)
    )
    return [
        Event(
            at=row.at,
            kind=EventKind(row.kind),
            subscriber=row.subscriber_id,
            edition=row.edition_id,
            digest=row.digest,
            who=row.who,
            detail=row.detail,
        )
        for row in rows
    ]
