"""What lists say of people, brought into the store many at a time. A list adds; only a reader, or
what came back, takes away."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsletter.model.subscriber import Cadence, SubscriptionStatus
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

_CHUNK = 1000  # rows a statement: below every database's limit of variables

Pair = tuple[int, str]  # a subscriber and a digest


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
    new = {key: row for key, row in firsts.items() if key not in known}
    people, suppressed = _add_people(tx, new, naming, now)
    # Another process may have written some of them a moment ago: all are looked up.
    ids = {key: person.id for key, person in known.items()}
    hashes = {person.id: person.address_hash for person in known.values()}
    if new:
        for key, person in _known(tx, new.keys() - suppressed).items():
            ids[key], hashes[person.id] = person.id, person.address_hash
    wanted = _one_for_each(rows, ids)
    standing = _standing(tx, [person.id for person in known.values()])
    fresh = {pair: row for pair, row in wanted.items() if pair not in standing and not row.again}
    added = tx.insert_new(subscriptions, [_subscription(*each, now) for each in fresh.items()])
    _note_consents(tx, fresh, hashes, now, source)
    changed = _change(tx, wanted, standing) + _lower_whole(tx, wanted)
    chosen = {number for (number, _), each in standing.items() if each.chosen}
    updated = _update_people(tx, firsts, known, chosen)
    updated |= _add_tags(tx, rows, ids) | _set_attributes(tx, firsts, ids)
    _add_languages(tx, wanted, standing)
    return Synced(
        people=people,
        added=added,
        changed=changed,
        updated=len(updated & {person.id for person in known.values()}),
        suppressed=suppressed,
    )


# --- people -------------------------------------------------------------------------------------

_PERSON = sa.select(
    subscribers.c.email_key,
    subscribers.c.id,
    subscribers.c.name,
    subscribers.c.timezone,
    subscribers.c.address_hash,
).where(subscribers.c.email_key.in_(sa.bindparam("keys", expanding=True)))


def _known(tx: Tx, keys: Iterable[str]) -> dict[str, Any]:
    return {row.email_key: row for row in tx.run(_PERSON, {"keys": list(keys)})}


def _add_people(
    tx: Tx, new: Mapping[str, Listed], naming: Naming, now: datetime
) -> tuple[int, frozenset[str]]:
    """Insert all but the suppressed; how many were, and who was not."""
    if not new:
        return 0, frozenset()
    hashes = {key: naming.address_hash(key) for key in new}
    never = _suppressed(tx, hashes.values())
    people = [
        {
            "email": row.email,
            "email_key": key,
            "address_hash": hashes[key],
            "name": row.name,
            "language": row.language,
            "token": naming.new_token(),
            "created_at": now,
            "timezone": row.timezone,
        }
        for key, row in new.items()
        if hashes[key] not in never and not row.again
    ]
    suppressed = frozenset(key for key in new if hashes[key] in never)
    return tx.insert_new(subscribers, people), suppressed


def _suppressed(tx: Tx, hashes: Iterable[str]) -> frozenset[str]:
    found = suppressions.c.address_hash
    return frozenset(tx.run(sa.select(found).where(found.in_(list(hashes)))).scalars())


_UPDATE_PERSON = (
    sa.update(subscribers)
    .where(subscribers.c.id == sa.bindparam("of"))
    .values(name=sa.bindparam("called"), timezone=sa.bindparam("zone"))
)


def _update_people(
    tx: Tx, firsts: Mapping[str, Listed], known: Mapping[str, Any], chosen: Iterable[int]
) -> set[int]:
    """Names and time zones, but not of those who have chosen for themselves."""
    values = []
    for key, person in known.items():
        row = firsts[key]
        name, zone = row.name or person.name, row.timezone or person.timezone
        if (name, zone) != (person.name, person.timezone) and not row.known:
            values.append({"of": person.id, "called": name, "zone": zone})
    left = set(chosen)
    values = [each for each in values if each["of"] not in left]
    if values:
        tx.run(_UPDATE_PERSON, values)
    return {each["of"] for each in values}


def _add_tags(tx: Tx, rows: Iterable[Listed], ids: Mapping[str, int]) -> set[int]:
    wanted = {(ids[row.key], tag) for row in rows if row.key in ids for tag in row.tags}
    if not wanted:
        return set()
    numbers = {number for number, _ in wanted}
    there: Iterable[Any] = tx.run(
        sa.select(subscriber_tags).where(subscriber_tags.c.subscriber_id.in_(numbers))
    )
    new = wanted - {(row.subscriber_id, row.tag) for row in there}
    tx.insert_new(subscriber_tags, [{"subscriber_id": n, "tag": tag} for n, tag in new])
    return {number for number, _ in new}


_SET_ATTRIBUTE = (
    sa.update(subscriber_attributes)
    .where(
        subscriber_attributes.c.subscriber_id == sa.bindparam("of"),
        subscriber_attributes.c.name == sa.bindparam("called"),
    )
    .values(value=sa.bindparam("now"))
)


def _set_attributes(tx: Tx, firsts: Mapping[str, Listed], ids: Mapping[str, int]) -> set[int]:
    wanted = {
        (ids[key], name): value
        for key, row in firsts.items()
        if key in ids and not row.known
        for name, value in row.attributes
    }
    if not wanted:
        return set()
    numbers = {number for number, _ in wanted}
    rows: Iterable[Any] = tx.run(
        sa.select(subscriber_attributes).where(subscriber_attributes.c.subscriber_id.in_(numbers))
    )
    there = {(row.subscriber_id, row.name): row.value for row in rows}
    new = [
        {"subscriber_id": number, "name": name, "value": value}
        for (number, name), value in wanted.items()
        if (number, name) not in there
    ]
    other = [
        {"of": number, "called": name, "now": value}
        for (number, name), value in wanted.items()
        if there.get((number, name), value) != value
    ]
    tx.insert_new(subscriber_attributes, new)
    if other:
        tx.run(_SET_ATTRIBUTE, other)
    return {
        number for (number, name), value in wanted.items() if there.get((number, name)) != value
    }


# --- subscriptions ------------------------------------------------------------------------------

_STANDING = sa.select(
    subscriptions.c.subscriber_id,
    subscriptions.c.digest,
    subscriptions.c.language,
    subscriptions.c.status,
    subscriptions.c.chosen,
    subscriptions.c.cadence,
).where(subscriptions.c.subscriber_id.in_(sa.bindparam("ids", expanding=True)))


def _standing(tx: Tx, numbers: Sequence[int]) -> dict[Pair, Any]:
    if not numbers:
        return {}
    rows: Iterable[Any] = tx.run(_STANDING, {"ids": list(numbers)})
    return {(row.subscriber_id, row.digest): row for row in rows}


def _one_for_each(rows: Iterable[Listed], ids: Mapping[str, int]) -> dict[Pair, Listed]:
    """The rows by whose they are: of those for the same digest the first, with the lowest status
    that any of them has."""
    found: dict[Pair, Listed] = {}
    for row in rows:
        if row.key not in ids:
            continue
        pair = ids[row.key], row.digest
        first = found.setdefault(pair, row)
        if first is not row and first.status in _LOWERED_FROM.get(row.status, ()):
            found[pair] = replace(first, status=row.status, whole=first.whole or row.whole)
    return found


def _subscription(pair: Pair, row: Listed, now: datetime) -> dict[str, Any]:
    number, digest = pair
    return {
        "subscriber_id": number,
        "digest": digest,
        "language": row.language,
        "status": row.status.value,
        "chosen": False,
        "consent_source": row.consent_source,
        "consent_at": row.consent_at,
        "created_at": now,
        "cadence": (row.cadence or Cadence.EVERY).value,
        "paused_until": row.paused_until,
    }


def _note_consents(
    tx: Tx, fresh: Mapping[Pair, Listed], hashes: Mapping[int, str], now: datetime, source: str
) -> None:
    if not fresh:
        return
    rows = [
        {
            "at": now,
            "address_hash": hashes[number],
            "subscriber_id": number,
            "what": "import",
            "digest": digest,
            "how": "list",
            "detail": _detail(row, source),
        }
        for (number, digest), row in fresh.items()
    ]
    tx.run(sa.insert(consents), rows)


def _detail(row: Listed, source: str) -> str:
    """ "readers.csv: sign-up form, 2026-11-22 07:00 UTC"."""
    at = f"{row.consent_at:%F %R} UTC" if row.consent_at else None
    return ": ".join(filter(None, (source, ", ".join(filter(None, (row.consent_source, at))))))


# What a list may make of a subscription, and of which; nothing makes one active again.
_AWAKE = frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.PENDING})
LIVING = _AWAKE | {SubscriptionStatus.PAUSED}
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


def _change(tx: Tx, wanted: Mapping[Pair, Listed], standing: Mapping[Pair, Any]) -> int:
    """Lower what is lowered; language and cadence as the list has them, where nobody has chosen."""
    changes, pauses = [], []
    for pair in wanted.keys() & standing.keys():
        row, there = wanted[pair], standing[pair]
        lowered = there.status in _LOWERED_FROM.get(row.status, ())
        free = not there.chosen and not row.again
        change = {
            "to": row.status.value if lowered else there.status,
            "in": row.language if free else there.language,
            "how_often": row.cadence.value if free and row.cadence else there.cadence,
        }
        if tuple(change.values()) != (there.status, there.language, there.cadence):
            changes.append({"of": pair[0], "for": pair[1], **change})
        if lowered and row.paused_until:
            pauses.append({"of": pair[0], "for": pair[1], "until": row.paused_until})
    if changes:
        tx.run(_CHANGE, changes)
    if pauses:
        tx.run(_PAUSE, pauses)
    return len(changes)


def _lower_whole(tx: Tx, wanted: Mapping[Pair, Listed]) -> int:
    """Lower the other subscriptions of those who are gone as a whole; how many."""
    gone: defaultdict[SubscriptionStatus, set[int]] = defaultdict(set)
    for (number, _), row in wanted.items():
        if row.whole and row.status not in LIVING:
            gone[row.status].add(number)
    changed = 0
    for status, numbers in gone.items():
        changed += tx.run(
            sa.update(subscriptions)
            .where(
                subscriptions.c.subscriber_id.in_(numbers),
                subscriptions.c.status.in_(_LOWERED_FROM[status]),
            )
            .values(status=status.value)
        ).rowcount
    return changed


def _add_languages(tx: Tx, wanted: Mapping[Pair, Listed], standing: Mapping[Pair, Any]) -> None:
    rows = [
        {"subscriber_id": number, "digest": digest, "language": language}
        for (number, digest), row in wanted.items()
        if not (row.again or ((there := standing.get((number, digest))) and there.chosen))
        for language in row.further_languages
        if language != row.language
    ]
    tx.insert_new(further_languages, rows)


# --- who is in the list no more -----------------------------------------------------------------


def from_lists(
    tx: Tx, digest: str, language: str, *, after: int, many: int
) -> list[tuple[int, str]]:
    """Subscribers and their keys, by number from `after` on, who get the digest in this language
    because a list has them: nobody who signed up, or ever chose."""
    signed_up = sa.exists().where(
        consents.c.address_hash == subscribers.c.address_hash,
        consents.c.digest == digest,
        consents.c.what.in_(("sign_up", "confirm")),
    )
    rows: Iterable[Any] = tx.run(
        sa.select(subscribers.c.id, subscribers.c.email_key)
        .select_from(subscribers.join(subscriptions))
        .where(
            subscribers.c.id > after,
            subscriptions.c.digest == digest,
            subscriptions.c.language == language,
            subscriptions.c.status.in_(LIVING),
            ~subscriptions.c.chosen,
            ~signed_up,
        )
        .order_by(subscribers.c.id)
        .limit(many)
    )
    return [(row.id, row.email_key) for row in rows]


def remove(tx: Tx, numbers: Sequence[int], digest: str, source: str, now: datetime) -> None:
    """Take the digest away from these subscribers, as if no list had ever had them; that it was
    done is written down."""
    for start in range(0, len(numbers), _CHUNK):
        chunk = list(numbers[start : start + _CHUNK])
        gone = (
            sa.select(
                sa.bindparam("at", now, type_=consents.c.at.type),
                subscribers.c.address_hash,
                subscribers.c.id,
                *map(sa.literal, ("unsubscribe", digest, "list", "", f"is not in {source}")),
            )
        ).where(subscribers.c.id.in_(chunk))
        columns = ("at", "address_hash", "subscriber_id", "what", "digest", "how", "wording")
        tx.run(sa.insert(consents).from_select([*columns, "detail"], gone))
        for table in (further_languages, subscriptions):
            tx.run(
                sa.delete(table).where(table.c.subscriber_id.in_(chunk), table.c.digest == digest)
            )
