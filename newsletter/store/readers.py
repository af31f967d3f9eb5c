"""One person's standing: who they are, what they get, why not. Changed at their own wish."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsletter.model.subscriber import Cadence, Subscription, SubscriptionStatus, Suppression
from newsletter.store.database import Tx
from newsletter.store.tables import further_languages, subscribers, subscriptions, suppressions

# The address of one who was erased: their row stays, for the ledger counts on it.
_NOBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A row of the subscribers."""

    id: int
    email: str
    address_hash: str
    name: str | None
    language: str
    created_at: datetime
    timezone: str | None = None


def by_number(tx: Tx, number: int) -> Person | None:
    """The subscriber of this number, or whose row stands for theirs now; None when there is none,
    or no longer."""
    row = subscribers.alias()
    heir = sa.select(row.c.heir).where(row.c.id == number).scalar_subquery()
    return _person(tx, subscribers.c.id == sa.func.coalesce(heir, number))


def by_key(tx: Tx, email_key: str) -> Person | None:
    """The subscriber of an address, by what is the same for all its spellings."""
    return _person(tx, subscribers.c.email_key == email_key)


def by_hash(tx: Tx, address_hash: str) -> Person | None:
    """The subscriber of an address that is known by its hash only."""
    return _person(tx, subscribers.c.address_hash == address_hash)


def add(
    tx: Tx,
    *,
    email: str,
    email_key: str,
    address_hash: str,
    name: str | None,
    language: str,
    token: str,
    now: datetime,
) -> Person:
    """A new subscriber, without any subscription yet."""
    row = {
        "email": email,
        "email_key": email_key,
        "address_hash": address_hash,
        "name": name,
        "language": language,
        "token": token,
        "created_at": now,
    }
    tx.insert_new(subscribers, [row])
    found = by_key(tx, email_key)
    assert found, "inserted a moment ago"
    return found


def standings(tx: Tx, number: int) -> dict[str, Subscription]:
    """The subscriptions of a person, by digest."""
    further = _further(tx, number)
    rows: Iterable[Any] = tx.run(
        sa.select(subscriptions)
        .where(subscriptions.c.subscriber_id == number)
        .order_by(subscriptions.c.digest)
    )
    return {row.digest: _subscription(row, further.get(row.digest, [])) for row in rows}


def put(tx: Tx, number: int, wanted: Subscription) -> None:
    """Let a person stand to a digest like this from now on."""
    values = {
        "language": wanted.languages[0],
        "status": wanted.status.value,
        "chosen": wanted.chosen,
        "cadence": wanted.cadence.value,
        "paused_until": wanted.paused_until,
        "consent_source": wanted.consent_source,
        "consent_at": wanted.consent_at,
        "created_at": wanted.created_at,
    }
    names = {"subscriber_id": number, "digest": wanted.digest}
    if not tx.insert_new(subscriptions, [{**names, **values}]):
        where = _of(subscriptions, number, wanted.digest)
        tx.run(sa.update(subscriptions).where(*where).values(**values))
    tx.run(sa.delete(further_languages).where(*_of(further_languages, number, wanted.digest)))
    if more := [{**names, "language": each} for each in wanted.languages[1:]]:
        tx.run(sa.insert(further_languages), more)


def rename(tx: Tx, number: int, name: str | None) -> None:
    tx.run(sa.update(subscribers).where(subscribers.c.id == number).values(name=name))


def move(tx: Tx, number: int, *, email: str, email_key: str, address_hash: str) -> None:
    """Give a person another address. Their number stays, and with it all that the ledger knows."""
    values = {"email": email, "email_key": email_key, "address_hash": address_hash}
    tx.run(sa.update(subscribers).where(subscribers.c.id == number).values(**values))


def suppression_of(tx: Tx, address_hash: str) -> Suppression | None:
    """Why an address must not be mailed; None when it may be."""
    found: Any = tx.run(
        sa.select(suppressions).where(suppressions.c.address_hash == address_hash)
    ).first()
    return Suppression(found.reason, found.at) if found else None


def lift(tx: Tx, address_hash: str) -> None:
    """Let an address be mailed again: its owner came back."""
    tx.run(sa.delete(suppressions).where(suppressions.c.address_hash == address_hash))


def _person(tx: Tx, which: sa.ColumnElement[bool]) -> Person | None:
    row: Any = tx.run(sa.select(subscribers).where(which, subscribers.c.email != _NOBODY)).first()
    if row is None:
        return None
    return Person(
        id=row.id,
        email=row.email,
        address_hash=row.address_hash,
        name=row.name,
        language=row.language,
        created_at=row.created_at,
        timezone=row.timezone,
    )


def _further(tx: Tx, number: int) -> dict[str, list[str]]:
    rows: Iterable[Any] = tx.run(
        sa.select(further_languages.c.digest, further_languages.c.language)
        .where(further_languages.c.subscriber_id == number)
        .order_by(further_languages.c.language)
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.digest, []).append(row.language)
    return found


def _subscription(row: Any, further: Sequence[str]) -> Subscription:
    return Subscription(
        digest=row.digest,
        status=SubscriptionStatus(row.status),
        languages=(row.language, *further),
        created_at=row.created_at,
        chosen=row.chosen,
        cadence=Cadence(row.cadence),
        paused_until=row.paused_until,
        consent_source=row.consent_source,
        consent_at=row.consent_at,
    )


def _of(table: sa.Table, subscriber_id: int, digest: str) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.subscriber_id == subscriber_id, table.c.digest == digest
