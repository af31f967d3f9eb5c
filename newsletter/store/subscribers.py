"""People and their subscriptions. A list adds; only a reader, or what came back, takes away."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from newsletter.model.subscriber import Subscriber, SubscriptionStatus
from newsletter.store.database import Tx
from newsletter.store.tables import subscribers, subscriptions, suppressions

_Key = TypeVar("_Key")

_CHUNK = 500  # rows a statement: below every database's limit of variables


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One person as a list has them, for one digest. `key` is what makes two addresses the same."""

    email: str
    key: str
    name: str | None
    language: str
    digest: str
    status: SubscriptionStatus
    consent_source: str | None = None
    consent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Synced:
    """What a list changed: people and subscriptions that are new, subscriptions that differ."""

    people: int = 0
    added: int = 0
    changed: int = 0

    def __add__(self, other: "Synced") -> "Synced":
        return Synced(
            self.people + other.people, self.added + other.added, self.changed + other.changed
        )


def sync(
    tx: Tx,
    rows: Sequence[Listed],
    *,
    address_hash: Callable[[str], str],
    new_token: Callable[[], str],
    now: datetime,
) -> Synced:
    """Bring what the lists say into the store. A row may lower a status, never raise one, and does
    not touch what a reader chose; who stands in no list any more stays as they are."""
    total = Synced()
    for start in range(0, len(rows), _CHUNK):
        total += _sync_chunk(tx, rows[start : start + _CHUNK], address_hash, new_token, now)
    return total


def _sync_chunk(
    tx: Tx,
    rows: Sequence[Listed],
    address_hash: Callable[[str], str],
    new_token: Callable[[], str],
    now: datetime,
) -> Synced:
    people = [
        {
            "email": row.email,
            "email_key": row.key,
            "address_hash": address_hash(row.key),
            "name": row.name,
            "language": row.language,
            "token": new_token(),
            "created_at": now,
        }
        for row in _first_by(rows, lambda row: row.key).values()
    ]
    known = _ids(tx, [row.key for row in rows])
    unknown = [each for each in people if each["email_key"] not in known]
    added = tx.insert_new(subscribers, unknown)
    # Another process may have written all of them a moment ago: then none of them is ours.
    known = _ids(tx, [row.key for row in rows]) if unknown else known
    wanted = _first_by(rows, lambda row: (known[row.key], row.digest))
    standing = _standing(tx, [number for number, _ in wanted])
    new = [pair for pair in wanted if pair not in standing]
    tx.insert_new(subscriptions, [_subscription(*pair, wanted[pair], now) for pair in new])
    changed = sum(
        _change(tx, pair, standing[pair], wanted[pair]) for pair in wanted.keys() & standing
    )
    return Synced(people=added, added=len(new), changed=changed)


def _first_by(rows: Sequence[Listed], key: Callable[[Listed], _Key]) -> dict[_Key, Listed]:
    """The rows by key, in their order; of those with the same key the first."""
    found: dict[_Key, Listed] = {}
    for row in rows:
        found.setdefault(key(row), row)
    return found


def _ids(tx: Tx, keys: Iterable[str]) -> dict[str, int]:
    rows: Iterable[Any] = tx.run(
        sa.select(subscribers.c.email_key, subscribers.c.id).where(
            subscribers.c.email_key.in_(list(keys))
        )
    )
    return {row.email_key: row.id for row in rows}


def _standing(tx: Tx, numbers: Iterable[int]) -> dict[tuple[int, str], Any]:
    rows: Iterable[Any] = tx.run(
        sa.select(subscriptions).where(subscriptions.c.subscriber_id.in_(list(numbers)))
    )
    return {(row.subscriber_id, row.digest): row for row in rows}


def _subscription(number: int, digest: str, row: Listed, now: datetime) -> dict[str, Any]:
    return {
        "subscriber_id": number,
        "digest": digest,
        "language": row.language,
        "status": row.status.value,
        "chosen": False,
        "consent_source": row.consent_source,
        "consent_at": row.consent_at,
        "created_at": now,
    }


# What a list may make of a subscription, and of which; nothing makes one active again.
_AWAKE = frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.PENDING})
_LIVING = _AWAKE | {SubscriptionStatus.PAUSED}
_LOWERED_FROM = {
    SubscriptionStatus.PAUSED: _AWAKE,
    SubscriptionStatus.UNSUBSCRIBED: _LIVING,
    SubscriptionStatus.BOUNCED: _LIVING,
    SubscriptionStatus.COMPLAINED: _LIVING,
}


def _change(tx: Tx, pair: tuple[int, str], standing: Any, row: Listed) -> int:
    values: dict[str, Any] = {}
    if standing.status in _LOWERED_FROM.get(row.status, ()):
        values["status"] = row.status.value
    if row.language != standing.language and not standing.chosen:
        values["language"] = row.language
    if values:
        tx.run(sa.update(subscriptions).where(*_pair(*pair)).values(**values))
    return len(values) and 1


def _pair(number: int, digest: str) -> tuple[sa.ColumnElement[bool], ...]:
    return subscriptions.c.subscriber_id == number, subscriptions.c.digest == digest


def by_id(tx: Tx, number: int) -> Subscriber | None:
    row: Any = tx.run(sa.select(subscribers).where(subscribers.c.id == number)).first()
    if row is None:
        return None
    return Subscriber(
        id=row.id, email=row.email, name=row.name, language=row.language, token=row.token
    )


def status_of(tx: Tx, number: int, digest: str) -> tuple[SubscriptionStatus, str] | None:
    """Status and language of one subscription."""
    row: Any = tx.run(sa.select(subscriptions).where(*_pair(number, digest))).first()
    return (SubscriptionStatus(row.status), row.language) if row else None


def unsubscribe(tx: Tx, number: int, digest: str) -> bool:
    """End a subscription at its reader's wish; False when it had ended already."""
    return _choose(
        tx,
        number,
        digest,
        subscriptions.c.status.in_(_LIVING),
        status=SubscriptionStatus.UNSUBSCRIBED.value,
    )


def choose_language(tx: Tx, number: int, digest: str, language: str) -> bool:
    """Change a subscription's language at its reader's wish; False when it is that already."""
    return _choose(tx, number, digest, subscriptions.c.language != language, language=language)


def _choose(tx: Tx, number: int, digest: str, where: sa.ColumnElement[bool], **values: str) -> bool:
    statement = sa.update(subscriptions).where(*_pair(number, digest), where)
    return tx.run(statement.values(chosen=True, **values)).rowcount == 1


def wake_paused(tx: Tx, now: datetime) -> int:
    """Let the subscriptions go on that were paused until now; return how many."""
    paused = subscriptions.c.status == SubscriptionStatus.PAUSED.value
    return tx.run(
        sa.update(subscriptions)
        .where(paused, subscriptions.c.paused_until <= now)
        .values(status=SubscriptionStatus.ACTIVE.value, paused_until=None)
    ).rowcount


def zones(tx: Tx) -> list[str]:
    """The time zones that subscribers are known to live in."""
    named = sa.select(subscribers.c.timezone).where(subscribers.c.timezone.is_not(None))
    return list(tx.run(named.distinct()).scalars())


def suppress(tx: Tx, address_hash: str, reason: str, now: datetime) -> bool:
    """Never mail this address again; False when it is suppressed already."""
    row = {"address_hash": address_hash, "reason": reason, "at": now}
    return tx.insert_new(suppressions, [row]) == 1


def suppress_reader(
    tx: Tx, number: int, reason: str, status: SubscriptionStatus, now: datetime
) -> bool:
    """Never mail the address of this subscriber again: their subscriptions end with this status.
    A complaint stands above whatever was the reason before. False when nothing has changed."""
    address_hash = tx.connection.scalar(
        sa.select(subscribers.c.address_hash).where(subscribers.c.id == number)
    )
    if address_hash is None:
        return False
    ends = _LIVING
    changed = suppress(tx, address_hash, reason, now)
    if status is SubscriptionStatus.COMPLAINED:
        ends = _LIVING | {SubscriptionStatus.BOUNCED}
        changed = _overrule(tx, address_hash, reason, now) or changed
    tx.run(
        sa.update(subscriptions)
        .where(subscriptions.c.subscriber_id == number, subscriptions.c.status.in_(ends))
        .values(status=status.value)
    )
    return changed


def _overrule(tx: Tx, address_hash: str, reason: str, now: datetime) -> bool:
    other = suppressions.c.reason != reason
    statement = sa.update(suppressions).where(suppressions.c.address_hash == address_hash, other)
    return tx.run(statement.values(reason=reason, at=now)).rowcount == 1


def reader_count(tx: Tx, digest: str, language: str) -> int:
    """How many would get an edition of the digest now."""
    return int(tx.run(_reading(digest, [language], [sa.func.count()])).scalar_one())


def readers_at(
    tx: Tx, digest: str, languages: Sequence[str], domains: Sequence[str]
) -> dict[str, int]:
    """How many of those have their address in each of these domains (lower case, ASCII)."""
    if not domains:
        return {}
    counts = [
        sa.func.count().filter(subscribers.c.email_key.endswith(f"@{each}", autoescape=True))
        for each in domains
    ]
    return dict(zip(domains, tx.run(_reading(digest, languages, counts)).one(), strict=True))


def _reading(
    digest: str, languages: Sequence[str], columns: Sequence[sa.ColumnElement[int]]
) -> sa.Executable:
    """Counted over who would get an edition of the digest in one of these languages now."""
    suppressed = sa.exists().where(suppressions.c.address_hash == subscribers.c.address_hash)
    return (
        sa.select(*columns)
        .select_from(subscribers.join(subscriptions))
        .where(
            subscriptions.c.digest == digest,
            subscriptions.c.language.in_(languages),
            subscriptions.c.status == "active",
            ~suppressed,
        )
    )
