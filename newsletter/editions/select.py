"""Which stories an edition holds, and by which rule each of the others is left out.

The ledger decides what is new; dates only decide what is still news.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.model.article import Known
from newsletter.model.edition import EditionStory, LeftOut, Rule
from newsletter.model.specs import Fallback


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an edition is to hold: the digest's rules for one language, at one time."""

    language: str
    now: datetime
    max_stories: int
    max_age: timedelta
    carry_over: bool
    fallback: Fallback
    sources: tuple[str, ...] = ()  # all when empty


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the store knows of one story: its articles, one a language."""

    id: int
    members: tuple[Known, ...]

    def in_language(self, language: str) -> Known | None:
        return next((k for k in self.members if speaks(k.article.language, language)), None)


@dataclass(frozen=True, slots=True)
class Selection:
    """The stories of an edition, newest first, and what became of the others."""

    chosen: tuple[EditionStory, ...]
    left_out: tuple[LeftOut, ...]


def speaks(article_language: str, language: str) -> bool:
    """True when a reader of `language` reads the article: es-MX for es, not en for es."""
    return article_language.partition("-")[0] == language.partition("-")[0]


def stories_of(known: Iterable[Known]) -> list[Story]:
    """The articles gathered into their stories."""
    gathered: dict[int, list[Known]] = {}
    for each in known:
        gathered.setdefault(each.story, []).append(each)
    return [Story(story, tuple(members)) for story, members in gathered.items()]


def select(stories: Iterable[Story], used: Mapping[int, Rule], wish: Wish) -> Selection:
    """Choose from `stories`; `used` tells which of them the ledger already holds, and how
    (Rule.MAILED or Rule.PASSED_OVER)."""
    eligible: list[tuple[Story, Known]] = []
    left_out: list[LeftOut] = []
    for story in stories:
        candidate, rule = _candidate(story, wish)
        rule = used.get(story.id) or rule or _age_rule(candidate, wish)
        if rule:
            left_out.append(LeftOut(story.id, candidate.article.title, rule))
        else:
            eligible.append((story, candidate))
    eligible.sort(key=lambda pair: _newest_first(pair[1]), reverse=True)
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
        if (known := story.in_language(wish.language)) is not None
    ]
    readable.sort(key=lambda pair: _newest_first(pair[1]), reverse=True)
    return tuple(edition_story(*pair, wish.language) for pair in readable[: wish.max_stories])


def _candidate(story: Story, wish: Wish) -> tuple[Known, Rule | None]:
    """The article that would stand for the story, and the rule that forbids it, if any."""
    own = story.in_language(wish.language)
    if own is None and wish.fallback is Fallback.LEAVE_OUT:
        return story.members[0], Rule.NO_TRANSLATION
    candidate = own or min(story.members, key=lambda known: known.first_seen)
    if wish.sources and candidate.article.source not in wish.sources:
        return candidate, Rule.OTHER_SOURCE
    if candidate.baseline or any(_long_before(k, candidate, wish) for k in story.members):
        return candidate, Rule.BASELINE
    return candidate, None


def _long_before(member: Known, candidate: Known, wish: Wish) -> bool:
    """A late translation of what was old at the start is not news either."""
    return member.baseline and candidate.first_seen - member.first_seen > wish.max_age


def _age_rule(candidate: Known, wish: Wish) -> Rule | None:
    published = candidate.article.published
    if published and published.instant > wish.now:
        return Rule.NOT_YET
    if candidate.first_seen < wish.now - wish.max_age:
        return Rule.TOO_OLD
    return None


def _newest_first(known: Known) -> tuple[datetime, datetime, str]:
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
            if known is not shown and known.article.address
        },
        fallback=not speaks(shown.article.language, language),
    )
