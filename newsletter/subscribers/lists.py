"""Subscriber lists: a CSV file as somebody's program wrote it → rows, and what was wrong."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from newsletter.lib.errors import NewsletterError
from newsletter.lib.text import one_line
from newsletter.model.subscriber import ListRow, RowFault, SubscriberList, SubscriptionStatus
from newsletter.subscribers.address import NotAnAddress, key, normalise

COLUMNS = ("email", "name", "language", "digest", "status", "consent_source", "consent_at")

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DELIMITERS = (",", ";", "\t")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # the shape of BCP 47


class ListFault(NewsletterError):
    """A list that cannot be read as a whole."""


@dataclass(frozen=True, slots=True)
class ListScope:
    """What the name of a list says of everybody in it; `digest` None: all of them."""

    language: str
    digest: str | None = None


class _Broken(Exception):
    """Why one row cannot be taken."""


def read_list(content: bytes, *, name: str) -> SubscriberList:
    """The rows of a list, each either taken or named with its line and what is wrong.

    Comma, semicolon or tab; UTF-8, UTF-16 or the Western Windows encoding, told in `encoding`.
    `name` is the file's, for the message of a ListFault (no header, no column "email").
    """
    text, encoding = _decoded(content, name)
    lines = _LINE.findall(text)
    records = _records(lines, _delimiter(lines))
    header = _header(next((cells for _, cells in records if isinstance(cells, list)), []), name)
    rows: list[ListRow] = []
    faults = _unknown_columns(header)
    for line, cells in records:
        try:
            rows.append(_row(line, header, cells))
        except _Broken as broken:
            faults.append(RowFault(line, str(broken)))
    unique, doubled = _told_apart(rows)
    ordered = sorted((*faults, *doubled), key=lambda fault: fault.line)
    return SubscriberList(tuple(unique), tuple(ordered), encoding)


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


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    encoding = _encoding(content)
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError as error:
        raise ListFault(
            f"{name} cannot be read as {encoding} (byte {error.start}); save it as UTF-8"
        ) from None


def _encoding(content: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return encoding
    if b"\0" in content[:2]:  # a header begins with ASCII: UTF-16 without its mark
        return "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
    # cp1252 leaves five bytes undefined, Latin-1 none.
    return next(name for name in ("utf-8", "cp1252", "latin-1") if _fits(content, name))


def _fits(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(lines: Sequence[str]) -> str:
    header = next((line for line in lines if line.strip()), "")
    return max(_DELIMITERS, key=header.count)


def _records(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Each record with the line it begins in; None for one whose quotes do not match.

    After such a one reading goes on in the very next line: an open quote costs one reader, not
    the rest of the list.
    """
    start = 0
    while start < len(lines):
        rest = map(lines.__getitem__, range(start, len(lines)))
        reader = csv.reader(rest, delimiter=delimiter, strict=True)
        begun = start
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield begun + 1, cells
                begun = start + reader.line_num
        except csv.Error:
            yield begun + 1, None
            begun += 1
        start = begun


def _header(cells: Sequence[str], name: str) -> tuple[str, ...]:
    header = tuple(cell.strip().lower() for cell in cells)
    if "email" in header:
        return header
    if not header:
        raise ListFault(f"{name} is empty; its first line must name the columns: email,name")
    found = ", ".join(cell.strip()[:40] for cell in cells)
    way_out = (
        "put a line above it that names the columns, such as: email,name"
        if any("@" in cell for cell in cells)
        else 'call the column with the addresses "email"'
    )
    raise ListFault(f'{name} has no column "email"; its first line is: {found}; {way_out}')


def _unknown_columns(header: Sequence[str]) -> list[RowFault]:
    """A misspelt "status" must not pass unnoticed."""
    unknown = ", ".join(repr(cell) for cell in header if cell and cell not in COLUMNS)
    return [RowFault(1, f"columns that are not read: {unknown}")] if unknown else []


def _row(line: int, header: Sequence[str], cells: Sequence[str] | None) -> ListRow:
    if cells is None:
        raise _Broken("a quote is not closed, or closed in the middle of a cell")
    if any(cell.strip() for cell in cells[len(header) :]):
        raise _Broken(f"{len(cells)} cells where the first line has {len(header)}")
    # Shorter rows are usual: many programs leave empty cells at the end out.
    raw = dict(zip(header, cells, strict=False))
    email = _email(raw.pop("email", ""))
    values = {column: one_line(cell) for column, cell in raw.items()}
    return ListRow(
        line=line,
        email=email,
        name=values.get("name") or None,
        language=_language(values),
        digest=values.get("digest") or None,
        status=_status(values),
        consent_source=values.get("consent_source") or None,
        consent_at=_consent_at(values),
    )


def _email(text: str) -> str:
    address = normalise(text)
    if isinstance(address, NotAnAddress):
        raise _Broken(address.reason)
    return address


def _language(values: Mapping[str, str]) -> str | None:
    code = values.get("language")
    if not code:
        return None
    if not _LANGUAGE.fullmatch(code):
        raise _Broken(f'language {code!r} is not a code such as "en" or "pt-BR"')
    base, *subtags = code.split("-")
    return "-".join((base.lower(), *map(_cased, subtags)))


def _cased(subtag: str) -> str:
    """BCP 47's spelling: BR for regions, Hant for scripts."""
    return subtag.upper() if len(subtag) == 2 else subtag.title()


def _status(values: Mapping[str, str]) -> SubscriptionStatus:
    status = values.get("status") or SubscriptionStatus.ACTIVE
    try:
        return SubscriptionStatus(status.lower())
    except ValueError:
        known = ", ".join(SubscriptionStatus)
        raise _Broken(f"status {status!r} is not one of: {known}") from None


def _consent_at(values: Mapping[str, str]) -> datetime | None:
    text = values.get("consent_at")
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise _Broken(
            f"consent_at {text!r} is not a date such as 2026-11-22 or 2026-11-22T07:00:00Z"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _told_apart(rows: Sequence[ListRow]) -> tuple[list[ListRow], list[RowFault]]:
    """One row a reader and digest: the first, unless a later one says that they left."""
    kept: dict[tuple[str, str | None], ListRow] = {}
    faults = []
    for row in rows:
        first = kept.setdefault((key(row.email), row.digest), row)
        if first is row:
            continue
        faults.append(RowFault(row.line, f"{row.email} stands in line {first.line} already"))
        if first.status is SubscriptionStatus.ACTIVE:
            kept[key(row.email), row.digest] = replace(first, status=row.status)
    return list(kept.values()), faults
