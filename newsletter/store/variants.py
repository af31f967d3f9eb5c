"""Variants: an edition's letters for those who have had some of its stories, or get more of them.

What a reader has had stands in the ledger: the stories of the letters that went, or are to go, to
them. Readers who had the same letters are a group, and get the same one now; the database finds
them, and none of them passes through this program.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from newsletter.editions.variants import Group
from newsletter.model.delivery import DeliveryState
from newsletter.model.edition import EditionStory
from newsletter.model.letter import Letter
from newsletter.store.audience import Audience, reading
from newsletter.store.database import Tx
from newsletter.store.tables import (
    deliveries,
    edition_stories,
    editions,
    subscribers,
    variant_stories,
    variants,
)

_LETTER = TypeAdapter(Letter)

# Whoever stands so has not got the letter, and will not.
_WITHOUT = [
    DeliveryState.REFUSED.value,
    DeliveryState.SUPPRESSED.value,
    DeliveryState.CANCELLED.value,
]

# Tables for the time of a transaction: the letters that each reader had before, written as one
# text, and what those who had them get now.
_temporary = sa.MetaData()
had = sa.Table(
    "readers_had",
    _temporary,
    sa.Column("subscriber_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("letters", sa.Text, nullable=False),
    prefixes=["TEMPORARY"],
)
given = sa.Table(
    "letters_given",
    _temporary,
    sa.Column("letters", sa.Text, primary_key=True),
    sa.Column("variant_id", sa.Integer),
    prefixes=["TEMPORARY"],
)


def groups(tx: Tx, audience: Audience, stories: Collection[int], *, rehearsal: bool) -> list[Group]:
    """The readers who had some of these stories, in groups; who is in none had nothing of them."""
    letters = _letters_with(tx, stories, rehearsal=rehearsal)
    if not letters:
        return []
    _temporary.create_all(tx.connection)
    tx.run(sa.delete(had))
    _remember(tx, audience, {edition for edition, _ in letters})
    rows: Iterable[Any] = tx.run(
        sa.select(had.c.letters, sa.func.count().label("readers")).group_by(had.c.letters)
    )
    return [Group(row.letters, row.readers, _stories_in(row.letters, letters)) for row in rows]


def anybody_without(tx: Tx, audience: Audience, story: int, *, rehearsal: bool) -> bool:
    """Whether one of the readers has not had this story."""
    letters = _letters_with(tx, {story}, rehearsal=rehearsal)
    in_letter = sa.tuple_(deliveries.c.edition_id, sa.func.coalesce(deliveries.c.variant_id, 0))
    had_it = sa.exists().where(
        deliveries.c.subscriber_id == subscribers.c.id,
        in_letter.in_(list(letters)),
        deliveries.c.state.not_in(_WITHOUT),
    )
    without = sa.select(subscribers.c.id).select_from(reading(audience)).where(~had_it)
    return bool(tx.connection.scalar(sa.select(without.exists())))


def give(tx: Tx, shown: Mapping[str, int | None]) -> None:
    """Say which variant each group gets (None: the edition's own letter); one that is not named
    gets nothing."""
    tx.run(sa.delete(given))
    rows = [{"letters": letters, "variant_id": variant} for letters, variant in shown.items()]
    if rows:
        tx.run(sa.insert(given), rows)


def with_groups(source: sa.FromClause) -> sa.FromClause:
    """Readers joined with what their groups had, and get."""
    return source.outerjoin(had, had.c.subscriber_id == subscribers.c.id).outerjoin(
        given, given.c.letters == had.c.letters
    )


def given_or(otherwise: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """The variant that a reader's group gets, or `otherwise` for who is in none."""
    return sa.case((had.c.letters.is_(None), otherwise), else_=given.c.variant_id)


def something_left() -> sa.ColumnElement[bool]:
    """The reader is in no group, or in one that gets something."""
    return had.c.letters.is_(None) | given.c.letters.is_not(None)


_Letters = Mapping[tuple[int, int], set[int]]  # (edition, variant or 0): stories


def _letters_with(tx: Tx, stories: Collection[int], *, rehearsal: bool) -> _Letters:
    """The letters that showed some of these stories, and which of them."""
    own = (
        sa.select(edition_stories.c.edition_id, sa.literal(0), edition_stories.c.story_id)
        .where(edition_stories.c.story_id.in_(stories), edition_stories.c.position.is_not(None))
        .where(edition_stories.c.rehearsal == rehearsal)
    )
    other = (
        sa.select(variants.c.edition_id, variants.c.id, variant_stories.c.story_id)
        .join(variant_stories, variant_stories.c.variant_id == variants.c.id)
        .join(editions, editions.c.id == variants.c.edition_id)
        .where(variant_stories.c.story_id.in_(stories), editions.c.rehearsal == rehearsal)
    )
    found: dict[tuple[int, int], set[int]] = {}
    rows: Iterable[Any] = tx.run(own.union_all(other))
    for edition, variant, story in rows:
        found.setdefault((edition, variant), set()).add(story)
    return found


def _remember(tx: Tx, audience: Audience, numbers: Collection[int]) -> None:
    """Write down which letters of these editions each of the readers had."""
    variant = sa.func.coalesce(deliveries.c.variant_id, 0)
    name = sa.cast(deliveries.c.edition_id, sa.Text) + "/" + sa.cast(variant, sa.Text)
    pairs = (
        sa.select(subscribers.c.id, sa.func.aggregate_strings(name, " "))
        .select_from(reading(audience))
        .join(deliveries, deliveries.c.subscriber_id == subscribers.c.id)
        .where(deliveries.c.edition_id.in_(numbers), deliveries.c.state.not_in(_WITHOUT))
        .group_by(subscribers.c.id)
    )
    tx.run(sa.insert(had).from_select(["subscriber_id", "letters"], pairs))


def _stories_in(text: str, letters: _Letters) -> frozenset[int]:
    names = (name.partition("/") for name in text.split(" "))
    found = (letters.get((int(edition), int(variant)), set()) for edition, _, variant in names)
    return frozenset().union(*found)


def write(tx: Tx, edition: int, letter: Letter, stories: Sequence[EditionStory]) -> int:
    """Write a variant of an edition down, with the stories that it shows; its number."""
    row = {"edition_id": edition, "letter": _LETTER.dump_python(letter, mode="json")}
    number: int = tx.run(sa.insert(variants).values(row).returning(variants.c.id)).scalar_one()
    rows = [
        {
            "variant_id": number,
            "story_id": story.story,
            "position": position,
            "article_id": story.article.id,
        }
        for position, story in enumerate(stories)
    ]
    tx.insert_new(variant_stories, rows)
    return number


@dataclass(frozen=True, slots=True)
class Told:
    """A variant of an edition by its number: what it tells, and to how many."""

    variant: int
    subject: str
    stories: int
    readers: int


def of_edition(tx: Tx, edition: int) -> list[Told]:
    """The variants of an edition, those with the most readers first."""
    shown = sa.select(sa.func.count()).where(variant_stories.c.variant_id == variants.c.id)
    owed = sa.select(sa.func.count()).where(
        deliveries.c.edition_id == edition, deliveries.c.variant_id == variants.c.id
    )
    rows: Iterable[Any] = tx.run(
        sa.select(
            variants.c.id,
            variants.c.letter["subject"].as_string().label("subject"),
            shown.scalar_subquery().label("stories"),
            owed.scalar_subquery().label("readers"),
        )
        .where(variants.c.edition_id == edition)
        .order_by(sa.desc("readers"), variants.c.id)
    )
    return [Told(row.id, row.subject, row.stories, row.readers) for row in rows]


def letter_of(tx: Tx, variant: int) -> Letter:
    """The letter of a variant."""
    stored = tx.run(sa.select(variants.c.letter).where(variants.c.id == variant)).scalar_one()
    return _LETTER.validate_python(stored)
