"""What happened to each source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsletter.articles.learned import NOTHING, Learned
from newsletter.store.database import Tx
from newsletter.store.tables import polls, sources


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    name: str
    first_read_at: datetime | None = None
    last_read_at: datetime | None = None
    last_tried_at: datetime | None = None
    last_fault: str | None = None
    learned: Learned = NOTHING


def state_of(tx: Tx, name: str) -> SourceState:
    row = tx.run(sa.select(sources).where(sources.c.name == name)).mappings().first()
    return _state(dict(row)) if row else SourceState(name=name)


def all_states(tx: Tx) -> list[SourceState]:
    rows = tx.run(sa.select(sources).order_by(sources.c.name)).mappings()
    return [_state(dict(row)) for row in rows]


def _state(row: Mapping[str, Any]) -> SourceState:
    lines = row["learned"] or {}
    learned = Learned(**{end: frozenset(lines[end]) for end in lines})
    return SourceState(**{**row, "learned": learned})


def learn(tx: Tx, name: str, learned: Learned) -> None:
    """Know the lines that a source hangs on its articles."""
    lines = {"top": sorted(learned.top), "bottom": sorted(learned.bottom)}
    tx.run(sa.update(sources).where(sources.c.name == name).values(learned=lines))


def record_reading(tx: Tx, name: str, now: datetime) -> None:
    """The source was read; its first run is over."""
    _ensure(tx, name)
    tx.run(
        sa.update(sources)
        .where(sources.c.name == name)
        .values(
            first_read_at=sa.func.coalesce(
                sources.c.first_read_at, sa.bindparam("now", now, sources.c.first_read_at.type)
            ),
            last_read_at=now,
            last_tried_at=now,
            last_fault=None,
        )
    )


def record_fault(tx: Tx, name: str, fault: str, now: datetime) -> None:
    _ensure(tx, name)
    tx.run(
        sa.update(sources).where(sources.c.name == name).values(last_tried_at=now, last_fault=fault)
    )


def forget_first_runs(tx: Tx) -> None:
    """Let the next reading of every source be a first run again; that it was read stays known."""
    tx.run(sa.update(sources).values(first_read_at=None))
    tx.run(sa.update(polls).values(documents=[]))


def _ensure(tx: Tx, name: str) -> None:
    tx.insert_new(sources, [{"name": name}])
