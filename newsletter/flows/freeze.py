"""Freeze: the editions of a slot, with the letters that their readers get, in one transaction.

Who has had some of an edition's stories, in another language or another digest, gets a variant
without them. Who has had what stands in the ledger, and the ledger is asked while it stands still:
only then can be told which variants there are. Those that have not been set yet are set after the
transaction was taken back, and then all begins anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from newsletter.editions.mornings import mornings
from newsletter.editions.select import passed_over
from newsletter.editions.variants import shown_to
from newsletter.flows.choosing import Issue, Run, audience_of, order_of
from newsletter.flows.press import Press
from newsletter.flows.typeset import Typeset, typeset
from newsletter.jobs.port import Wake, nobody
from newsletter.model.edition import UNSET, EditionState, EditionStory, LeftOut, Slot
from newsletter.model.finding import Finding, Level
from newsletter.model.specs import Approval, OnFinding
from newsletter.model.subscriber import Cadence
from newsletter.store import audience, deliveries, editions, pictures, subscribers, variants
from newsletter.store.audience import Audience
from newsletter.store.database import Database, Tx
from newsletter.store.editions import NewEdition


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """What became of one language of a slot. `number` is the edition's, `owed` its deliveries,
    `variants` the letters it has beside its own."""

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
    variants: int = 0
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


_Stories = tuple[EditionStory, ...]
_Set = tuple[str, tuple[int, ...]]  # the language of a letter, and its stories


class _Unset(Exception):
    """Letters are missing: what was written is taken back."""


@dataclass(slots=True)
class Letters:
    """The letters of a slot, each set once. A story that one of them cannot show is left out of it;
    a layout that cannot be used stops everything."""

    press: Press
    run: Run
    _made: dict[_Set, Typeset] = field(default_factory=dict)
    _wanted: dict[_Set, _Stories] = field(default_factory=dict)

    @property
    def least(self) -> int:
        """So many stories make a letter of the digest."""
        return self.run.digest.min_stories

    def made(self, language: str, stories: _Stories) -> Typeset:
        """The letter of these stories, set now if it is not yet."""
        key = language, _numbers(stories)
        if key not in self._made:
            self._made[key] = typeset(self.press, order_of(self.run, language), stories)
        return self._made[key]

    def asked(self, language: str, stories: _Stories) -> Typeset | None:
        """The same, for later when it is not set yet: None."""
        key = language, _numbers(stories)
        if key not in self._made:
            self._wanted[key] = stories
        return self._made.get(key)

    @property
    def lack(self) -> bool:
        """Whether something was asked for that is not set yet."""
        return bool(self._wanted)

    def set_wanted(self) -> None:
        """Set what was asked for."""
        for (language, _), stories in self._wanted.items():
            self.made(language, stories)
        self._wanted.clear()


@dataclass(slots=True)
class _Sheet:
    """The edition of one language, in a transaction that freezes it: its own letter if it has one,
    and the variants written so far, by the stories that were wanted of them."""

    issue: Issue
    own: Typeset | None
    number: int
    written: dict[tuple[int, ...], int | None] = field(default_factory=dict)
    beside: list[Typeset] = field(default_factory=list)
    owed: int = 0

    def told(self, least: int) -> Mapping[Cadence, _Stories]:
        """What is told to whom, newest first; nothing to those for whom it is too little."""
        if self.own is None or self.number == 0:
            return {}
        every = {Cadence.EVERY: self.issue.selection.chosen, **self.issue.roundups}
        enough = {cadence: stories for cadence, stories in every.items() if len(stories) >= least}
        if Cadence.EVERY in enough:  # then it is the own letter that shows them
            shown = set(_numbers(self.own.edition.stories))
            enough[Cadence.EVERY] = tuple(s for s in every[Cadence.EVERY] if s.story in shown)
        return enough


def freeze(
    database: Database, letters: Letters, issues: Sequence[Issue], wake: Wake = nobody
) -> list[Composed]:
    """Freeze the editions of these languages, all or none. `wake` hears of each edition that waits
    for nobody."""
    own = [_own(letters, issue) for issue in issues]
    while True:
        try:
            with database.begin() as tx:
                sheets = [_sheet(tx, letters, *pair) for pair in zip(issues, own, strict=True)]
                _owe_all(tx, letters, sheets)
                if letters.lack:
                    raise _Unset
                return [_done(tx, letters.run, sheet, wake) for sheet in sheets]
        except _Unset:
            letters.set_wanted()


def _own(letters: Letters, issue: Issue) -> Typeset | None:
    """An edition's own letter: of what is new, else of what a roundup tells, if that is enough."""
    choices = (issue.selection.chosen, *issue.roundups.values())
    stories = next((each for each in choices if len(each) >= letters.least), None)
    return letters.made(issue.language, stories) if stories else None


def _sheet(tx: Tx, letters: Letters, issue: Issue, own: Typeset | None) -> _Sheet:
    new = _frozen(letters.run, issue, own) if own else _too_few(letters.run, issue)
    sheet = _Sheet(issue, own, editions.write(tx, new) or 0)
    if own and sheet.number:
        pictures.keep(tx, own.printed.copies, letters.run.now)
    return sheet


def _owe_all(tx: Tx, letters: Letters, sheets: Sequence[_Sheet]) -> None:
    """Who reads in two languages gets a story in the one that comes first for them, wherever that
    stands in the digest."""
    digest, slot = letters.run.digest, letters.run.slot
    waiting = mornings(digest, slot, subscribers.zones(tx)) if digest.local_time else {}
    for further in (False, True):
        for sheet in sheets:
            for cadence, stories in sheet.told(letters.least).items():
                asked = audience_of(letters.run, sheet.issue.language, cadence, further=further)
                _owe(tx, letters, sheet, stories, asked, waiting)


def _owe(
    tx: Tx,
    letters: Letters,
    sheet: _Sheet,
    stories: _Stories,
    asked: Audience,
    waiting: Mapping[str, datetime],
) -> None:
    """Owe these stories to some readers: to each what they have not had of them."""
    numbers = _numbers(stories)
    groups = variants.groups(tx, asked, numbers, rehearsal=letters.run.rehearsal)

    def variant(shown: tuple[int, ...]) -> int | None:
        return _variant(tx, letters, sheet, tuple(s for s in stories if s.story in shown))

    if groups:
        given = shown_to(groups, numbers)
        variants.give(tx, {name: variant(shown) for name, shown in given.items()})
    # A letter of its own for who had nothing yet is not set when there is nobody like that.
    is_own = asked.cadence is Cadence.EVERY
    new_to_all = is_own or audience.count(tx, asked) > sum(group.readers for group in groups)
    sheet.owed += deliveries.owe(
        tx,
        sheet.number,
        asked,
        letters.run.now,
        variant=variant(numbers) if new_to_all else None,
        grouped=bool(groups),
        mornings=waiting,
    )


def _variant(tx: Tx, letters: Letters, sheet: _Sheet, stories: _Stories) -> int | None:
    """The number of the letter that shows these stories; None is the edition's own."""
    assert sheet.own is not None
    key = _numbers(stories)
    if set(key) == set(_numbers(sheet.own.edition.stories)):
        return None
    if key not in sheet.written:
        made = letters.asked(sheet.issue.language, stories)
        letter = (made or sheet.own).printed.letter  # taken back with all the rest when it lacks
        shown = made.edition.stories if made else stories
        sheet.written[key] = variants.write(tx, sheet.number, letter, shown)
        if made:
            sheet.beside.append(made)
            pictures.keep(tx, made.printed.copies, letters.run.now)
    return sheet.written[key]


def _hold_for_errors(tx: Tx, run: Run, sheet: _Sheet) -> None:
    """An error in a variant keeps the edition for an editor, as one in its own letter would."""
    errors = [error for made in sheet.beside for error in made.report.errors]
    if errors and run.digest.check is OnFinding.BLOCK and not run.rehearsal:
        reason = f"waits for approval: {errors[0].message}"
        unsent = [EditionState.FROZEN, EditionState.HELD]
        editions.change_state(tx, sheet.number, unsent, EditionState.HELD, reason=reason)
        editions.stop_veto(tx, sheet.number)


def _done(tx: Tx, run: Run, sheet: _Sheet, wake: Wake) -> Composed:
    own, selection = sheet.own, sheet.issue.selection
    _hold_for_errors(tx, run, sheet)
    entry = editions.entry(tx, sheet.number) if sheet.number else None
    if entry and entry.state is EditionState.FROZEN:
        wake(tx, entry.id)
    return Composed(
        digest=run.digest.name,
        language=sheet.issue.language,
        slot=run.slot,
        state=entry.state if entry else EditionState.SKIPPED,
        number=sheet.number,
        owed=sheet.owed,
        stories=len(own.edition.stories) if own else 0,
        reason=entry.reason if entry else None,
        left_out=(*own.left_out, *selection.left_out) if own else selection.left_out,
        missing=own.printed.missing if own else (),
        findings=own.report.findings if own else (),
        variants=len(sheet.written),
    )


def _frozen(run: Run, issue: Issue, own: Typeset) -> NewEdition:
    approval, reason = _approval(run, own)
    return NewEdition(
        digest=run.digest.name,
        slot=run.slot,
        language=issue.language,
        rehearsal=run.rehearsal,
        state=EditionState.HELD if approval.needed else EditionState.FROZEN,
        reason=reason,
        release_at=max(run.slot.at, run.now) + approval.veto if approval.veto else None,
        now=run.now,
        subject=own.edition.subject,
        letter=own.printed.letter,
        edition=own.edition,
        passed_over=passed_over(issue.selection, carry_over=run.digest.carry_over),
        roundups=issue.turns,
        counts=len(issue.selection.chosen) >= run.digest.min_stories,
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


def _too_few(run: Run, issue: Issue) -> NewEdition:
    return replace(
        skipped(run, issue.language, why_too_few(run, len(issue.selection.chosen))),
        roundups=issue.turns,
    )


def skipped(run: Run, language: str, reason: str) -> NewEdition:
    """What is written of a slot at which there was nothing to send, and why."""
    return NewEdition(
        digest=run.digest.name,
        slot=run.slot,
        language=language,
        rehearsal=run.rehearsal,
        state=EditionState.SKIPPED,
        reason=reason,
        now=run.now,
    )


def why_too_few(run: Run, found: int) -> str:
    """Silence because nothing was written is one thing, because nothing could be read another."""
    wanted = run.digest.min_stories
    told = f"{found} new, min_stories is {wanted}" if found else "nothing new"
    return f"{told}; could not be read: {', '.join(run.lacking)}" if run.lacking else told


def _numbers(stories: _Stories) -> tuple[int, ...]:
    return tuple(story.story for story in stories)
