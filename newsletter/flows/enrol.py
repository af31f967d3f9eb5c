"""Enrol: bring the subscriber lists into the store."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO, FileIO

from newsletter.editions.story import speaks
from newsletter.lib.errors import NewsletterError
from newsletter.model.specs import Digest
from newsletter.model.subscriber import ListRow, RowFault
from newsletter.store import house, subscribers
from newsletter.store.database import Database
from newsletter.store.subscribers import Listed, Synced
from newsletter.subscribers.address import key
from newsletter.subscribers.lists import ListScope, list_scope, read_list

_Place = tuple[str, str]  # whose, and of which digest
_PIECE = 65_536  # bytes: a list that has not changed is never in memory as a whole


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list as it lies somewhere: `open` begins to read it, again and again."""

    name: str
    open: Callable[[], FileIO | BytesIO]

    @property
    def content(self) -> bytes:
        with self.open() as file:
            return file.read()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReport:
    """What became of one file. `fault` is set when nothing of it could be read; `unchanged` when
    it is byte for byte what was brought in before."""

    name: str
    rows: int = 0
    synced: Synced = field(default_factory=Synced)
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


def enrol(
    database: Database, files: Sequence[ListFile], enrolment: Enrolment, now: datetime
) -> list[ListReport]:
    """Sync the lists, each in a transaction of its own; one that cannot be read stops no other.

    Who stands in several lists of one digest reads the language of the first. That can only be
    told from all lists together, so they are read when any of them has changed.
    """
    marks = {_fact(file): _mark(file, enrolment) for file in files}
    with database.read() as tx:
        unchanged = all(house.fact(tx, fact) == mark for fact, mark in marks.items())
    if unchanged:
        return [ListReport(name=file.name, unchanged=True) for file in files]
    taken: dict[_Place, str] = {}
    return [_enrol_file(database, file, enrolment, taken, now) for file in files]


def _enrol_file(
    database: Database,
    file: ListFile,
    enrolment: Enrolment,
    taken: dict[_Place, str],
    now: datetime,
) -> ListReport:
    try:
        scope = list_scope(
            file.name,
            languages=enrolment.languages,
            digests=tuple(digest.name for digest in enrolment.digests),
        )
        found = read_list(file.content, name=file.name)
    except NewsletterError as fault:
        return ListReport(name=file.name, fault=str(fault))
    listed, refused = _listed(found.rows, scope, enrolment, taken, file.name)
    with database.begin() as tx:
        synced = subscribers.sync(
            tx,
            listed,
            address_hash=enrolment.address_hash,
            new_token=enrolment.new_token,
            now=now,
        )
        house.set_fact(tx, _fact(file), _mark(file, enrolment))
    return ListReport(
        name=file.name,
        rows=len(found.rows),
        synced=synced,
        faults=tuple(sorted((*found.faults, *refused), key=lambda fault: fault.line)),
        encoding=found.encoding,
    )


def _fact(file: ListFile) -> str:
    return f"list:{file.name}"


def _mark(file: ListFile, enrolment: Enrolment) -> str:
    """Changes with the file, and with the digests that its readers are enrolled for."""
    names = ",".join(f"{d.name}:{'/'.join(d.languages)}" for d in enrolment.digests)
    mark = hashlib.sha256(names.encode() + b"\0")
    with file.open() as content:
        while piece := content.read(_PIECE):
            mark.update(piece)
    return mark.hexdigest()


def _listed(
    rows: Iterable[ListRow],
    scope: ListScope,
    enrolment: Enrolment,
    taken: dict[_Place, str],
    name: str,
) -> tuple[list[Listed], list[RowFault]]:
    listed: list[Listed] = []
    refused: list[RowFault] = []
    for row in rows:
        wanted = list(_digests(row, scope, enrolment))
        if not wanted:
            refused.append(RowFault(row.line, _nothing_for(row, scope)))
        for digest, language in wanted:
            first = taken.setdefault((key(row.email), digest), name)
            if first == name:
                listed.append(_one(row, digest, language))
            else:
                refused.append(RowFault(row.line, f"is in {first} already, for {digest}"))
    return listed, refused


def _digests(row: ListRow, scope: ListScope, enrolment: Enrolment) -> Iterator[tuple[str, str]]:
    """The digests that a row asks for: its own, else its file's, else all; each with the language
    of its editions that the row's stands for (es for a reader of es-MX)."""
    name = row.digest or scope.digest
    wanted = row.language or scope.language
    for digest in enrolment.digests:
        spoken = next((each for each in digest.languages if speaks(wanted, each)), None)
        if name in (None, digest.name) and spoken:
            yield digest.name, wanted if wanted in digest.languages else spoken


def _nothing_for(row: ListRow, scope: ListScope) -> str:
    return (
        f"there is no digest {row.digest or scope.digest or ''!r} "
        f"in the language {row.language or scope.language!r}"
    )


def _one(row: ListRow, digest: str, language: str) -> Listed:
    return Listed(
        email=row.email,
        key=key(row.email),
        name=row.name,
        language=language,
        digest=digest,
        status=row.status,
        consent_source=row.consent_source,
        consent_at=row.consent_at,
    )
