"""Preview and plan: what each digest would send next. Looks, and writes nothing down."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsletter.articles.proposals import Proposal, proposals
from newsletter.editions.select import Selection
from newsletter.editions.slot import slots_after
from newsletter.flows.choosing import Run, choose, choose_sample, order_of
from newsletter.flows.forecast import Forecast, Route, forecast
from newsletter.flows.press import Press, copy_keys
from newsletter.flows.typeset import typeset
from newsletter.lib.errors import NewsletterError
from newsletter.model.delivery import DeliveryState
from newsletter.model.edition import Edition, EditionState, LeftOut, Slot
from newsletter.model.finding import Report
from newsletter.model.letter import Letter, PictureCopy
from newsletter.model.specs import Digest
from newsletter.store import articles, deliveries, editions, pictures, subscribers
from newsletter.store.database import Database

_LOOK_BACK = timedelta(days=3)
NO_ARTICLE = "no article in this language yet"  # the one fault of a proof that is nobody's


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a digest would send next in one language."""

    digest: Digest
    language: str
    slot: Slot
    selection: Selection
    readers: int
    forecast: Forecast | None = None  # of the whole digest, all languages

    @property
    def enough(self) -> bool:
        return len(self.selection.chosen) >= self.digest.min_stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A letter to look at: of the next edition, of one that waits for an editor, or a sample.

    `state` is draft for what is not frozen yet. `fault` says why there is no letter. `copies` are
    those that the letter shows at an address of ours, where they stand only once it is frozen.
    `left_out` are stories that could not be set; those that were not chosen are the plan's.
    """

    digest: str
    language: str
    slot: Slot
    state: EditionState
    readers: int
    letter: Letter | None = None
    edition: Edition | None = None
    number: int | None = None
    sample: bool = False
    missing: tuple[str, ...] = ()
    copies: tuple[PictureCopy, ...] = ()
    report: Report | None = None
    left_out: tuple[LeftOut, ...] = ()
    fault: str | None = None

    @property
    def key(self) -> str:
        """A name for addresses and files: "daily.es", or "daily.es.7" for an edition's."""
        number = f".{self.number}" if self.number else ""
        return f"{self.digest}.{self.language}{number}"


def plan(
    database: Database,
    digests: Iterable[Digest],
    *,
    rehearsal: bool,
    now: datetime,
    route: Route | None = None,
) -> list[Planned]:
    """The next slot of every digest, language by language; with a `route`, when it is all sent."""
    planned = []
    for digest in digests:
        run = _next_run(digest, rehearsal=rehearsal, now=now)
        found = [_planned(database, run, language) for language in digest.languages]
        planned += _forecast(database, run, found, route) if route else found
    return planned


def _planned(database: Database, run: Run, language: str) -> Planned:
    with database.read() as tx:
        return Planned(
            digest=run.digest,
            language=language,
            slot=run.slot,
            selection=choose(tx, run, language),
            readers=subscribers.reader_count(tx, run.digest.name, language),
        )


def _forecast(
    database: Database, run: Run, planned: Iterable[Planned], route: Route
) -> list[Planned]:
    planned = list(planned)
    readers = {each.language: each.readers for each in planned if each.enough}
    with database.read() as tx:
        expected = forecast(tx, run.digest, run.slot, readers, route)
    return [replace(each, forecast=expected if each.enough else None) for each in planned]


def proposed_pairs(database: Database, now: datetime) -> list[Proposal]:
    """Articles of the last days that may be one story, for an editor to join."""
    with database.read() as tx:
        return proposals(articles.known_since(tx, now - _LOOK_BACK))


def proofs(
    database: Database,
    press: Press,
    digests: Iterable[Digest],
    *,
    rehearsal: bool,
    now: datetime,
) -> list[Proof]:
    """Letters of the next editions, then those that wait for approval, as they were frozen."""
    digests = tuple(digests)
    planned = plan(database, digests, rehearsal=rehearsal, now=now)
    return [
        *(_proof(database, press, each, rehearsal=rehearsal, now=now) for each in planned),
        *_held(database, rehearsal=rehearsal),
    ]


def keep_copies(database: Database, proof: Proof, now: datetime) -> None:
    """Keep the copies that a proof shows, so that they are served to whom it is sent as a test.
    Nothing else of it is written down."""
    with database.begin() as tx:
        pictures.keep(tx, proof.copies, now)


def _next_run(digest: Digest, *, rehearsal: bool, now: datetime) -> Run:
    slot = next(slots_after(digest.schedule, digest.timezone, now))
    return Run(digest=digest, slot=slot, rehearsal=rehearsal, now=now)


def _proof(
    database: Database, press: Press, planned: Planned, *, rehearsal: bool, now: datetime
) -> Proof:
    run = Run(digest=planned.digest, slot=planned.slot, rehearsal=rehearsal, now=now)
    selection = planned.selection
    if not planned.enough:
        with database.read() as tx:
            selection = choose_sample(tx, run, planned.language)
    if not selection.chosen:
        return _without_letter(planned, NO_ARTICLE)
    try:
        order = order_of(run, planned.language, sample=not planned.enough)
        made = typeset(press, order, selection.chosen)
    except NewsletterError as fault:
        return _without_letter(planned, str(fault))
    return Proof(
        digest=planned.digest.name,
        language=planned.language,
        slot=planned.slot,
        state=EditionState.DRAFT,
        readers=planned.readers,
        letter=made.printed.letter,
        edition=made.edition,
        sample=not planned.enough,
        missing=made.printed.missing,
        copies=made.printed.copies,
        report=made.report,
        left_out=made.left_out,
    )


def _without_letter(planned: Planned, fault: str) -> Proof:
    return Proof(
        digest=planned.digest.name,
        language=planned.language,
        slot=planned.slot,
        state=EditionState.DRAFT,
        readers=planned.readers,
        fault=fault,
    )


def _held(database: Database, *, rehearsal: bool) -> Iterator[Proof]:
    with database.read() as tx:
        for entry in editions.held(tx, rehearsal=rehearsal):
            letter = editions.letter_of(tx, entry.id)
            yield Proof(
                digest=entry.digest,
                language=entry.language,
                slot=entry.slot,
                state=entry.state,
                readers=deliveries.counts(tx, entry.id)[DeliveryState.QUEUED],
                letter=letter,
                number=entry.id,
                copies=tuple(pictures.copies_of(tx, copy_keys(letter.html))),
            )
