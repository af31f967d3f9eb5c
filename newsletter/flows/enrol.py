"""Enrol: bring the subscriber lists into the store, a batch of rows at a time."""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice

from newsletter.editions.story import speaks
from newsletter.lib.errors import NewsletterError
from newsletter.model.specs import Digest
from newsletter.model.subscriber import OF_THE_ADDRESS, ListRow, RowFault
from newsletter.store import house, listed
from newsletter.store.database import Database
from newsletter.store.listed import Listed, Synced
from newsletter.subscribers.address import key
from newsletter.subscribers.archive import Open, Part
from newsletter.subscribers.lists import ListScope, Reading, list_scope, reading
from newsletter.subscribers.seen import Seen

_PIECE = 65_536  # bytes: a list that has not changed is never in memory as a whole
# Rows in a transaction: others get their turn after each, and a killed run has lost one at most.
BATCH = 10_000
TOLD = 1000  # faults of a list that are kept; of more only their number


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list as it lies somewhere: `open` begins to read it, again and again."""

    name: str
    open: Open


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReport:
    """What became of one file. `fault` is set when nothing of it could be read; `unchanged` when
    it is byte for byte what was brought in before. `refused` counts the rows that were not taken,
    of which `faults` has the first, and what of the file is not read."""

    name: str
    rows: int = 0
    synced: Synced = field(default_factory=Synced)
    refused: int = 0
    faults: tuple[RowFault, ...] = ()
    encoding: str = "utf-8"
    unchanged: bool = False
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What lists are read against: digests, languages, and how people are named in the store."""

    digests: tuple[Digest, ...]
    languages: tuple[str, ...]
    address_hash: Callable[[str], str]
    new_token: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Before:
    """Where a row stood: in which list and line, and whether that is `here`, in the same list."""

    name: str
    line: int
    here: bool


class Taken:
    """Who stood in the lists so far, and where first: of two rows the first goes, and the second
    can only take away."""

    def __init__(self) -> None:
        self._seen = Seen()
        self._begins = [0]  # of each list, in lines of all lists one after another
        self._names = [""]
        self._lines = 0

    def begin(self, name: str) -> None:
        """From now on the lines of another list are counted."""
        self._begins.append(self._lines)
        self._names.append(name)

    def first(self, thing: Hashable, line: int) -> Before | None:
        """In which list, and where in it, this was before; None when it is new."""
        place = self._begins[-1] + line
        self._lines = max(self._lines, place)
        before = self._seen.first(thing, place)
        return None if before == place else self._before(before)

    def __contains__(self, thing: Hashable) -> bool:
        return thing in self._seen

    def _before(self, place: int) -> Before:
        at = bisect_right(self._begins, place - 1) - 1
        here = at == len(self._begins) - 1
        return Before(self._names[at], place - self._begins[at], here)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How the rows of one list are brought in. `source` is what consents say of where from; `asked`
    remembers what a digest and a language stand for."""

    scope: ListScope
    enrolment: Enrolment
    taken: Taken
    source: str
    now: datetime
    asked: dict[tuple[str | None, str | None], list[tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """What has become of some rows of a list. `faults` are of those that were not taken."""

    rows: int
    synced: Synced
    faults: tuple[RowFault, ...]


@dataclass(slots=True)
class Tally:
    """What has become of all of them so far."""

    rows: int = 0
    refused: int = 0
    synced: Synced = field(default_factory=Synced)
    faults: list[RowFault] = field(default_factory=list)

    def add(self, batch: Batch) -> None:
        self.rows += batch.rows
        self.refused += len(batch.faults)
        self.synced += batch.synced
        self.faults += batch.faults[: max(0, TOLD - len(self.faults))]


def enrol(
    database: Database, files: Sequence[ListFile], enrolment: Enrolment, now: datetime
) -> list[ListReport]:
    """Sync the lists; one that cannot be read stops no other.

    Who stands in several lists of one digest reads the language of the first. That can only be
    told from all lists together, so they are read when any of them has changed.
    """
    # Before they are read: what is added meanwhile is read next time.
    marks = {_fact(file): _mark(file, enrolment) for file in files}
    with database.read() as tx:
        unchanged = all(house.fact(tx, fact) == mark for fact, mark in marks.items())
    if unchanged:
        return [ListReport(name=file.name, unchanged=True) for file in files]
    taken = Taken()
    reports = []
    for file in files:
        report = _enrol_file(database, file, enrolment, taken, now)
        if report.fault is None:
            with database.begin() as tx:
                house.set_fact(tx, _fact(file), marks[_fact(file)])
        reports.append(report)
    return reports


def _enrol_file(
    database: Database, file: ListFile, enrolment: Enrolment, taken: Taken, now: datetime
) -> ListReport:
    tally = Tally()
    try:
        scope = list_scope(
            file.name,
            languages=enrolment.languages,
            digests=tuple(digest.name for digest in enrolment.digests),
        )
        with reading(Part(name=file.name, open=file.open)) as found:
            taken.begin(file.name)
            course = Course(
                scope=scope, enrolment=enrolment, taken=taken, source=file.name, now=now
            )
            for batch in bring_in(database, found, course):
                tally.add(batch)
    except NewsletterError as fault:
        return ListReport(name=file.name, fault=str(fault))
    return ListReport(
        name=file.name,
        rows=tally.rows,
        synced=tally.synced,
        refused=tally.refused,
        faults=(*found.notes, *tally.faults),
        encoding=found.encoding,
    )


def bring_in(database: Database, found: Reading, course: Course) -> Iterator[Batch]:
    """Bring in the rows of a list, some at a time, each time in a transaction of its own."""
    while batch := list(islice(found.rows, BATCH)):
        rows: list[Listed] = []
        faults: list[RowFault] = []
        for row in batch:
            if isinstance(row, RowFault):
                faults.append(row)
            else:
                faults += _listed(row, course, rows, repeats=found.repeats)
        with database.begin() as tx:
            synced = listed.sync(
                tx,
                rows,
                address_hash=course.enrolment.address_hash,
                new_token=course.enrolment.new_token,
                now=course.now,
                source=course.source,
            )
        faults += _suppressed(batch, synced.suppressed)
        taken = sum(isinstance(row, ListRow) for row in batch)
        yield Batch(
            taken,
            replace(synced, suppressed=frozenset()),
            tuple(sorted(faults, key=lambda fault: fault.line)),
        )


def _suppressed(
    batch: Sequence[ListRow | RowFault], suppressed: frozenset[str]
) -> Iterator[RowFault]:
    for row in batch if suppressed else ():
        if isinstance(row, ListRow) and key(row.email) in suppressed:
            reason = f"{row.email} is suppressed, and never mailed, whatever a list says"
            yield RowFault(row.line, reason, tuple(row.cells))


def _fact(file: ListFile) -> str:
    return f"list:{file.name}"


def _mark(file: ListFile, enrolment: Enrolment) -> str:
    """Changes with the file, and with the digests that its readers are enrolled for."""
    names = ",".join(f"{d.name}:{'/'.join(d.languages)}" for d in enrolment.digests)
    mark = hashlib.sha256(names.encode() + b"\0")
    with file.open() as content:
        for piece in iter(partial(content.read, _PIECE), b""):
            mark.update(piece)
    return mark.hexdigest()


def _listed(row: ListRow, course: Course, rows: list[Listed], *, repeats: bool) -> list[RowFault]:
    """Add to `rows` what this one says, for each digest that it is for; what is wrong with it.
    That somebody `repeats` is no fault where the list has them once for each of its own lists."""
    wanted = _digests(row, course)
    if not wanted:
        return [RowFault(row.line, _nothing_for(row, course.scope), tuple(row.cells))]
    person = key(row.email)
    known = any((person, digest.name) in course.taken for digest in course.enrolment.digests)
    # Who left what is brought into one digest has not left the others; who bounced is gone.
    whole = row.whole and (course.scope.digest is None or row.status in OF_THE_ADDRESS)
    reasons: dict[str, None] = {}  # in order, each once
    for digest, language in wanted:
        before = course.taken.first((person, digest), row.line)
        if before:
            reasons[_again(row, before, digest)] = None
        one = _one(row, person, digest, language, again=before is not None, known=known)
        rows.append(replace(one, whole=whole) if whole else one)
    return [] if repeats else [RowFault(row.line, each, tuple(row.cells)) for each in reasons]


def _again(row: ListRow, before: Before, digest: str) -> str:
    if before.here:
        return f"{row.email} stands in line {before.line} already"
    return f"{row.email} is in {before.name} already, for {digest}"


def _digests(row: ListRow, course: Course) -> list[tuple[str, str]]:
    """The digests that a row asks for: its own, else its file's, else all; each with the language
    of its editions that the row's stands for (es for a reader of es-MX)."""
    asked = row.digest or course.scope.digest, row.language or course.scope.language
    if asked not in course.asked:
        course.asked[asked] = [*_asked_for(*asked, course.enrolment.digests)]
    return course.asked[asked]


def _asked_for(
    name: str | None, wanted: str | None, digests: Sequence[Digest]
) -> Iterator[tuple[str, str]]:
    for digest in digests if wanted else ():
        spoken = next((each for each in digest.languages if speaks(str(wanted), each)), None)
        if name in (None, digest.name) and spoken:
            yield digest.name, wanted if wanted in digest.languages else spoken


def _nothing_for(row: ListRow, scope: ListScope) -> str:
    language = row.language or scope.language
    if language is None:
        return "it is not said in which language: name one (--language), or add a column"
    return f"there is no digest {row.digest or scope.digest or ''!r} in the language {language!r}"


def _one(
    row: ListRow, person: str, digest: str, language: str, *, again: bool, known: bool
) -> Listed:
    return Listed(
        email=row.email,
        key=person,
        name=row.name,
        language=language,
        digest=digest,
        status=row.status,
        consent_source=row.consent_source,
        consent_at=row.consent_at,
        cadence=row.cadence,
        paused_until=row.paused_until,
        further_languages=row.further_languages,
        timezone=row.timezone,
        tags=row.tags,
        attributes=row.attributes,
        again=again,
        known=known,
    )
