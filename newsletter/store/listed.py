"""What lists say of people, brought into the store many at a time. A list adds; only a reader, or
what came back, takes away."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsletter.model.consent import How, What
from newsletter.model.subscriber import LIVING, Cadence, SubscriptionStatus
from newsletter.store.database import Tx
from newsletter.store.tables import (
    consents,
    further_languages,
    subscriber_attributes,
    subscriber_tags,
    subscribers,
    subscriptions,
    suppressions,
)

_CHUNK = 5_000  # rows a statement

Place = tuple[str, str]  # somebody's key, and a digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One person as a list has them, for one digest. `key` is what makes two addresses the same.

    `whole`: a lower status is the person's, in every digest they have. `again`: a row before had
    them for this digest, and goes first: only what takes away counts of this one. `known`: a row
    before was theirs, which says what they are called, and where they live.
    """

    email: str
    key: str
    name: str | None
    language: str
    digest: str
    status: SubscriptionStatus
    consent_source: str | None = None
    consent_at: datetime | None = None
    cadence: Cadence | None = None
    paused_until: datetime | None = None
    further_languages: tuple[str, ...] = ()
    timezone: str | None = None
    tags: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    whole: bool = False
    again: bool = False
    known: bool = False


@dataclass(frozen=True, slots=True)
class Synced:
    """What a list changed: people and subscriptions that are new, subscriptions and people that
    differ. `suppressed` are the keys of people who are not taken in, because nothing may ever be
    mailed to them."""

    people: int = 0
    added: int = 0
    changed: int = 0
    updated: int = 0
    suppressed: frozenset[str] = frozenset()

    def __add__(self, other: "Synced") -> "Synced":
        return Synced(
            self.people + other.people,
            self.added + other.added,
            self.changed + other.changed,
            self.updated + other.updated,
            self.suppressed | other.suppressed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How people are named in the store."""

    address_hash: Callable[[str], str]
    new_token: Callable[[], str]


def sync(
    tx: Tx,
    rows: Sequence[Listed],
    *,
    address_hash: Callable[[str], str],
    new_token: Callable[[], str],
    now: datetime,
    source: str = "",
) -> Synced:
    """Bring what the lists say into the store. A row may lower a status, never raise one, and does
    not touch what a reader chose; who stands in no list any more stays as they are. Every new
    subscription is written down as consented to, as the list `source` has it."""
    naming = Naming(address_hash=address_hash, new_token=new_token)
    total = Synced()
    for start in range(0, len(rows), _CHUNK):
        total += _sync_chunk(tx, rows[start : start + _CHUNK], naming, now, source)
    return total


def _sync_chunk(
    tx: Tx, rows: Sequence[Listed], naming: Naming, now: datetime, source: str
) -> Synced:
    firsts: dict[str, Listed] = {}
    for row in rows:
        firsts.setdefault(row.key, row)
    known = _known(tx, firsts)
    people, suppressed = _add_people(
        tx, {key: row for key, row in firsts.items() if key not in known}, naming, now
    )
    wanted = _one_for_each(row for row in rows if row.key not in suppressed)
    standing = _standing(tx, known)
    fresh = [row for place, row in wanted.items() if place not in standing and not row.again]
    added = _add_subscriptions(tx, fresh, now, source)
    changed = _change(tx, wanted, standing) + _lower_whole(tx, wanted.values())
    _add_languages(tx, wanted, standing)
    kept = [row for row in rows if row.key not in suppressed]
    updated = (
        _update_people(tx, firsts, known, {key for (key, _), s in standing.items() if s.chosen})
        | _add_tags(tx, kept, known)
        | _set_attributes(tx, [row for row in kept if not row.known], known)
    )
    return Synced(people, added, changed, len(updated), suppressed)


# --- people -------------------------------------------------------------------------------------

_KEYS = {"key": sa.Text()}


def _known(tx: Tx, keys: Iterable[str]) -> dict[str, Any]:
    """Who of these is in the store."""
    asked = tx.table_of(_KEYS, [[key] for key in keys])
    rows: Iterable[Any] = tx.run(
        sa.select(
            subscribers.c.email_key, subscribers.c.id, subscribers.c.name, subscribers.c.timezone
        ).join_from(asked, subscribers, subscribers.c.email_key == asked.c.key)
    )
    return {row.email_key: row for row in rows}


_PERSON = dict.fromkeys(
    ("email", "email_key", "address_hash", "name", "language", "token", "timezone"), sa.Text()
)


def _add_people(
    tx: Tx, new: Mapping[str, Listed], naming: Naming, now: datetime
) -> tuple[int, frozenset[str]]:
    """Insert all but the suppressed; how many were, and who was not."""
    if not new:
        return 0, frozenset()
    hashes = {naming.address_hash(key): key for key in new}
    never = _suppressed(tx, hashes)
    suppressed = frozenset(key for address_hash, key in hashes.items() if address_hash in never)
    people = tx.table_of(
        _PERSON,
        (
            (row.email, key, address_hash, row.name, row.language, naming.new_token(), row.timezone)
            for address_hash, key in hashes.items()
            if key not in suppressed
            for row in [new[key]]
        ),
    )
    created = sa.literal(now, subscribers.c.created_at.type)
    added = tx.insert_selected(subscribers, [*_PERSON, "created_at"], sa.select(*people.c, created))
    return added, suppressed


def _suppressed(tx: Tx, hashes: Iterable[str]) -> frozenset[str]:
    asked = tx.table_of(_KEYS, [[each] for each in hashes])
    found = sa.select(suppressions.c.address_hash).join_from(
        asked, suppressions, suppressions.c.address_hash == asked.c.key
    )
    return frozenset(tx.run(found).scalars())


_UPDATE_PERSON = (
    sa.update(subscribers)
    .where(subscribers.c.id == sa.bindparam("of"))
    .values(name=sa.bindparam("called"), timezone=sa.bindparam("zone"))
)


def _update_people(
    tx: Tx, firsts: Mapping[str, Listed], known: Mapping[str, Any], chosen: Collection[str]
) -> set[str]:
    """Names and time zones, but not of those who have chosen for themselves."""
    values: dict[str, dict[str, Any]] = {}
    for key, person in known.items():
        row = firsts[key]
        name, zone = row.name or person.name, row.timezone or person.timezone
        if (name, zone) != (person.name, person.timezone) and not row.known and key not in chosen:
            values[key] = {"of": person.id, "called": name, "zone": zone}
    if values:
        tx.run(_UPDATE_PERSON, list(values.values()))
    return set(values)


def _add_tags(tx: Tx, rows: Iterable[Listed], known: Mapping[str, Any]) -> set[str]:
    """Those of the people known before who have a tag more."""
    wanted = {(row.key, tag) for row in rows for tag in row.tags}
    if not wanted:
        return set()
    there = _there(tx, subscriber_tags, {key for key, _ in wanted} & known.keys())
    new = wanted - {(row.key, row.tag) for row in there}
    _insert_for(tx, subscriber_tags, ("tag",), new)
    return {key for key, _ in new} & known.keys()


_SET_ATTRIBUTE = (
    sa.update(subscriber_attributes)
    .where(
        subscriber_attributes.c.subscriber_id == sa.bindparam("of"),
        subscriber_attributes.c.name == sa.bindparam("called"),
    )
    .values(value=sa.bindparam("now"))
)


def _set_attributes(tx: Tx, rows: Iterable[Listed], known: Mapping[str, Any]) -> set[str]:
    """Those of the people known before of whom something else is said now."""
    wanted = {(row.key, name): value for row in rows for name, value in row.attributes}
    if not wanted:
        return set()
    rows_there = _there(tx, subscriber_attributes, {key for key, _ in wanted} & known.keys())
    there = {(row.key, row.name): row.value for row in rows_there}
    new = [(*place, value) for place, value in wanted.items() if place not in there]
    other = {place: value for place, value in wanted.items() if there.get(place, value) != value}
    _insert_for(tx, subscriber_attributes, ("name", "value"), new)
    if other:
        changes = [
            {"of": known[k].id, "called": n, "now": value} for (k, n), value in other.items()
        ]
        tx.run(_SET_ATTRIBUTE, changes)
    return {key for key, *_ in (*new, *other)} & known.keys()


def _there(tx: Tx, table: sa.Table, keys: Iterable[str]) -> list[Any]:
    """The rows of these people, each with its `key`."""
    asked = tx.table_of(_KEYS, [[key] for key in keys])
    return list(
        tx.run(
            sa.select(asked.c.key, table)
            .join_from(asked, subscribers, subscribers.c.email_key == asked.c.key)
            .join(table, table.c.subscriber_id == subscribers.c.id)
        )
    )


def _insert_for(
    tx: Tx, table: sa.Table, columns: Sequence[str], rows: Collection[tuple[str, ...]]
) -> None:
    """Insert rows that begin with a person's key."""
    if not rows:
        return
    said = tx.table_of({"key": sa.Text(), **{name: sa.Text() for name in columns}}, rows)
    found = sa.select(subscribers.c.id, *(said.c[name] for name in columns)).join_from(
        said, subscribers, subscribers.c.email_key == said.c.key
    )
    tx.insert_selected(table, ["subscriber_id", *columns], found)


# --- subscriptions ------------------------------------------------------------------------------


def _standing(tx: Tx, known: Mapping[str, Any]) -> dict[Place, Any]:
    return {(r.key, r.digest): r for r in (_there(tx, subscriptions, known) if known else ())}


def _one_for_each(rows: Iterable[Listed]) -> dict[Place, Listed]:
    """The rows by whose they are: of those for the same digest the first, with the lowest status
    that any of them has."""
    found: dict[Place, Listed] = {}
    for row in rows:
        place = row.key, row.digest
        first = found.setdefault(place, row)
        if first is not row and first.status in _LOWERED_FROM.get(row.status, ()):
            found[place] = replace(first, status=row.status, whole=first.whole or row.whole)
    return found


_SUBSCRIPTION = {
    "key": sa.Text(),
    "digest": sa.Text(),
    "language": sa.Text(),
    "status": sa.Text(),
    "consent_source": sa.Text(),
    "consent_at": subscriptions.c.consent_at.type,
    "cadence": sa.Text(),
    "paused_until": subscriptions.c.paused_until.type,
    "detail": sa.Text(),
}


def _add_subscriptions(tx: Tx, fresh: Sequence[Listed], now: datetime, source: str) -> int:
    """Insert new subscriptions, and what their readers agreed to; how many were new."""
    if not fresh:
        return 0
    said = tx.table_of(
        _SUBSCRIPTION,
        (
            (
                row.key,
                row.digest,
                row.language,
                row.status.value,
                row.consent_source,
                row.consent_at,
                (row.cadence or Cadence.EVERY).value,
                row.paused_until,
                _detail(row, source),
            )
            for row in fresh
        ),
    )
    at = sa.literal(now, subscriptions.c.created_at.type)
    taken = [name for name in _SUBSCRIPTION if name not in ("key", "detail")]
    whose = subscribers.c.email_key == said.c.key
    rows = sa.select(subscribers.c.id, *(said.c[name] for name in taken), sa.false(), at)
    columns = ["subscriber_id", *taken, "chosen", "created_at"]
    added = tx.insert_selected(subscriptions, columns, rows.join_from(said, subscribers, whose))
    columns = ["at", "address_hash", "subscriber_id", "what", "digest", "how", "detail"]
    person = (subscribers.c.address_hash, subscribers.c.id)
    what, how = sa.literal(What.IMPORT.value), sa.literal(How.LIST.value)
    rows = sa.select(at, *person, what, said.c.digest, how, said.c.detail)
    # In the order of its index: each page of it is looked for once.
    rows = rows.join_from(said, subscribers, whose).order_by(subscribers.c.address_hash)
    tx.insert_selected(consents, columns, rows)
    return added


def _detail(row: Listed, source: str) -> str:
    """ "readers.csv: sign-up form, 2026-11-22 07:00 UTC"."""
    at = f"{row.consent_at:%F %R} UTC" if row.consent_at else None
    return ": ".join(filter(None, (source, ", ".join(filter(None, (row.consent_source, at))))))


# What a list may make of a subscription, and of which; nothing makes one active again.
_AWAKE = frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.PENDING})
_LOWERED_FROM: Mapping[str, frozenset[SubscriptionStatus]] = {
    SubscriptionStatus.PAUSED: _AWAKE,
    SubscriptionStatus.UNSUBSCRIBED: LIVING,
    SubscriptionStatus.BOUNCED: LIVING,
    SubscriptionStatus.COMPLAINED: LIVING,
}

_CHANGE = (
    sa.update(subscriptions)
    .where(
        subscriptions.c.subscriber_id == sa.bindparam("of"),
        subscriptions.c.digest == sa.bindparam("for"),
    )
    .values(
        status=sa.bindparam("to"), language=sa.bindparam("in"), cadence=sa.bindparam("how_often")
    )
)
_PAUSE = (
    sa.update(subscriptions)
    .where(
        subscriptions.c.subscriber_id == sa.bindparam("of"),
        subscriptions.c.digest == sa.bindparam("for"),
    )
    .values(paused_until=sa.bindparam("until", type_=subscriptions.c.paused_until.type))
)


def _change(tx: Tx, wanted: Mapping[Place, Listed], standing: Mapping[Place, Any]) -> int:
    """Lower what is lowered; language and cadence as the list has them, where nobody has chosen."""
    changes, pauses = [], []
    for place in wanted.keys() & standing.keys():
        row, there = wanted[place], standing[place]
        lowered = there.status in _LOWERED_FROM.get(row.status, ())
        free = not there.chosen and not row.again
        change = {
            "to": row.status.value if lowered else there.status,
            "in": row.language if free else there.language,
            "how_often": row.cadence.value if free and row.cadence else there.cadence,
        }
        which = {"of": there.subscriber_id, "for": there.digest}
        if tuple(change.values()) != (there.status, there.language, there.cadence):
            changes.append(which | change)
        if lowered and row.paused_until:
            pauses.append({**which, "until": row.paused_until})
    if changes:
        tx.run(_CHANGE, changes)
    if pauses:
        tx.run(_PAUSE, pauses)
    return len(changes)


def _lower_whole(tx: Tx, rows: Iterable[Listed]) -> int:
    """Lower the other subscriptions of those who are gone as a whole; how many."""
    gone: defaultdict[SubscriptionStatus, set[str]] = defaultdict(set)
    for row in rows:
        if row.whole and row.status not in LIVING:
            gone[row.status].add(row.key)
    return sum(_lower(tx, keys, status) for status, keys in gone.items())


def _lower(tx: Tx, keys: Iterable[str], status: SubscriptionStatus) -> int:
    asked = tx.table_of(_KEYS, [[key] for key in keys])
    whose = sa.select(subscribers.c.id).join_from(
        asked, subscribers, subscribers.c.email_key == asked.c.key
    )
    statement = sa.update(subscriptions).where(
        subscriptions.c.subscriber_id.in_(whose),
        subscriptions.c.status.in_(_LOWERED_FROM[status]),
    )
    return tx.run(statement.values(status=status.value)).rowcount


def _add_languages(tx: Tx, wanted: Mapping[Place, Listed], standing: Mapping[Place, Any]) -> None:
    chosen = {place for place, there in standing.items() if there.chosen}
    rows = [
        (*place, language)
        for place, row in wanted.items()
        if not row.again and place not in chosen
        for language in row.further_languages
        if language != row.language
    ]
    _insert_for(tx, further_languages, ("digest", "language"), rows)
