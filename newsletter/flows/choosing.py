"""Choose: which stories each edition of a slot would hold, and which rule keeps out the others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsletter.editions.roundup import is_turn, roundup, told_after
from newsletter.editions.select import Selection, Wish, newest, select
from newsletter.editions.slot import gap_before
from newsletter.editions.story import stories_of
from newsletter.flows.typeset import Order
from newsletter.model.article import Article
from newsletter.model.edition import EditionStory, Rule, Slot
from newsletter.model.specs import Digest
from newsletter.model.subscriber import Cadence
from newsletter.store import articles, audience, editions, variants
from newsletter.store.audience import Audience
from newsletter.store.database import Database, Tx

# Twice max_age: what has just become too old is still named.
_LOOK_BACK = 2
_SAMPLE_STORIES = 60
# An article that was read so shortly ago stood where its source says.
_JUST_READ = timedelta(minutes=15)
_TURNS = (Cadence.DAILY, Cadence.WEEKLY)

AskWithdrawn = Callable[[Article], str | None]
"""Why an article is no longer published; None while it is, and where that cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One slot of one digest, being dealt with now, for real or as a rehearsal; `lacking` are the
    sources that it has to do without."""

    digest: Digest
    slot: Slot
    rehearsal: bool
    now: datetime
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """One language of a slot: what is new in it; the cadences whose readers have their turn; and
    what these are told, those that anybody reads at."""

    language: str
    selection: Selection
    turns: frozenset[Cadence] = frozenset()
    roundups: Mapping[Cadence, tuple[EditionStory, ...]] = field(default_factory=dict)

    @property
    def stories(self) -> dict[str, Article]:
        """The articles that may be shown, by their ids."""
        shown = (self.selection.chosen, *self.roundups.values())
        return {story.article.id: story.article for stories in shown for story in stories}


def standing(article: Article) -> None:
    """No source to ask."""


def choose_issues(
    database: Database, run: Run, withdrawn: AskWithdrawn = standing
) -> tuple[list[Issue], set[int]]:
    """The languages of a slot that are not done, all they hold still published; and the stories
    that were dropped for not being so."""
    asked: set[str] = set()
    dropped: set[int] = set()
    while True:
        with database.read() as tx:
            done = editions.languages_done(tx, run.digest.name, run.slot, rehearsal=run.rehearsal)
            languages = [each for each in run.digest.languages if each not in done]
            issues = [choose_issue(tx, run, language) for language in languages]
            shown = {name: article for issue in issues for name, article in issue.stories.items()}
            asked |= articles.read_since(tx, shown, run.now - _JUST_READ)
        gone = {
            article.id: reason
            for article in shown.values()
            if article.id not in asked and (reason := withdrawn(article))
        }
        if not gone:
            return issues, dropped
        asked |= set(shown)
        with database.begin() as tx:
            for article_id, reason in gone.items():
                articles.withdraw(tx, article_id, reason)
                dropped.add(articles.story_of(tx, article_id) or 0)


def choose_issue(tx: Tx, run: Run, language: str) -> Issue:
    """What the edition of a language would hold for each of its readers."""
    selection = choose(tx, run, language)
    last = {cadence: _last_turn(tx, run, language, cadence) for cadence in _TURNS}
    turns = frozenset(
        each for each in _TURNS if is_turn(each, run.slot, last[each], run.digest.weekly_on)
    )
    roundups = {
        each: _roundup(tx, run, language, selection, told_after(each, run.slot, last[each]))
        for each in _TURNS
        if each in turns and _anybody(tx, run, language, each)
    }
    return Issue(language, selection, turns, roundups)


def _last_turn(tx: Tx, run: Run, language: str, cadence: Cadence) -> Slot | None:
    return editions.last_roundup(tx, run.digest.name, language, cadence, rehearsal=run.rehearsal)


def _anybody(tx: Tx, run: Run, language: str, cadence: Cadence) -> bool:
    return audience.count(tx, audience_of(run, language, cadence)) > 0


def audience_of(
    run: Run, language: str, cadence: Cadence | None = None, *, further: bool | None = None
) -> Audience:
    """Readers of the digest in a language, as the store is asked for them."""
    return Audience(digest=run.digest.name, language=language, cadence=cadence, further=further)


def _roundup(
    tx: Tx, run: Run, language: str, selection: Selection, after: datetime
) -> tuple[EditionStory, ...]:
    told = editions.told_since(tx, run.digest.name, language, after, rehearsal=run.rehearsal)
    new = [story.story for story in selection.chosen]
    known = articles.of_stories(tx, {*new, *(story for _, story in told)})
    return roundup(new, told, stories_of(known), language, run.digest.max_stories)


def choose(tx: Tx, run: Run, language: str) -> Selection:
    """Which stories the edition of a language would hold, and why not the others."""
    wish = wish_of(run, language)
    known = articles.known_since(tx, run.now - _LOOK_BACK * wish.max_age)
    stories = stories_of(known)
    used = editions.used_stories(tx, run.digest.name, language, rehearsal=run.rehearsal)
    late = [s.id for s in stories if used.get(s.id) is Rule.MAILED_ORIGINAL]
    told = {story: Rule.MAILED for story in late if not _is_lacked(tx, run, language, story)}
    return select(stories, {**used, **told}, wish)


def _is_lacked(tx: Tx, run: Run, language: str, story: int) -> bool:
    """Whether somebody did not get what stood in for a translation: to them it is news."""
    everybody = audience_of(run, language)
    return variants.anybody_without(tx, everybody, story, rehearsal=run.rehearsal)


def choose_sample(tx: Tx, run: Run, language: str) -> Selection:
    """The newest stories, whatever the ledger says: to look at, never to send."""
    known = articles.newest(tx, _SAMPLE_STORIES)
    return Selection(newest(stories_of(known), wish_of(run, language)), ())


def wish_of(run: Run, language: str) -> Wish:
    """The digest's rules for one language, with what is left out filled in."""
    digest = run.digest
    gap = gap_before(digest.schedule, digest.timezone, run.slot)
    return Wish(
        language=language,
        now=run.now,
        max_stories=digest.max_stories,
        max_age=digest.max_age or 2 * gap,
        carry_over=digest.carry_over,
        fallback=digest.fallback,
        sources=digest.sources,
        include=digest.include,
        exclude=digest.exclude,
        hold_late=digest.late_articles == "hold",
        members_only=digest.members_only == "send",
    )


def order_of(run: Run, language: str, *, sample: bool = False) -> Order:
    """What is to be set for one language of a run."""
    return Order(digest=run.digest, slot=run.slot, language=language, sample=sample)
