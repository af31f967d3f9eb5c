"""Mails to one person that are no edition: written with what they tell of, sent later.

Whoever is about to hand one over first moves its next try on, and commits that: nobody else takes
it meanwhile, and when that sender dies it comes up again, under the same Message-ID.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from newsletter.model.notice import Notice, NoticeKind, NoticeState
from newsletter.store.database import Tx
from newsletter.store.tables import notices

# Longer than any server takes to answer.
LEASE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    kind: NoticeKind
    email: str
    address_hash: str
    language: str
    content: Mapping[str, str] = field(default_factory=dict)


def add(tx: Tx, notice: NewNotice, now: datetime) -> None:
    """Queue a notice."""
    tx.run(
        sa.insert(notices).values(
            kind=notice.kind.value,
            email=notice.email,
            address_hash=notice.address_hash,
            language=notice.language,
            content=dict(notice.content),
            created_at=now,
            state=NoticeState.QUEUED.value,
            next_try_at=now,
        )
    )


def asked_since(tx: Tx, address_hash: str, since: datetime) -> bool:
    """Whether an address was asked for a confirmation after that time."""
    asking = (NoticeKind.CONFIRM.value, NoticeKind.ADDRESS.value)
    found = sa.exists().where(
        notices.c.address_hash == address_hash,
        notices.c.kind.in_(asking),
        notices.c.created_at > since,
    )
    return bool(tx.connection.scalar(sa.select(found)))


def waiting(tx: Tx, now: datetime, limit: int) -> list[Notice]:
    """The notices that are to be sent now, oldest first."""
    due = (notices.c.state == NoticeState.QUEUED.value) & (notices.c.next_try_at <= now)
    rows: Iterable[Any] = tx.run(
        sa.select(notices).where(due).order_by(notices.c.next_try_at, notices.c.id).limit(limit)
    )
    return [_notice(row) for row in rows]


def of_address(tx: Tx, address_hash: str) -> list[Notice]:
    """All that is kept of notices to an address."""
    rows: Iterable[Any] = tx.run(
        sa.select(notices).where(notices.c.address_hash == address_hash).order_by(notices.c.id)
    )
    return [_notice(row) for row in rows]


def claim(tx: Tx, notice: Notice, now: datetime) -> bool:
    """Take a notice in hand; False when it is another sender's by now, or gone."""
    return _moved(tx, notice, attempts=notice.attempts + 1, next_try_at=now + LEASE)


def give_back(tx: Tx, notice: Notice, now: datetime) -> None:
    """What was claimed was not tried: it is due again, and this counts as no attempt."""
    claimed = notice.attempts + 1
    where = (notices.c.id == notice.id, notices.c.attempts == claimed)
    values = {"attempts": notice.attempts, "next_try_at": now}
    tx.run(sa.update(notices).where(*where).values(**values))


def settle(tx: Tx, notice: Notice, state: NoticeState, reply: str, now: datetime) -> None:
    """Write down that a notice is done with."""
    sent_at = now if state is NoticeState.SENT else None
    _set(tx, notice, state=state.value, reply=reply, sent_at=sent_at, next_try_at=None)


def put_off(tx: Tx, notice: Notice, reply: str, until: datetime) -> None:
    """Write down that a notice is tried again."""
    _set(tx, notice, reply=reply, next_try_at=until)


def give_up_all(tx: Tx, reason: str) -> None:
    """Send none of those that wait."""
    waiting = notices.c.state == NoticeState.QUEUED.value
    values = {"state": NoticeState.REFUSED.value, "reply": reason, "next_try_at": None}
    tx.run(sa.update(notices).where(waiting).values(**values))


def forget(tx: Tx, hashes: Collection[str]) -> None:
    """Take away all notices to these addresses."""
    tx.run(sa.delete(notices).where(notices.c.address_hash.in_(hashes)))


def _moved(tx: Tx, notice: Notice, **values: Any) -> bool:
    unchanged = (
        notices.c.id == notice.id,
        notices.c.state == NoticeState.QUEUED.value,
        notices.c.attempts == notice.attempts,
    )
    return tx.run(sa.update(notices).where(*unchanged).values(**values)).rowcount == 1


def _set(tx: Tx, notice: Notice, **values: Any) -> None:
    tx.run(sa.update(notices).where(notices.c.id == notice.id).values(**values))


def _notice(row: Any) -> Notice:
    return Notice(
        id=row.id,
        kind=NoticeKind(row.kind),
        email=row.email,
        address_hash=row.address_hash,
        language=row.language,
        created_at=row.created_at,
        content=row.content,
        state=NoticeState(row.state),
        attempts=row.attempts,
        reply=row.reply,
    )
