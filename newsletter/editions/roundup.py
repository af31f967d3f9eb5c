"""Readers who do not want every edition: when it is their turn, and what they are told then.

A turn comes with the first edition of a day or a week, on the clocks where the digest is at home.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from newsletter.editions.select import edition_story, newest_first, shown
from newsletter.editions.story import Story
from newsletter.model.edition import EditionStory, Slot
from newsletter.model.specs import Weekday
from newsletter.model.subscriber import Cadence

_LENGTHS = {Cadence.DAILY: timedelta(days=1), Cadence.WEEKLY: timedelta(days=7)}


def is_turn(cadence: Cadence, slot: Slot, last: Slot | None, weekly_on: Weekday) -> bool:
    """Whether the slot is the first of its day, or week, after the one of the `last` turn."""
    if last is None:
        return True
    return _begin(cadence, last.local, weekly_on) < _begin(cadence, slot.local, weekly_on)


def told_after(cadence: Cadence, slot: Slot, last: Slot | None) -> datetime:
    """Since when a reader of this cadence was told nothing; not longer than two of their turns,
    for an archive is no news."""
    longest = slot.at - 2 * _LENGTHS[cadence]
    return max(last.at, longest) if last else slot.at - _LENGTHS[cadence]


def _begin(cadence: Cadence, local: datetime, weekly_on: Weekday) -> date:
    day = local.date()
    if cadence is Cadence.DAILY:
        return day
    return day - timedelta(days=(day.weekday() - list(Weekday).index(weekly_on)) % 7)


def roundup(
    new: Sequence[int],
    told: Iterable[tuple[int, int]],
    stories: Iterable[Story],
    language: str,
    max_stories: int,
) -> tuple[EditionStory, ...]:
    """What is told at a turn: of what is `new` and what was `told` since the last one (position in
    its edition, story) what stood highest, as much as there is room for, newest first."""
    present = {story.id: (story, known) for story in stories if (known := shown(story, language))}
    ranked = sorted((*enumerate(new), *told), key=lambda pair: pair[0])
    wanted = [present[story] for story in dict.fromkeys(s for _, s in ranked) if story in present]
    wanted = sorted(wanted[:max_stories], key=lambda pair: newest_first(pair[1]), reverse=True)
    return tuple(edition_story(*pair, language) for pair in wanted)
