"""Compose: for a due slot, one edition a language, frozen with its readers in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsletter.editions.due import run_or_fold
from newsletter.editions.select import Selection, Wish, newest, passed_over, select
from newsletter.editions.slot import due_slots, gap_before
from newsletter.editions.story import stories_of
from newsletter.flows.press import Press
from newsletter.flows.typeset import Order, Typeset, typeset
from newsletter.jobs.port import Wake, nobody
from newsletter.model.article import Article
from newsletter.model.edition import UNSET, EditionState, LeftOut, Slot
from newsletter.model.finding import Finding, Level
from newsletter.model.specs import Approval, Digest, OnFinding
from newsletter.store import articles, deliveries, editions, pictures
from newsletter.store.database import Database, Tx
from newsletter.store.editions import NewEdition

# Twice max_age: what has just become too old is still named.
_LOOK_BACK = 2
_SAMPLE_STORIES = 60
# An article that was read so shortly ago stood where its source says.
_JUST_READ = timedelta(minutes=15)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """What became of one language of a slot. `number` is the edition's, `owed` its deliveries."""

    digest: str
    language: str
    slot: Slot
    state: EditionState
    number: int
    owed: int = 0
    stories: int = 0
    reason: str | None = None
    left_out: tuple[LeftOut, ...] = ()
    missing: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    withdrawn: tuple[LeftOut, ...] = ()

    @property
    def set_aside(self) -> tuple[LeftOut, ...]:
        """The stories that were chosen, and had been withdrawn since, or could not be set."""
        unset = tuple(left for left in self.left_out if left.rule in UNSET)
        return (*self.withdrawn, *unset)

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """What somebody should know of the letter; hints are for who asks."""
        return tuple(each for each in self.findings if each.level is not Level.HINT)


def due(
    database: Database, digest: Digest, *, rehearsal: bool, now: datetime
) -> tuple[Slot | None, int]:
    """The slot that is to be run now, if any, and how many others were folded into it. Remembers
    the digest when it is new: its first slot is the first after that."""
    with database.begin() as tx:
        after = editions.digest_first_seen(tx, digest.name, rehearsal=rehearsal, now=now)
        last = editions.last_slot_until(tx, digest.name, rehearsal=rehearsal, now=now)
        slots = due_slots(digest.schedule, digest.timezone, max(after, last or after), now)
        run, folded = run_or_fold(slots, now, digest.late)
        for each in folded:
            fold = Run(digest=digest, slot=each.slot, rehearsal=rehearsal, now=now)
            for language in digest.languages:
                editions.write(tx, _skipped(fold, language, each.reason))
    return run, len(folded)


def _standing(article: Article) -> None:
    """No source to ask."""


def compose(
    database: Database,
    press: Press,
    run: Run,
    withdrawn: AskWithdrawn = _standing,
    wake: Wake = nobody,
) -> list[Composed]:
    """Compose and freeze what the slot still lacks. All languages are rendered before any is
    frozen: a broken layout stops the run with nothing written.

    What was chosen is asked after once more: what has been `withdrawn` makes room for the next.
    `wake` hears of each edition that waits for nobody."""
    with database.exclusive("composing"):
        chosen, dropped = _choose_standing(database, run, withdrawn)
        made = {
            language: typeset(press, order_of(run, language), selection.chosen)
            for language, selection in chosen.items()
            if len(selection.chosen) >= run.digest.min_stories
        }
        return [
            replace(
                _freeze(database, run, language, selection, made.get(language), wake),
                withdrawn=tuple(left for left in selection.left_out if left.story in dropped),
            )
            for language, selection in chosen.items()
        ]


def _choose_standing(
    database: Database, run: Run, withdrawn: AskWithdrawn
) -> tuple[dict[str, Selection], set[int]]:
    """What each language that is not done holds, all of it still published; and the stories that
    were dropped for not being so."""
    asked: set[str] = set()
    dropped: set[int] = set()
    while True:
        with database.read() as tx:
            done = editions.languages_done(tx, run.digest.name, run.slot, rehearsal=run.rehearsal)
            languages = [each for each in run.digest.languages if each not in done]
            chosen = {language: choose(tx, run, language) for language in languages}
            stories = _articles_of(chosen)
            asked |= articles.read_since(tx, stories, run.now - _JUST_READ)
        gone = {
            article.id: reason
            for article in stories.values()
            if article.id not in asked and (reason := withdrawn(article))
        }
        if not gone:
            return chosen, dropped
        asked |= set(stories)
        with database.begin() as tx:
            for article_id, reason in gone.items():
                articles.withdraw(tx, article_id, reason)
                dropped.add(articles.story_of(tx, article_id) or 0)


def _articles_of(chosen: Mapping[str, Selection]) -> dict[str, Article]:
    shown = (story.article for selection in chosen.values() for story in selection.chosen)
    return {article.id: article for article in shown}


def choose(tx: Tx, run: Run, language: str) -> Selection:
    """Which stories the edition of a language would hold, and why not the others."""
    wish = wish_of(run, language)
    known = articles.known_since(tx, run.now - _LOOK_BACK * wish.max_age)
    used = editions.used_stories(tx, run.digest.name, language, rehearsal=run.rehearsal)
    return select(stories_of(known), used, wish)


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


def _freeze(
    database: Database,
    run: Run,
    language: str,
    selection: Selection,
    made: Typeset | None,
    wake: Wake,
) -> Composed:
    if made is None:
        new = _skipped(run, language, _too_few(len(selection.chosen), run))
    else:
        new = _frozen(run, language, selection, made)
    with database.begin() as tx:
        number = editions.write(tx, new)
        if number and made:
            pictures.keep(tx, made.printed.copies, run.now)
        owed = deliveries.owe(tx, number, run.now) if number and made else 0
        if number and new.state is EditionState.FROZEN:
            wake(tx, number)
    return Composed(
        digest=run.digest.name,
        language=language,
        slot=run.slot,
        state=new.state,
        number=number or 0,
        owed=owed,
        stories=len(made.edition.stories) if made else 0,
        reason=new.reason,
        left_out=(*made.left_out, *selection.left_out) if made else selection.left_out,
        missing=made.printed.missing if made else (),
        findings=made.report.findings if made else (),
    )


def _too_few(found: int, run: Run) -> str:
    """Silence because nothing was written is one thing, because nothing could be read another."""
    wanted = run.digest.min_stories
    told = f"{found} new, min_stories is {wanted}" if found else "nothing new"
    return f"{told}; could not be read: {', '.join(run.lacking)}" if run.lacking else told


def _frozen(run: Run, language: str, selection: Selection, made: Typeset) -> NewEdition:
    approval, reason = _approval(run, made)
    return NewEdition(
        digest=run.digest.name,
        slot=run.slot,
        language=language,
        rehearsal=run.rehearsal,
        state=EditionState.HELD if approval.needed else EditionState.FROZEN,
        reason=reason,
        release_at=max(run.slot.at, run.now) + approval.veto if approval.veto else None,
        now=run.now,
        subject=made.edition.subject,
        letter=made.printed.letter,
        edition=made.edition,
        passed_over=passed_over(selection, carry_over=run.digest.carry_over),
    )


def _approval(run: Run, made: Typeset) -> tuple[Approval, str | None]:
    """Who has to let the edition go, and why. With an error in it, somebody has to, and no time
    that runs out does it for them. A rehearsal reaches nobody."""
    errors = made.report.errors
    if run.rehearsal:
        return Approval(needed=False), None
    if errors and run.digest.check is OnFinding.BLOCK:
        return Approval(needed=True), f"waits for approval: {errors[0].message}"
    approval = run.digest.approve
    return approval, "waits for approval" if approval.needed else None


def _skipped(run: Run, language: str, reason: str) -> NewEdition:
    return NewEdition(
        digest=run.digest.name,
        slot=run.slot,
        language=language,
        rehearsal=run.rehearsal,
        state=EditionState.SKIPPED,
        reason=reason,
        now=run.now,
    )
