"""The log of what people agreed to and took back. Rows are added; only retention, and a person's
erasure, take away."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsletter.model.consent import Consent, How, What
from newsletter.store.database import Tx
from newsletter.store.tables import consents

# What takes back all that was asked for before it.
_WITHDRAWALS = (What.UNSUBSCRIBE.value, What.ERASE.value)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row with its number: a higher one was written later, whatever clocks said."""

    number: int
    consent: Consent


def record(tx: Tx, *rows: Consent) -> int:
    """Write rows in this order; the number of the first, 0 without any."""
    numbers = [tx.run(_insert(row)).scalar_one() for row in rows]
    return int(numbers[0]) if numbers else 0


def of_person(tx: Tx, subscriber: int | None, address_hash: str) -> list[Consent]:
    """All that is logged of a subscriber or of an address, in order."""
    whose = consents.c.address_hash == address_hash
    if subscriber is not None:
        whose |= consents.c.subscriber_id == subscriber
    return [entry.consent for entry in _entries(tx, whose)]


def wishes_since(tx: Tx, subscriber: int, number: int, what: What) -> list[Entry]:
    """What was asked for in somebody's name, from that row on."""
    return _entries(
        tx,
        consents.c.subscriber_id == subscriber,
        consents.c.what == what.value,
        consents.c.id >= number,
    )


def withdrawn(tx: Tx, subscriber: int) -> dict[str | None, int]:
    """The number of the last row that took something back, by digest; None for all of them."""
    rows: Iterable[Any] = tx.run(
        sa.select(consents.c.digest, sa.func.max(consents.c.id).label("last"))
        .where(consents.c.subscriber_id == subscriber, consents.c.what.in_(_WITHDRAWALS))
        .group_by(consents.c.digest)
    )
    return {row.digest: row.last for row in rows}


def digests_since(tx: Tx, address_hash: str, what: What, since: datetime) -> frozenset[str]:
    """The digests of which it was written of an address after that time."""
    rows: Iterable[Any] = tx.run(
        sa.select(consents.c.digest)
        .where(
            consents.c.address_hash == address_hash,
            consents.c.what == what.value,
            consents.c.at > since,
        )
        .distinct()
    )
    return frozenset(row.digest for row in rows)


def asked_after_withdrawal(tx: Tx, subscriber: int, digest: str) -> bool:
    """Whether a subscriber asked for a digest after they last took something back of it."""
    asked = _last(subscriber, [What.SIGN_UP.value], digest)
    taken_back = _last(subscriber, _WITHDRAWALS, digest)
    return bool(tx.connection.scalar(sa.select(asked > taken_back)))


def _last(subscriber: int, kinds: Sequence[str], digest: str) -> sa.ColumnElement[int]:
    last = sa.select(sa.func.coalesce(sa.func.max(consents.c.id), 0))
    return last.where(
        consents.c.subscriber_id == subscriber,
        consents.c.what.in_(kinds),
        consents.c.digest == digest,
    ).scalar_subquery()


def last_withdrawal(tx: Tx, address_hash: str) -> datetime | None:
    """When an address last took something back."""
    last = sa.select(sa.func.max(consents.c.at))
    whose = (consents.c.address_hash == address_hash, consents.c.what.in_(_WITHDRAWALS))
    found: datetime | None = tx.connection.scalar(last.where(*whose))
    return found


def count_since(tx: Tx, subscriber: int, what: What, since: datetime) -> int:
    """How often it was written of a subscriber since then."""
    statement = sa.select(sa.func.count()).where(
        consents.c.subscriber_id == subscriber, consents.c.what == what.value, consents.c.at > since
    )
    return int(tx.run(statement).scalar_one())


def hashes_of(tx: Tx, numbers: Collection[int]) -> frozenset[str]:
    """The addresses, as hashes, that subscribers had or wanted to have."""
    found = sa.select(consents.c.address_hash).where(consents.c.subscriber_id.in_(numbers))
    return frozenset(tx.run(found.distinct()).scalars())


def relink(tx: Tx, subscriber: int, heir: int) -> None:
    """Let what is logged of a subscriber stand for another row of the same person."""
    whose = consents.c.subscriber_id == subscriber
    tx.run(sa.update(consents).where(whose).values(subscriber_id=heir))


def unlink(tx: Tx, numbers: Collection[int]) -> None:
    """Let what is logged of subscribers stand for nobody in the store: whose it was can still be
    told by who has the address and the key."""
    whose = consents.c.subscriber_id.in_(numbers)
    tx.run(sa.update(consents).where(whose).values(subscriber_id=None, ip=None))


def _insert(row: Consent) -> sa.Executable:
    return (
        sa.insert(consents)
        .values(
            at=row.at,
            address_hash=row.address_hash,
            subscriber_id=row.subscriber,
            what=row.what.value,
            digest=row.digest,
            language=row.language,
            how=row.how.value,
            wording=row.wording,
            ip=row.ip,
            detail=row.detail,
        )
        .returning(consents.c.id)
    )


def _entries(tx: Tx, *where: sa.ColumnElement[bool]) -> list[Entry]:
    rows: Sequence[Any] = tx.run(
        sa.select(consents).where(*where).order_by(consents.c.id)
    ).fetchall()
    return [Entry(row.id, _consent(row)) for row in rows]


def _consent(row: Any) -> Consent:
    return Consent(
        at=row.at,
        address_hash=row.address_hash,
        subscriber=row.subscriber_id,
        what=What(row.what),
        digest=row.digest,
        language=row.language,
        how=How(row.how),
        wording=row.wording,
        ip=row.ip,
        detail=row.detail,
    )
