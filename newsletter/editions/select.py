"""Which stories an edition holds, and by which rule each of the others is left out.

The ledger decides what is new; dates only decide what is still news.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.editions.choice import fits, is_any
from newsletter.editions.story import Story, speaks
from newsletter.model.article import Known, Visibility
from newsletter.model.edition import EditionStory, LeftOut, Rule
from newsletter.model.specs import ANYTHING, LEAVE_OUT, Choice, Fallback

_LATE = timedelta(hours=72)  # between publication and our first sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an edition is to hold: the digest's rules for one language, at one time."""

    language: str
    now: datetime
    max_stories: int
    max_age: timedelta
    carry_over: bool = False
    fallback: Fallback = LEAVE_OUT
    sources: tuple[str, ...] = ()  # all when empty
    include: Choice = ANYTHING
    exclude: Choice = ANYTHING
    hold_late: bool = False
    members_only: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """The stories of an edition, newest first, and what became of the others."""

    chosen: tuple[EditionStory, ...]
    left_out: tuple[LeftOut, ...]


def select(stories: Iterable[Story], used: Mapping[int, Rule], wish: Wish) -> Selection:
    """Choose from `stories`; `used` tells which of them the ledger already holds, and how
    (Rule.MAILED, MAILED_ORIGINAL or PASSED_OVER)."""
    eligible: list[tuple[Story, Known]] = []
    left_out: list[LeftOut] = []
    for story in stories:
        candidate = _candidate(story, wish.language)
        rule = _used(used.get(story.id), candidate, wish) or _forbidding(story, candidate, wish)
        if rule:
            reason = (candidate.withdrawn or candidate.held or "") if rule in _EXPLAINED else ""
            left_out.append(LeftOut(story.id, candidate.article.title, rule, reason))
        else:
            eligible.append((story, candidate))
    eligible.sort(key=lambda pair: newest_first(pair[1]), reverse=True)
    chosen, too_many = eligible[: wish.max_stories], eligible[wish.max_stories :]
    left_out += [LeftOut(s.id, known.article.title, Rule.MAX_STORIES) for s, known in too_many]
    return Selection(tuple(edition_story(*pair, wish.language) for pair in chosen), tuple(left_out))


def passed_over(selection: Selection, *, carry_over: bool) -> tuple[LeftOut, ...]:
    """What the ledger must remember of the stories left out: those that found the edition full and
    are not carried over to the next."""
    if carry_over:
        return ()
    return tuple(left for left in selection.left_out if left.rule is Rule.MAX_STORIES)


def newest(stories: Sequence[Story], wish: Wish) -> tuple[EditionStory, ...]:
    """The newest stories in the language, whatever the ledger says: a sample, never sent."""
    readable = [
        (story, known)
        for story in stories
        if (known := story.in_language(wish.language)) is not None and not known.withdrawn
    ]
    readable.sort(key=lambda pair: newest_first(pair[1]), reverse=True)
    return tuple(edition_story(*pair, wish.language) for pair in readable[: wish.max_stories])


def _candidate(story: Story, language: str) -> Known:
    """The article that would stand for the story: in the edition's language, else the one seen
    first. What has been withdrawn stands for nothing while there is another."""
    there = story.present
    return there.in_language(language) or min(there.members, key=lambda k: k.first_seen)


def shown(story: Story, language: str) -> Known | None:
    """The article that stands for a story which was in the digest before; None when all of its
    articles have been withdrawn since."""
    known = _candidate(story, language)
    return known if known.withdrawn is None else None


def _used(rule: Rule | None, candidate: Known, wish: Wish) -> Rule | None:
    """A late translation is news to those who did not get the original in its place."""
    is_late = rule is Rule.MAILED_ORIGINAL and not _is_foreign(candidate, wish)
    return None if is_late else rule


def _forbidding(story: Story, candidate: Known, wish: Wish) -> Rule | None:
    """The first rule that keeps the story out. What can never be in this edition is told before
    what only has to wait."""
    for rule, applies in _RULES.items():
        if applies(story, candidate, wish):
            return rule
    return None


def _is_foreign(candidate: Known, wish: Wish) -> bool:
    return not speaks(candidate.article.language, wish.language)


def _waits(story: Story, candidate: Known, wish: Wish) -> bool:
    return _is_foreign(candidate, wish) and wish.now < candidate.news_since + wish.fallback.wait


def _no_translation(story: Story, candidate: Known, wish: Wish) -> bool:
    return _is_foreign(candidate, wish) and not wish.fallback.original


def _is_baseline(story: Story, candidate: Known, wish: Wish) -> bool:
    """Old at the start; so is a late translation of what was."""
    return candidate.baseline or any(
        member.baseline and candidate.first_seen - member.first_seen > wish.max_age
        for member in story.members
    )


def _not_included(story: Story, candidate: Known, wish: Wish) -> bool:
    return not fits(wish.include, story.members, candidate)


def _is_excluded(story: Story, candidate: Known, wish: Wish) -> bool:
    return is_any(wish.exclude, story.members, candidate)


def _is_late(known: Known) -> bool:
    published = known.article.published
    return published is not None and known.first_seen - published.instant > _LATE


def _not_yet(story: Story, candidate: Known, wish: Wish) -> bool:
    published = candidate.article.published
    return published is not None and published.instant > wish.now


def _too_old(story: Story, candidate: Known, wish: Wish) -> bool:
    """A stand-in for a translation has its age from when the wait for that was over."""
    waited = wish.fallback.wait if _is_foreign(candidate, wish) else timedelta()
    return candidate.news_since + waited < wish.now - wish.max_age


_RULES = {
    Rule.WITHDRAWN: lambda story, candidate, wish: candidate.withdrawn is not None,
    Rule.WAITING: _waits,
    Rule.NO_TRANSLATION: _no_translation,
    Rule.OTHER_SOURCE: lambda story, candidate, wish: (
        bool(wish.sources) and candidate.sources.isdisjoint(wish.sources)
    ),
    Rule.NOT_INCLUDED: _not_included,
    Rule.EXCLUDED: _is_excluded,
    Rule.MEMBERS_ONLY: lambda story, candidate, wish: (
        candidate.article.visibility is not Visibility.PUBLIC and not wish.members_only
    ),
    Rule.BASELINE: _is_baseline,
    Rule.HELD: lambda story, candidate, wish: candidate.held is not None,
    Rule.LATE: lambda story, candidate, wish: wish.hold_late and _is_late(candidate),
    Rule.NOT_YET: _not_yet,
    Rule.TOO_OLD: _too_old,
}
_EXPLAINED = (Rule.WITHDRAWN, Rule.HELD)  # the store knows more of these than the rule says


def newest_first(known: Known) -> tuple[datetime, datetime, str]:
    """When an article was news; undated ones count from when we first saw them."""
    published = known.article.published
    return (
        published.instant if published else known.first_seen,
        known.first_seen,
        known.article.id,
    )


def edition_story(story: Story, shown: Known, language: str) -> EditionStory:
    """The story as an edition in `language` shows it, with links to its other languages."""
    return EditionStory(
        story=story.id,
        article=shown.article,
        translations={
            known.article.language: known.article.address
            for known in story.members
            if known is not shown and known.article.address and not known.withdrawn
        },
        fallback=not speaks(shown.article.language, language),
        late=_is_late(shown),
    )
