"""How fast letters leave, as all processes on this database know it: how far each line is taken,
how each destination stands, how many letters each sender address sent on each day."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date
from typing import Any

import sqlalchemy as sa

from newsletter.model.pace import CLEAN, Standing
from newsletter.store.database import Tx
from newsletter.store.tables import paces, sender_days

_NAMES = [each.name for each in fields(Standing)]
_REACH = 100  # reservations: no line is ever longer, unless the clock has been put back


def reserve(tx: Tx, name: str, seconds: float, now: float) -> float:
    """Take the next `seconds` of a line for oneself; return when they begin, now or later. One
    statement: nobody else gets the same ones."""
    ahead = (paces.c.next_at > now) & (paces.c.next_at <= now + _REACH * seconds)
    begins = sa.case((ahead, paces.c.next_at), else_=now)
    taken = (
        sa.update(paces)
        .where(paces.c.name == name)
        .values(next_at=begins + seconds)
        .returning(paces.c.next_at)
    )
    ends: float | None = tx.run(taken).scalar()
    if ends is None:
        _know(tx, name)
        ends = tx.run(taken).scalar_one()
    return ends - seconds


def standings(tx: Tx) -> dict[str, Standing]:
    """The destinations that something is held back from, by name."""
    learned = (paces.c.factor < 1) | (paces.c.strikes > 0)
    rows: Iterable[Any] = tx.run(sa.select(paces).where(learned)).mappings()
    return {row["name"]: _standing(row) for row in rows}


def standing_of(tx: Tx, name: str) -> Standing:
    """How one destination stands, for this transaction to change."""
    row = tx.run(sa.select(paces).where(paces.c.name == name).with_for_update()).mappings().first()
    return _standing(row) if row else CLEAN


def keep(tx: Tx, name: str, standing: Standing) -> None:
    _know(tx, name)
    tx.run(sa.update(paces).where(paces.c.name == name).values(**asdict(standing)))


def _know(tx: Tx, name: str) -> None:
    tx.insert_new(paces, [{"name": name, "next_at": 0.0, **asdict(CLEAN)}])


def _standing(row: Any) -> Standing:
    return Standing(**{name: row[name] for name in _NAMES})


def letters_by_day(tx: Tx, sender: str) -> dict[date, int]:
    """How many letters of this sender were counted on which days."""
    rows: Iterable[Any] = tx.run(
        sa.select(sender_days.c.day, sender_days.c.letters).where(sender_days.c.sender == sender)
    )
    return {row.day: row.letters for row in rows}


def count_letter(tx: Tx, sender: str, day: date, *, at_most: int) -> bool:
    """Count one more letter of this sender on this day; False when there were `at_most` already."""
    tx.insert_new(sender_days, [{"sender": sender, "day": day, "letters": 0}])
    more = (
        sa.update(sender_days)
        .where(
            sender_days.c.sender == sender,
            sender_days.c.day == day,
            sender_days.c.letters < at_most,
        )
        .values(letters=sender_days.c.letters + 1)
    )
    return tx.run(more).rowcount == 1
