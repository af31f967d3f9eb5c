"""Where the asking of each source stands."""

from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from newsletter.model.poll import Document, Poll
from newsletter.store.database import Tx
from newsletter.store.tables import polls

_NAMES = [each.name for each in fields(Poll)]


def poll_of(tx: Tx, source: str) -> Poll | None:
    row = tx.run(sa.select(polls).where(polls.c.source == source)).mappings().first()
    return _poll(dict(row)) if row else None


def all_polls(tx: Tx) -> dict[str, Poll]:
    """By the names of their sources."""
    rows = tx.run(sa.select(polls)).mappings()
    return {row["source"]: _poll(dict(row)) for row in rows}


def save(tx: Tx, source: str, poll: Poll, *, looked_at: datetime) -> None:
    """What is known after a look that began at `looked_at`. A ping that came since then stands:
    what it announced may have come too late for that look."""
    now = {**_row(poll), "pinged_at": None}
    if not tx.insert_new(polls, [{"source": source, **now}]):
        stands = sa.bindparam("looked_at", looked_at, polls.c.pinged_at.type)
        now["pinged_at"] = sa.case((polls.c.pinged_at > stands, polls.c.pinged_at))
        tx.run(sa.update(polls).where(polls.c.source == source).values(**now))


def ping(tx: Tx, source: str, now: datetime) -> None:
    """Something was announced: the next tick of the service looks."""
    fresh = {"source": source, **_row(Poll()), "pinged_at": now}
    if not tx.insert_new(polls, [fresh]):
        tx.run(sa.update(polls).where(polls.c.source == source).values(pinged_at=now))


def look_anew(tx: Tx, sources: Collection[str]) -> None:
    """Let the next look at these sources be a whole one, changed or not."""
    tx.run(sa.update(polls).where(polls.c.source.in_(sources)).values(documents=[], whole_at=None))


def _row(poll: Poll) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(poll, name) for name in _NAMES}
    row["documents"] = [asdict(each) for each in poll.documents]
    row["interval"] = int(poll.interval.total_seconds())
    return row


def _poll(row: dict[str, Any]) -> Poll:
    values = {name: row[name] for name in _NAMES}
    documents = tuple(Document(**each) for each in row["documents"])
    interval = timedelta(seconds=row["interval"])
    return Poll(**{**values, "documents": documents, "interval": interval})
