"""The roll: subscriptions with all that lists say of their readers, a page at a time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from newsletter.model.subscriber import Cadence, Entry, SubscriptionStatus
from newsletter.store import segments
from newsletter.store.database import Tx
from newsletter.store.tables import (
    further_languages,
    subscriber_attributes,
    subscriber_tags,
    subscribers,
    subscriptions,
)

# What the roll can be sorted by: nothing that comes from outside names a column.
SORTS: Mapping[str, sa.ColumnElement[Any]] = {
    "email": subscribers.c.email_key,
    "name": sa.func.lower(sa.func.coalesce(subscribers.c.name, "")),
    "language": subscriptions.c.language,
    "status": subscriptions.c.status,
    "newest": subscriptions.c.created_at.desc(),
}

Place = tuple[int, str]  # a subscriber and a digest: where a page ends
BEGINNING: Place = (0, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Of which subscriptions: what is left out does not matter."""

    digest: str | None = None
    language: str | None = None
    status: SubscriptionStatus | None = None
    segment: str = ""


def page(tx: Tx, wanted: Wanted, *, after: Place, many: int) -> list[Entry]:
    """The next subscriptions after a place, in the order of their subscribers."""
    place = sa.tuple_(subscriptions.c.subscriber_id, subscriptions.c.digest)
    statement = (
        _entries(wanted)
        .where(place > sa.tuple_(*after))
        .order_by(subscriptions.c.subscriber_id, subscriptions.c.digest)
        .limit(many)
    )
    return _filled(tx, tx.run(statement).all())


def sorted_by(tx: Tx, sort: str, wanted: Wanted, *, many: int) -> list[Entry]:
    """The first subscriptions by a key of SORTS."""
    order = (SORTS[sort], subscriptions.c.subscriber_id, subscriptions.c.digest)
    return _filled(tx, tx.run(_entries(wanted).order_by(*order).limit(many)).all())


def count(tx: Tx, wanted: Wanted) -> int:
    counted = sa.select(sa.func.count()).select_from(subscribers.join(subscriptions))
    return int(tx.run(counted.where(*_where(wanted))).scalar_one())


def attribute_names(tx: Tx) -> list[str]:
    """The names of all attributes that anybody has."""
    names = sa.select(subscriber_attributes.c.name).distinct()
    return sorted(tx.run(names).scalars())


def _entries(wanted: Wanted) -> sa.Select[Any]:
    return (
        sa.select(
            subscriptions,
            subscribers.c.email,
            subscribers.c.name,
            subscribers.c.timezone,
        )
        .select_from(subscribers.join(subscriptions))
        .where(*_where(wanted))
    )


def _where(wanted: Wanted) -> Iterable[sa.ColumnElement[bool]]:
    if wanted.digest is not None:
        yield subscriptions.c.digest == wanted.digest
    if wanted.language is not None:
        yield subscriptions.c.language == wanted.language
    if wanted.status is not None:
        yield subscriptions.c.status == wanted.status.value
    yield segments.condition(wanted.segment)


def _filled(tx: Tx, rows: Sequence[Any]) -> list[Entry]:
    """With what stands in other tables."""
    numbers = {row.subscriber_id for row in rows}
    tags: defaultdict[int, list[str]] = defaultdict(list)
    attributes: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    languages: defaultdict[Place, list[str]] = defaultdict(list)
    for each in _of(tx, subscriber_tags, numbers):
        tags[each.subscriber_id].append(each.tag)
    for each in _of(tx, subscriber_attributes, numbers):
        attributes[each.subscriber_id].append((each.name, each.value))
    for each in _of(tx, further_languages, numbers):
        languages[each.subscriber_id, each.digest].append(each.language)
    return [
        Entry(
            subscriber=row.subscriber_id,
            email=row.email,
            name=row.name,
            language=row.language,
            digest=row.digest,
            status=SubscriptionStatus(row.status),
            consent_source=row.consent_source,
            consent_at=row.consent_at,
            cadence=Cadence(row.cadence),
            paused_until=row.paused_until,
            further_languages=tuple(sorted(languages[row.subscriber_id, row.digest])),
            timezone=row.timezone,
            tags=tuple(sorted(tags[row.subscriber_id])),
            attributes=tuple(sorted(attributes[row.subscriber_id])),
        )
        for row in rows
    ]


def _of(tx: Tx, table: sa.Table, numbers: Iterable[int]) -> Iterable[Any]:
    return tx.run(sa.select(table).where(table.c.subscriber_id.in_(list(numbers))))
