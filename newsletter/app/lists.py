"""Lists of subscribers: files that come in and go out."""

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import IO, TextIO

from newsletter.app.naming import new_name
from newsletter.editions.story import speaks
from newsletter.flows.enrol import Enrolment, ListFile, ListReport, enrol
from newsletter.flows.export_list import export_list
from newsletter.flows.import_list import Imported, Listener, Order, import_list
from newsletter.lib.errors import NewsletterError
from newsletter.lib.private import open_private
from newsletter.model.specs import Digest
from newsletter.model.subscriber import Entry, ListRow, RowFault
from newsletter.store import roll
from newsletter.store.database import Database
from newsletter.store.roll import Wanted
from newsletter.subscribers.address import key
from newsletter.subscribers.archive import Part, parts_of
from newsletter.subscribers.faults import ListFault
from newsletter.subscribers.lists import ListScope, Reading, list_scope, reading
from newsletter.subscribers.spreadsheet import as_text

_REJECTED = ".rejected.csv"
_BEGINNING = b"line,reason,"  # of every file of rows that were not taken


def lists_in(folder: Path) -> list[Path]:
    """The lists in a folder, without what an import wrote beside them for somebody to mend."""
    return sorted(path for path in folder.glob("*.csv") if not path.name.endswith(_REJECTED))


def opened(path: Path) -> IO[bytes]:
    return path.open("rb")


@dataclass(slots=True)
class Rejects:
    """The file of rows that were not taken: made when there is the first, and never left over from
    an import before."""

    path: Path
    count: int = 0
    _file: TextIO | None = field(default=None, repr=False)
    _header: tuple[str, ...] = ()

    def begin(self, header: Sequence[str]) -> None:
        """From now on rows come from a list with this header."""
        self._header = tuple(header)

    def add(self, faults: Sequence[RowFault]) -> None:
        for fault in faults:
            self._write([str(fault.line), fault.reason, *fault.cells])
        self.count += len(faults)

    def close(self) -> None:
        try:
            if self._file:
                self._file.close()
            else:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise self._fault(error) from None

    def _write(self, row: Sequence[str]) -> None:
        if self._file is None:
            self._file = _private(self.path)
        try:
            if self._header:
                csv.writer(self._file).writerow(["line", "reason", *self._header])
                self._header = ()
            csv.writer(self._file).writerow(map(as_text, row))
        except OSError as error:
            raise self._fault(error) from None

    def _fault(self, error: OSError) -> NewsletterError:
        return NewsletterError(
            f"{self.path}: cannot be written: {error.strerror}; --rejected names another place"
        )


def _check_place(rejects: Path, path: Path) -> None:
    """What is written over, or taken away when it is left over, is nothing but such a file."""
    if not rejects.is_file():
        return
    try:
        with rejects.open("rb") as file:
            ours = file.read(len(_BEGINNING)) in (_BEGINNING, b"")
        if ours and not rejects.samefile(path):
            return
    except OSError as error:
        raise NewsletterError(f"{rejects}: cannot be written: {error.strerror}") from None
    raise NewsletterError(
        f"{rejects} is no file of rows that an earlier import did not take, so it is left alone; "
        "--rejected names another"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What an open project can do with lists. Those in `folder` are its own."""

    database: Database
    folder: Path
    digests: tuple[Digest, ...]
    languages: tuple[str, ...]
    address_hash: Callable[[str], str]
    clock: Callable[[], datetime]

    @property
    def enrolment(self) -> Enrolment:
        return Enrolment(
            digests=self.digests,
            languages=self.languages,
            address_hash=self.address_hash,
            new_token=new_name,
        )

    def enrol(self) -> list[ListReport]:
        """Bring the project's own lists into the store."""
        files = [ListFile(path.name, partial(opened, path)) for path in lists_in(self.folder)]
        return enrol(self.database, files, self.enrolment, self.clock())

    def parts(self, path: Path) -> tuple[Part, ...]:
        """The files of rows in a file."""
        try:
            return parts_of(path.name, partial(opened, path), path.stat().st_size)
        except OSError as error:
            raise NewsletterError(f"{path}: cannot be read: {error.strerror}") from None

    def scope(self, path: Path, language: str | None, digest: str | None) -> ListScope:
        """Whom a file is about: as it is said, else as its name says, else in the only language."""
        try:
            names = tuple(each.name for each in self.digests)
            named = list_scope(path.name, languages=self.languages, digests=names)
        except ListFault:
            only = self.languages[0] if len(self.languages) == 1 else None
            named = ListScope(only)
        scope = ListScope(language or named.language, digest or named.digest)
        self._check(scope)
        return scope

    def import_file(
        self,
        path: Path,
        scope: ListScope,
        rejects: Path,
        *,
        prune: bool = False,
        sure: bool = False,
        progress: Callable[[int], None] = lambda done: None,
    ) -> Imported:
        """Bring in a list, and write down the rows that were not taken."""
        if prune and scope.language is None:
            raise NewsletterError(
                "--prune: of which language is the list? Name one (--language); who reads in "
                "another is left alone"
            )
        _check_place(rejects, path)
        told = Rejects(rejects)

        def begun(part: Part, found: Reading) -> None:
            told.begin(found.header)

        order = Order(
            parts=self.parts(path),
            source=path.name,
            scope=scope,
            enrolment=self.enrolment,
            prune=prune,
            sure=sure,
            listener=Listener(begun=begun, refused=told.add, progress=progress),
        )
        try:
            return import_list(self.database, order, self.clock())
        finally:
            told.close()

    def places_of(self, email: str) -> list[str]:
        """Where an address stands in the project's own lists: "subscribers/en.csv, line 3"."""
        return [
            f"{self.folder.name}/{path.name}, line {row.line}"
            for path in lists_in(self.folder)
            for part in self.parts(path)
            for row in _rows(part)
            if key(row.email) == key(email)
        ]

    def export(self, wanted: Wanted, path: Path | None) -> int:
        """Write a list into a file that nobody else can read, or to stdout; how many rows."""
        with _stdout() if path is None else _private(path) as file:
            writer = csv.writer(file)
            rows = export_list(self.database, wanted)
            writer.writerow(next(rows))
            return sum(1 for row in rows if writer.writerow(row))

    def roll(self, wanted: Wanted, sort: str, many: int) -> tuple[list[Entry], int]:
        """The first subscriptions, sorted, and how many there are."""
        with self.database.read() as tx:
            return roll.sorted_by(tx, sort, wanted, many=many), roll.count(tx, wanted)

    def _check(self, scope: ListScope) -> None:
        spoken = [
            lang for d in self.digests if scope.digest in (None, d.name) for lang in d.languages
        ]
        if not self.digests:
            raise NewsletterError("newsletter.toml has no [[digests]] yet for anybody to read")
        if not spoken:
            names = ", ".join(each.name for each in self.digests)
            raise NewsletterError(
                f"there is no digest {scope.digest or ''!r}; newsletter.toml has: {names}"
            )
        if scope.language and not any(speaks(scope.language, each) for each in spoken):
            raise NewsletterError(
                f"no digest of this list is in the language {scope.language!r}; there is: "
                f"{', '.join(dict.fromkeys(spoken))}"
            )


def _rows(part: Part) -> Iterator[ListRow]:
    """The rows of a list that could be taken; none where it cannot be read at all."""
    with suppress(ListFault), reading(part) as found:
        yield from (row for row in found.rows if isinstance(row, ListRow))


def _private(path: Path) -> TextIO:
    """A new file with readers' addresses: nobody else's to read."""
    try:
        return TextIOWrapper(open_private(path), encoding="utf-8", newline="")
    except OSError as error:
        raise NewsletterError(f"{path}: cannot be written: {error.strerror}") from None


@contextmanager
def _stdout() -> Iterator[TextIO]:
    """Standard output as UTF-8, with the line ends of CSV, whatever the terminal's are."""
    sys.stdout.flush()
    file = open(sys.stdout.fileno(), "w", encoding="utf-8", newline="", closefd=False)  # noqa: SIM115
    try:
        yield file
    finally:
        file.close()
