"""Import: bring in what another program exported, or a list of our own, and tell every row that
was not taken; prune: take away who is in the list no more."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from newsletter.flows.enrol import Course, Enrolment, Taken, Tally, bring_in
from newsletter.lib.errors import NewsletterError
from newsletter.model.subscriber import RowFault
from newsletter.store import unlisted
from newsletter.store.database import Database
from newsletter.store.listed import Synced
from newsletter.subscribers.archive import Part
from newsletter.subscribers.lists import ListScope, Reading, reading

_PAGE = 5000
_MUCH = 0.05  # of a list: who removes more should have meant it


@dataclass(frozen=True, slots=True, kw_only=True)
class PartReport:
    """What became of one file of rows. `format` is None for our own."""

    name: str
    encoding: str
    format: str | None
    rows: int
    refused: int
    synced: Synced
    faults: tuple[RowFault, ...] = ()
    notes: tuple[RowFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How many of a list were removed, or would be: `held` says why nobody was."""

    count: int
    of: int
    held: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    parts: tuple[PartReport, ...]
    faults: tuple[str, ...] = ()  # of parts that could not be read
    pruned: Pruned | None = None

    @property
    def synced(self) -> Synced:
        return sum((part.synced for part in self.parts), Synced())

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)

    @property
    def refused(self) -> int:
        return sum(part.refused for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who is told while a list is imported: of the header of each part, of rows that were not
    taken, of bytes that are behind."""

    begun: Callable[[Part, Reading], None] = lambda part, found: None
    refused: Callable[[Sequence[RowFault]], None] = lambda faults: None
    progress: Callable[[int], None] = lambda bytes_read: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be imported: all parts of what was handed in, as `source` in one scope."""

    parts: tuple[Part, ...]
    source: str
    scope: ListScope
    enrolment: Enrolment
    prune: bool = False
    sure: bool = False  # prune however many there are
    listener: Listener = field(default_factory=Listener)


def import_list(database: Database, order: Order, now: datetime) -> Imported:
    """Add and update what the list has; it never raises a status.

    Killed in the middle, it is simply run again: what was brought in is found as it is. A part that
    cannot be read stops no other, but is told, and then nobody is pruned.
    """
    taken = Taken()
    reports: list[PartReport] = []
    faults: list[str] = []
    before = 0
    with database.much():
        for part in order.parts:
            try:
                reports.append(_part(database, part, order, taken, now, before))
            except NewsletterError as fault:
                faults.append(str(fault))
            before += part.size
    imported = Imported(parts=tuple(reports), faults=tuple(faults))
    if not order.prune:
        return imported
    pruned = _prune(database, order, taken, imported, now)
    return Imported(parts=imported.parts, faults=imported.faults, pruned=pruned)


def _part(
    database: Database, part: Part, order: Order, taken: Taken, now: datetime, before: int
) -> PartReport:
    tally = Tally()
    listener = order.listener
    with reading(part) as found:
        listener.begun(part, found)
        taken.begin(part.name)
        course = Course(
            scope=order.scope,
            enrolment=order.enrolment,
            taken=taken,
            source=order.source,
            now=now,
        )
        for batch in bring_in(database, found, course):
            tally.add(batch)
            listener.refused(batch.faults)
            listener.progress(before + found.position())
    return PartReport(
        name=part.name,
        encoding=found.encoding,
        format=found.format,
        rows=tally.rows,
        refused=tally.refused,
        synced=tally.synced,
        faults=tuple(tally.faults),
        notes=found.notes,
    )


def _prune(
    database: Database, order: Order, taken: Taken, imported: Imported, now: datetime
) -> Pruned:
    """Remove who is in the store from lists, in the digests and the language of this one, and does
    not stand in it."""
    missing: dict[str, array[int]] = {}
    of = 0
    for digest in _digests(order):
        missing[digest], there = _missing(database, digest, str(order.scope.language), taken)
        of += there
    count = sum(map(len, missing.values()))
    held = _why_not(order, imported, count, of)
    if held is None:
        for digest, numbers in missing.items():
            for start in range(0, len(numbers), _PAGE):
                with database.begin() as tx:
                    page = numbers[start : start + _PAGE]
                    unlisted.remove(tx, page, digest, order.source, now)
    return Pruned(count=count, of=of, held=held)


def _digests(order: Order) -> list[str]:
    scope = order.scope
    return [
        digest.name
        for digest in order.enrolment.digests
        if scope.digest in (None, digest.name) and scope.language in digest.languages
    ]


def _missing(
    database: Database, digest: str, language: str, taken: Taken
) -> tuple["array[int]", int]:
    missing: array[int] = array("q")
    of = last = 0
    while True:
        with database.read() as tx:
            page = unlisted.from_lists(tx, digest, language, after=last, many=_PAGE)
        if not page:
            return missing, of
        of, last = of + len(page), page[-1][0]
        missing.extend(number for number, key in page if (key, digest) not in taken)


def _why_not(order: Order, imported: Imported, count: int, of: int) -> str | None:
    if imported.faults:
        return "not all of the list could be read"
    if order.sure or not count:
        return None
    if broken := sum(part.refused for part in imported.parts):
        return (
            f"{broken:,} rows were not taken, and who stands in them would be removed; mend them "
            "first, or say --yes"
        )
    if count > _MUCH * of:
        return f"that would be {count:,} of {of:,}, more than {_MUCH:.0%}; say --yes if you mean it"
    return None
