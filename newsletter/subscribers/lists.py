"""Subscriber lists: a CSV file as somebody's program wrote it → rows, and what was wrong."""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

from newsletter.model.subscriber import ListRow, RowFault, SubscriptionStatus
from newsletter.subscribers.archive import Part
from newsletter.subscribers.encoding import encoding_of
from newsletter.subscribers.faults import ListFault
from newsletter.subscribers.formats import FORMATS, TAGS, Format
from newsletter.subscribers.records import Dialect, Lines, records
from newsletter.subscribers.rows import Columns, attribute_name, rows_of

COLUMNS = (
    "email", "name", "language", "digest", "status", "consent_source", "consent_at", "cadence",
    "paused_until", "further_languages", "timezone", TAGS,
)  # fmt: skip
ATTRIBUTE = "attribute."  # in front of the name of one of a project's own

_DELIMITERS = (",", ";", "\t")
_HINT = re.compile(r"sep=([,;\t])\s*", re.IGNORECASE)  # what Excel reads and may write first
# What an import writes in front of the rows that it did not take: they can be mended and read.
_OF_REJECTS = frozenset({"line", "reason"})
_NO_LETTER = re.compile(r"[^\w.]+")
_OWN_STATUSES = {status.value: status for status in SubscriptionStatus}


@dataclass(frozen=True, slots=True)
class ListScope:
    """What is said of everybody in a list, by its name or by whoever hands it in; `digest` None:
    all of them."""

    language: str | None
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A list that is being read. `format` is None for our own; `notes` say what of it is not read;
    `position` tells how many bytes of it are behind. One that `repeats` has some readers more than
    once, as it has to."""

    encoding: str
    format: str | None
    header: tuple[str, ...]
    rows: Iterator[ListRow | RowFault]
    position: Callable[[], int]
    notes: tuple[RowFault, ...] = ()
    repeats: bool = False


@contextmanager
def reading(part: Part) -> Iterator[Reading]:
    """Read a list from its beginning to its end, a row at a time, each taken or named with its line
    and what is wrong.

    Comma, semicolon or tab; UTF-8, UTF-16 or the Western Windows encoding, told in `encoding`; our
    own columns or another program's export. ListFault: no header, no column with addresses.
    """
    with part.open() as file:
        encoding = encoding_of(file, part.name)
    with part.open() as file, io.TextIOWrapper(file, encoding, newline="") as text:
        lines = Lines(text)
        dialect = _dialect(lines)
        header, found = _header(lines, dialect, part.name)
        kind = _format(header)
        if kind and kind.escape:
            dialect = Dialect(dialect.delimiter, kind.escape)
        columns = _foreign(header, kind, part) if kind else _own(header, part)
        if "email" not in columns.ours:
            _raise_no_email(found, part.name)
        yield Reading(
            encoding=encoding,
            format=kind.name if kind else None,
            header=tuple(found),
            rows=rows_of(records(lines, dialect), columns),
            position=file.tell,
            notes=() if kind else _unread(header),
            repeats=kind.repeats if kind else False,
        )


def list_scope(filename: str, *, languages: Sequence[str], digests: Sequence[str]) -> ListScope:
    """What `LANGUAGE.csv` or `DIGEST.LANGUAGE.csv` says; ListFault when it names neither."""
    stem = filename.removesuffix(".csv")
    digest, dot, language = stem.rpartition(".")
    known = {code.lower(): code for code in languages}
    if language.lower() not in known:
        raise ListFault(
            f"{filename}: {language!r} is not a language of this project"
            f" ({', '.join(languages)}); lists are called LANGUAGE.csv or DIGEST.LANGUAGE.csv"
        )
    if dot and digest not in digests:
        raise ListFault(f"{filename}: there is no digest {digest!r} ({', '.join(digests)})")
    return ListScope(known[language.lower()], digest or None)


def _dialect(lines: Lines) -> Dialect:
    for line in lines:
        if hint := _HINT.fullmatch(line):
            return Dialect(hint[1])
        if line.strip():
            lines.put_back([line])
            return Dialect(max(_DELIMITERS, key=line.count))
    return Dialect()


def _header(lines: Lines, dialect: Dialect, name: str) -> tuple[tuple[str, ...], list[str]]:
    """The first record that can be read: its cells in the form that names of columns are compared
    in, and as they are."""
    first = next((each for each in records(lines, dialect) if not each.broken), None)
    if first is None:
        raise ListFault(f"{name} is empty; its first line must name the columns: email,name")
    return tuple(_NO_LETTER.sub("_", cell.strip().lower()) for cell in first.cells), first.cells


def _format(header: Sequence[str]) -> Format | None:
    there = frozenset(header)
    return next((each for each in FORMATS if any(mark <= there for mark in each.marks)), None)


def _own(header: Sequence[str], part: Part) -> Columns:
    return Columns(
        count=len(header),
        ours={
            name: (place,)
            for place, name in reversed([*enumerate(header)])
            if name in COLUMNS and name != "status"
        },
        statuses=tuple((at, _OWN_STATUSES) for at, name in enumerate(header) if name == "status"),
        attributes=tuple(
            (place, attribute_name(name.removeprefix(ATTRIBUTE)))
            for place, name in enumerate(header)
            if name.startswith(ATTRIBUTE)
        ),
        status=part.status,
    )


def _foreign(header: Sequence[str], kind: Format, part: Part) -> Columns:
    places = {name: place for place, name in reversed([*enumerate(header)])}
    ours: dict[str, tuple[int, ...]] = {}
    for name, meaning in kind.ours.items():
        if name in places:
            ours[meaning] = (*ours.get(meaning, ()), places[name])
    known = {*kind.ours, *kind.statuses, *kind.private, *_OF_REJECTS, ""}
    return Columns(
        count=len(header),
        ours=ours,
        statuses=tuple((places[n], words) for n, words in kind.statuses.items() if n in places),
        attributes=tuple(
            (place, attribute_name(name.removeprefix("custom_fields.")))
            for name, place in places.items()
            if name not in known
        ),
        tag_prefixes={places[n]: text for n, text in kind.tag_prefixes.items() if n in places},
        status=part.status,
        source=kind.name,
    )


def _raise_no_email(header: Sequence[str], name: str) -> NoReturn:
    found = ", ".join(cell.strip()[:40] for cell in header)
    way_out = (
        "put a line above it that names the columns, such as: email,name"
        if any("@" in cell for cell in header)
        else 'call the column with the addresses "email"'
    )
    raise ListFault(f'{name} has no column "email"; its first line is: {found}; {way_out}')


def _unread(header: Sequence[str]) -> tuple[RowFault, ...]:
    """A misspelt "status" must not pass unnoticed."""
    unknown = ", ".join(
        repr(cell)
        for cell in header
        if cell
        and cell not in COLUMNS
        and not cell.startswith(ATTRIBUTE)
        and cell not in _OF_REJECTS
    )
    return (RowFault(1, f"columns that are not read: {unknown}"),) if unknown else ()
