"""What a database that is to be replaced knows against mailing people, and its way into another."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsletter.model.consent import Consent, How, What
from newsletter.model.subscriber import ENDED
from newsletter.store import consents as log
from newsletter.store.database import Database, DatabaseFault, Tx
from newsletter.store.tables import consents, subscribers, subscriptions, suppressions

_CHUNK = 500  # rows a statement
_DETAIL = "known from the database that was replaced"

_Ending = tuple[str, str]  # digest and status


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """Everything by hashes of addresses: suppressions, subscriptions that ended, people who were
    erased; and the highest number that a subscriber ever had."""

    suppressions: tuple[Mapping[str, Any], ...] = ()
    ended: Mapping[_Ending, tuple[str, ...]]
    erased: tuple[str, ...] = ()
    newest: int = 0


def known_in(database: Database) -> Against | None:
    """What the database knows; None when it cannot be read, or is empty."""
    try:
        with database.read() as tx:
            return Against(
                suppressions=tuple(dict(row._mapping) for row in tx.run(sa.select(suppressions))),
                ended=_ended(tx),
                erased=tuple(_erased(tx)),
                newest=_newest(tx),
            )
    except (DatabaseFault, sa.exc.DBAPIError):
        return None


def _ended(tx: Tx) -> dict[_Ending, tuple[str, ...]]:
    found: defaultdict[_Ending, list[str]] = defaultdict(list)
    rows: Iterable[Any] = tx.run(
        sa.select(subscriptions.c.digest, subscriptions.c.status, subscribers.c.address_hash)
        .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
        .where(subscriptions.c.status.in_(ENDED))
    )
    for row in rows:
        found[row.digest, row.status].append(row.address_hash)
    return {ending: tuple(hashes) for ending, hashes in found.items()}


def _erased(tx: Tx) -> Iterator[str]:
    """Those who were erased and have not come back since."""
    back = sa.exists().where(subscribers.c.address_hash == consents.c.address_hash)
    gone = sa.select(consents.c.address_hash).where(consents.c.what == What.ERASE.value, ~back)
    yield from tx.run(gone.distinct()).scalars()


def _newest(tx: Tx) -> int:
    return int(tx.connection.scalar(sa.select(sa.func.max(subscribers.c.id))) or 0)


def suppress_all(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> int:
    """Add suppressions that are not there; how many those were."""
    return sum(tx.insert_new(suppressions, [dict(row) for row in piece]) for piece in _pieces(rows))


def end_all(tx: Tx, ending: _Ending, hashes: Sequence[str], now: datetime) -> int:
    """End the subscriptions to a digest that have not ended, and log it; how many those were."""
    return sum(_end(tx, ending, piece, now) for piece in _pieces(hashes))


def _end(tx: Tx, ending: _Ending, hashes: Sequence[str], now: datetime) -> int:
    digest, status = ending
    rows: Sequence[Any] = tx.run(
        sa.select(subscribers.c.id, subscribers.c.address_hash, subscriptions.c.status)
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .where(
            subscribers.c.address_hash.in_(hashes),
            subscriptions.c.digest == digest,
            subscriptions.c.status.not_in(ENDED),
        )
    ).fetchall()
    whose = subscriptions.c.subscriber_id.in_([row.id for row in rows])
    change = sa.update(subscriptions).where(whose, subscriptions.c.digest == digest)
    tx.run(change.values(status=status, chosen=True, paused_until=None))
    log.record(tx, *(_row(row, digest, status, now) for row in rows))
    return len(rows)


def _row(row: Any, digest: str, status: str, now: datetime) -> Consent:
    return Consent(
        at=now,
        address_hash=row.address_hash,
        subscriber=row.id,
        what=What.UNSUBSCRIBE,
        how=How.OPERATOR,
        digest=digest,
        detail=f"{row.status} → {status}, {_DETAIL}",
    )


def keep_numbers(tx: Tx, newest: int, now: datetime) -> None:
    """Let no new subscriber get a number up to this one: links with it are in somebody's inbox."""
    if _newest(tx) >= newest:
        return
    nobody = f"nobody {newest}"
    values = {"email": "", "email_key": nobody, "address_hash": nobody, "token": nobody}
    tx.run(sa.insert(subscribers).values(id=newest, language="", created_at=now, **values))


def _pieces(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]
