"""Editions: which slots had theirs, which stories they used, what stands frozen."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from newsletter.editions.story import speaks
from newsletter.model.edition import (
    Edition,
    EditionEntry,
    EditionState,
    LeftOut,
    Rule,
    Slot,
)
from newsletter.model.letter import Letter
from newsletter.model.subscriber import Cadence
from newsletter.store.database import Tx
from newsletter.store.tables import articles, digests, edition_stories, editions

_LETTER = TypeAdapter(Letter)

_ENTRY = [column for column in editions.c if column.name != "letter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEdition:
    """What is known of an edition when it is written down."""

    digest: str
    slot: Slot
    language: str
    rehearsal: bool
    state: EditionState
    now: datetime
    subject: str = ""
    reason: str | None = None
    release_at: datetime | None = None
    letter: Letter | None = None
    edition: Edition | None = None
    passed_over: tuple[LeftOut, ...] = field(default=())
    roundups: frozenset[Cadence] = frozenset()
    counts: bool = True  # its stories are new to nobody any more


def digest_first_seen(tx: Tx, digest: str, *, rehearsal: bool, now: datetime) -> datetime:
    """When this program first ran with the digest: no earlier slot is ever due."""
    tx.insert_new(digests, [{"name": digest, "rehearsal": rehearsal, "first_seen": now}])
    seen = sa.select(digests.c.first_seen).where(
        digests.c.name == digest, digests.c.rehearsal == rehearsal
    )
    first: datetime = tx.run(seen).scalar_one()
    return first


def forget_digests(tx: Tx) -> None:
    """Let every digest begin anew: slots until now are not due any more."""
    tx.run(sa.delete(digests))


def last_slot_until(tx: Tx, digest: str, *, rehearsal: bool, now: datetime) -> datetime | None:
    """The latest slot that has been dealt with, not counting one that was run ahead of its time."""
    last: datetime | None = tx.connection.scalar(
        sa.select(sa.func.max(editions.c.slot_at, type_=editions.c.slot_at.type)).where(
            editions.c.digest == digest,
            editions.c.rehearsal == rehearsal,
            editions.c.slot_at <= now,
        )
    )
    return last


def languages_done(tx: Tx, digest: str, slot: Slot, *, rehearsal: bool) -> set[str]:
    """The languages that have their edition (or their reason for none) of this slot."""
    rows = tx.run(
        sa.select(editions.c.language).where(
            editions.c.digest == digest,
            editions.c.slot == slot.key,
            editions.c.rehearsal == rehearsal,
        )
    )
    return set(rows.scalars())


def used_stories(tx: Tx, digest: str, language: str, *, rehearsal: bool) -> dict[int, Rule]:
    """The stories that the digest had already in this language, or passed over; told apart are
    those of which it had only an article in another language."""
    rows: Sequence[Any] = tx.run(
        sa.select(
            edition_stories.c.story_id,
            edition_stories.c.position,
            edition_stories.c.counts,
            articles.c.language,
        )
        .join(editions, editions.c.id == edition_stories.c.edition_id)
        .outerjoin(articles, articles.c.id == edition_stories.c.article_id)
        .where(
            *_in_digest(digest, language, rehearsal=rehearsal),
            edition_stories.c.counts | (editions.c.state != EditionState.CANCELLED.value),
        )
    ).all()
    told = {row.story_id for row in rows if row.language and speaks(row.language, language)}
    return {row.story_id: _how_used(row, told) for row in rows if row.counts}


def _in_digest(
    digest: str, language: str, *, rehearsal: bool
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        edition_stories.c.digest == digest,
        edition_stories.c.language == language,
        edition_stories.c.rehearsal == rehearsal,
    )


def _how_used(row: Any, told: Collection[int]) -> Rule:
    if row.position is None:
        return Rule.PASSED_OVER
    return Rule.MAILED if row.story_id in told else Rule.MAILED_ORIGINAL


def last_roundup(
    tx: Tx, digest: str, language: str, cadence: Cadence, *, rehearsal: bool
) -> Slot | None:
    """The last slot at which it was the turn of a cadence's readers."""
    found = sa.func.max(editions.c.slot_at, type_=editions.c.slot_at.type)
    row: Any = tx.run(
        sa.select(editions.c.slot, found.label("at"))
        .where(
            editions.c.digest == digest,
            editions.c.language == language,
            editions.c.rehearsal == rehearsal,
            editions.c.roundups.contains(cadence.value),
        )
        .group_by(editions.c.slot)
        .order_by(found.desc())
        .limit(1)
    ).first()
    return row and Slot(datetime.fromisoformat(row.slot), row.at)


def told_since(
    tx: Tx, digest: str, language: str, after: datetime, *, rehearsal: bool
) -> list[tuple[int, int]]:
    """The stories that the digest showed in this language at slots later than `after`, each with
    its position there, the latest first."""
    rows: Iterable[Any] = tx.run(
        sa.select(edition_stories.c.position, edition_stories.c.story_id)
        .join(editions, editions.c.id == edition_stories.c.edition_id)
        .where(
            *_in_digest(digest, language, rehearsal=rehearsal),
            edition_stories.c.counts,
            edition_stories.c.position.is_not(None),
            editions.c.slot_at > after,
        )
        .order_by(editions.c.slot_at.desc(), edition_stories.c.position)
    )
    return [(row.position, row.story_id) for row in rows]


def write(tx: Tx, new: NewEdition) -> int | None:
    """Write an edition down with its letter and its stories; None when the slot has one already."""
    row = {
        "digest": new.digest,
        "slot": new.slot.key,
        "slot_at": new.slot.at,
        "language": new.language,
        "rehearsal": new.rehearsal,
        "state": new.state.value,
        "reason": new.reason,
        "subject": new.subject,
        "release_at": new.release_at,
        "frozen_at": new.now,
        "letter": _LETTER.dump_python(new.letter, mode="json") if new.letter else None,
        "roundups": " ".join(sorted(new.roundups)),
    }
    if tx.insert_new(editions, [row]) == 0:
        return None
    same_slot = [
        editions.c[name] == row[name] for name in ("digest", "slot", "language", "rehearsal")
    ]
    number: int = tx.run(sa.select(editions.c.id).where(*same_slot)).scalar_one()
    rows = [_story_row(number, new, *item) for item in _stories(new)]
    if rows:
        _succeed(tx, new, [each["story_id"] for each in rows])
        tx.run(sa.insert(edition_stories), rows)
    return number


def _succeed(tx: Tx, new: NewEdition, stories: Collection[int]) -> None:
    """What stood in the digest in another language is told in its own from now on."""
    base = new.language.partition("-")[0]
    own = sa.select(articles.c.id).where(
        (articles.c.language == base) | articles.c.language.startswith(f"{base}-", autoescape=True)
    )
    if new.counts:
        tx.run(
            sa.update(edition_stories)
            .where(
                *_in_digest(new.digest, new.language, rehearsal=new.rehearsal),
                edition_stories.c.story_id.in_(stories),
                edition_stories.c.article_id.not_in(own),
            )
            .values(counts=False)
        )


def _stories(new: NewEdition) -> Iterable[tuple[int, int | None, str | None]]:
    if new.edition:
        for position, story in enumerate(new.edition.stories):
            yield story.story, position, story.article.id
    for left in new.passed_over:
        yield left.story, None, None


def _story_row(
    number: int, new: NewEdition, story: int, position: int | None, article: str | None
) -> dict[str, Any]:
    return {
        "edition_id": number,
        "story_id": story,
        "position": position,
        "article_id": article,
        "digest": new.digest,
        "language": new.language,
        "rehearsal": new.rehearsal,
        "counts": new.counts,
    }


def entry(tx: Tx, number: int) -> EditionEntry | None:
    return next(iter(_entries(tx, editions.c.id == number)), None)


def of_slot(tx: Tx, digest: str, slot: Slot, *, rehearsal: bool) -> list[EditionEntry]:
    """The editions of one slot, in the order in which they were composed."""
    return _entries(
        tx,
        (editions.c.digest == digest)
        & (editions.c.slot == slot.key)
        & (editions.c.rehearsal == rehearsal),
    )


def unfinished(tx: Tx, *, rehearsal: bool) -> list[EditionEntry]:
    """The editions that may be sent now, oldest slot first."""
    ready = editions.c.state.in_([EditionState.FROZEN, EditionState.SENDING])
    return _entries(tx, ready & (editions.c.rehearsal == rehearsal))


def held(tx: Tx, *, rehearsal: bool) -> list[EditionEntry]:
    return _entries(
        tx, (editions.c.state == EditionState.HELD) & (editions.c.rehearsal == rehearsal)
    )


def recent(tx: Tx, limit: int) -> list[EditionEntry]:
    """The latest editions, newest slot first."""
    last = sa.select(editions.c.id).order_by(editions.c.slot_at.desc(), editions.c.id.desc())
    return _entries(tx, editions.c.id.in_(last.limit(limit)))[::-1]


def _entries(tx: Tx, where: sa.ColumnElement[bool]) -> list[EditionEntry]:
    rows: Iterable[Any] = tx.run(
        sa.select(*_ENTRY).where(where).order_by(editions.c.slot_at, editions.c.id)
    )
    return [
        EditionEntry(
            id=row.id,
            digest=row.digest,
            language=row.language,
            slot=Slot(datetime.fromisoformat(row.slot), row.slot_at),
            rehearsal=row.rehearsal,
            state=EditionState(row.state),
            subject=row.subject,
            reason=row.reason,
            release_at=row.release_at,
            frozen_at=row.frozen_at,
            sent_at=row.sent_at,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEdition:
    """An edition as a list of past ones shows it."""

    slot: Slot
    subject: str
    preheader: str
    frozen_at: datetime


def past(
    tx: Tx, digest: str, language: str, *, rehearsal: bool, limit: int, skipped: int = 0
) -> list[PastEdition]:
    """The editions that have begun to go out, newest slot first."""
    begun = [EditionState.SENDING.value, EditionState.SENT.value]
    rows: Iterable[Any] = tx.run(
        sa.select(
            editions.c.slot,
            editions.c.slot_at,
            editions.c.subject,
            editions.c.letter["preheader"].as_string().label("preheader"),
            editions.c.frozen_at,
        )
        .where(
            editions.c.digest == digest,
            editions.c.language == language,
            editions.c.rehearsal == rehearsal,
            editions.c.state.in_(begun),
        )
        .order_by(editions.c.slot_at.desc(), editions.c.id.desc())
        .limit(limit)
        .offset(skipped)
    )
    return [
        PastEdition(
            slot=Slot(datetime.fromisoformat(row.slot), row.slot_at),
            subject=row.subject,
            preheader=row.preheader or "",
            frozen_at=row.frozen_at,
        )
        for row in rows
    ]


def next_slot_at(tx: Tx, edition: EditionEntry) -> datetime | None:
    """The slot of the first newer edition of the same digest in the same language that goes out."""
    gone = [EditionState.FROZEN, EditionState.SENDING, EditionState.SENT]
    at: datetime | None = tx.connection.scalar(
        sa.select(sa.func.min(editions.c.slot_at, type_=editions.c.slot_at.type)).where(
            editions.c.digest == edition.digest,
            editions.c.language == edition.language,
            editions.c.rehearsal == edition.rehearsal,
            editions.c.slot_at > edition.slot.at,
            editions.c.state.in_([each.value for each in gone]),
        )
    )
    return at


def letter_of(tx: Tx, number: int) -> Letter:
    """The letter that was frozen with the edition."""
    stored = tx.run(sa.select(editions.c.letter).where(editions.c.id == number)).scalar_one()
    return _LETTER.validate_python(stored)


def story_ids(tx: Tx, number: int) -> list[int]:
    """The stories of an edition in the order in which they are read."""
    rows = tx.run(
        sa.select(edition_stories.c.story_id)
        .where(edition_stories.c.edition_id == number, edition_stories.c.position.is_not(None))
        .order_by(edition_stories.c.position)
    )
    return list(rows.scalars())


def change_state(
    tx: Tx,
    number: int,
    expected: Iterable[EditionState],
    state: EditionState,
    *,
    reason: str | None = None,
) -> bool:
    """Move an edition on; False when it no longer stands in one of the expected states."""
    result = tx.run(
        sa.update(editions)
        .where(editions.c.id == number, editions.c.state.in_([each.value for each in expected]))
        .values(state=state.value, reason=reason)
    )
    return result.rowcount == 1


def stop_veto(tx: Tx, number: int) -> None:
    """From now on only an editor can release the edition, not time."""
    tx.run(sa.update(editions).where(editions.c.id == number).values(release_at=None))


def mark_sent(tx: Tx, number: int, now: datetime) -> None:
    tx.run(
        sa.update(editions)
        .where(editions.c.id == number, editions.c.state.in_(["frozen", "sending"]))
        .values(state=EditionState.SENT.value, sent_at=now, reason=None)
    )


def release_stories(tx: Tx, number: int) -> None:
    """Make the stories of a cancelled edition new again."""
    tx.run(
        sa.update(edition_stories)
        .where(edition_stories.c.edition_id == number)
        .values(counts=False)
    )
