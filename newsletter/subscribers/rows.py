"""The cells of one record → what a list says of one reader, or what is wrong with them."""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from newsletter.lib.text import one_line
from newsletter.model.subscriber import (
    OF_THE_ADDRESS,
    Cadence,
    ListRow,
    RowFault,
    SubscriptionStatus,
)
from newsletter.subscribers.address import NotAnAddress, normalise
from newsletter.subscribers.formats import ANY, COUNTRY, FIRST_NAME, JSON, LAST_NAME, TAGS
from newsletter.subscribers.records import Record
from newsletter.subscribers.spreadsheet import as_meant
from newsletter.subscribers.zones import zone_named, zone_of_country

LONGEST_VALUE = 500  # characters; with more it could not be looked for (lib/text.py, indexable)
LONGEST_TAG = 100
_MOST_ATTRIBUTES = 50

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # the shape of BCP 47
_OF_GO = re.compile(r"(\S+ \S+) ([+-]\d{4}) \S+")  # "2024-03-14 09:14:00 +0000 UTC": listmonk's
_NO_NAME = re.compile(r"[^\w.]+")

# What a status may be lowered to by one that stands beside it: the last here counts.
_DOWNWARDS = (
    SubscriptionStatus.ACTIVE,
    SubscriptionStatus.PENDING,
    SubscriptionStatus.PAUSED,
    SubscriptionStatus.UNSUBSCRIBED,
    SubscriptionStatus.BOUNCED,
    SubscriptionStatus.COMPLAINED,
)
_RANKS = {status: rank for rank, status in enumerate(_DOWNWARDS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where in the records of a list what stands: `ours` by the names of formats.py.

    `status` is everybody's who has no lower one; None: nobody is to be taken. `source` names the
    program whose export it is: there a cell that cannot be read is of no use and nothing more,
    where in a list of our own it is a fault.
    """

    count: int
    ours: Mapping[str, tuple[int, ...]]
    statuses: tuple[tuple[int, Mapping[str, SubscriptionStatus]], ...] = ()
    attributes: tuple[tuple[int, str], ...] = ()
    tag_prefixes: Mapping[int, str] = field(default_factory=dict)
    status: SubscriptionStatus | None = SubscriptionStatus.ACTIVE
    source: str | None = None


class _Broken(Exception):
    """Why one row cannot be taken."""


def rows_of(records: Iterable[Record], columns: Columns) -> Iterator[ListRow | RowFault]:
    """What each record says of a reader, or why it cannot be taken."""
    single = tuple((what, parse) for what, parse in _READ.items() if what in columns.ours)
    joins = bool(columns.ours.keys() & _JOINED or columns.attributes)
    for record in records:
        try:
            yield _row(record, columns, single, joins)
        except _Broken as broken:
            yield RowFault(record.line, str(broken), tuple(record.cells))


def lower(one: SubscriptionStatus, other: SubscriptionStatus) -> SubscriptionStatus:
    """Of two statuses the one that gets less."""
    return max(one, other, key=_RANKS.__getitem__)


def attribute_name(text: str) -> str:
    """A column's name as segments can write it: "Favourite colour" is favourite_colour."""
    return _NO_NAME.sub("_", text.strip().lower()).strip("_.")[:LONGEST_TAG]


def tags_in(cell: str) -> tuple[str, ...]:
    """The tags in a cell, between commas or semicolons; in quotes where they have such in them."""
    if '"' in cell:
        found = next(csv.reader([cell], skipinitialspace=True), [])
    else:
        found = re.split("[,;]", cell)
    return tuple(dict.fromkeys(tag for each in found if (tag := each.strip()[:LONGEST_TAG])))


def tags_cell(tags: Iterable[str]) -> str:
    """What `tags_in` reads."""
    return ",".join(_quoted(tag) if set(tag) & set('",;') else tag for tag in tags)


def clean(cell: str) -> str:
    """The cell on one line, as it was meant before it was made safe for spreadsheets."""
    if cell.startswith("'"):
        cell = as_meant(cell)
    if cell.isascii() and cell.isprintable() and "  " not in cell:
        return cell.strip()
    return one_line(cell)


def _quoted(tag: str) -> str:
    return '"' + tag.replace('"', '""') + '"'


def _row(
    record: Record,
    columns: Columns,
    single: Iterable[tuple[str, Callable[[str], object]]],
    joins: bool,
) -> ListRow:
    cells = record.cells
    if record.broken:
        raise _Broken(record.broken)
    if len(cells) > columns.count and any(cell.strip() for cell in cells[columns.count :]):
        raise _Broken(f"{len(cells)} cells where the first line has {columns.count}")
    email = _email(_first(cells, columns, "email", str))
    if columns.status is None:
        raise _Broken(f"{email} never asked for mail: the file has those who did not subscribe")
    status = _status(cells, columns)
    values: dict[str, Any] = {}
    for what, parse in single:
        if text := _first(cells, columns, what):
            _add(values, what, parse, text, lenient=columns.source is not None)
    if columns.source is not None:
        values.setdefault("consent_source", columns.source)
    # In a list of our own a status is that of the digest which the row names.
    whole = columns.source is not None or (status in OF_THE_ADDRESS and "digest" not in values)
    if joins:
        values |= _joined(cells, columns, values)
    return ListRow(line=record.line, email=email, status=status, whole=whole, cells=cells, **values)


def _first(
    cells: Sequence[str], columns: Columns, what: str, read: Callable[[str], str] = clean
) -> str:
    """The first cell for this that is not empty. Shorter rows are usual: many programs leave empty
    cells at the end out."""
    for place in columns.ours.get(what, ()):
        if place < len(cells) and (found := read(cells[place])):
            return found
    return ""


def _add(
    values: dict[str, Any], what: str, parse: Callable[[str], object], text: str, *, lenient: bool
) -> None:
    try:
        values[what] = parse(text)
    except _Broken:
        if not lenient:
            raise


def _email(text: str) -> str:
    address = normalise(as_meant(text))  # not cleaned: what is odd in it shall be told
    if isinstance(address, NotAnAddress):
        raise _Broken(address.reason)
    return address


def _status(cells: Sequence[str], columns: Columns) -> SubscriptionStatus:
    status = columns.status or SubscriptionStatus.ACTIVE
    for place, words in columns.statuses:
        word = clean(cells[place]).lower() if place < len(cells) else ""
        if not word:
            continue
        found = words.get(word) or words.get(ANY)
        if found is None:
            raise _Broken(f"status {word!r} is not one of: {', '.join(words)}")
        status = lower(status, found)
    return status


def _language(code: str) -> str:
    if not _LANGUAGE.fullmatch(code):
        raise _Broken(f'language {code!r} is not a code such as "en" or "pt-BR"')
    base, *subtags = code.split("-")
    return "-".join((base.lower(), *map(_cased, subtags)))


def _cased(subtag: str) -> str:
    """BCP 47's spelling: BR for regions, Hant for scripts."""
    return subtag.upper() if len(subtag) == 2 else subtag.title()


def _languages(text: str) -> tuple[str, ...]:
    return tuple(map(_language, re.split(r"[,;\s]+", text)))


def _cadence(text: str) -> Cadence:
    try:
        return Cadence(text.lower())
    except ValueError:
        raise _Broken(f"cadence {text!r} is not one of: {', '.join(Cadence)}") from None


def _time(what: str, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(_OF_GO.sub(r"\1\2", text))
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise _Broken(
            f"{what} {text!r} is not a date such as 2026-11-22 or 2026-11-22T07:00:00Z"
        ) from None


def _zone(text: str) -> str:
    zone = zone_named(text)
    if zone is None:
        raise _Broken(f"timezone {text!r} is not a name such as Europe/Madrid")
    return zone


# What is read of one cell, by the columns' names, which are those of a ListRow.
_READ: Mapping[str, Callable[[str], object]] = {
    "name": str,
    "language": _language,
    "digest": str,
    "consent_source": str,
    "consent_at": partial(_time, "consent_at"),
    "cadence": _cadence,
    "paused_until": partial(_time, "paused_until"),
    "further_languages": _languages,
    "timezone": _zone,
}
# And what is put together from several.
_JOINED = frozenset({FIRST_NAME, LAST_NAME, COUNTRY, TAGS, JSON})


def _joined(
    cells: Sequence[str], columns: Columns, values: Mapping[str, object]
) -> dict[str, object]:
    parts = (_first(cells, columns, FIRST_NAME), _first(cells, columns, LAST_NAME))
    attributes = dict(_attributes(cells, columns))
    tags = [*_tags(cells, columns)]
    if document := _first(cells, columns, JSON):
        tags += _unfolded(document, attributes)
    return {
        "name": values.get("name") or " ".join(filter(None, parts)) or None,
        "timezone": values.get("timezone") or zone_of_country(_first(cells, columns, COUNTRY)),
        "tags": tuple(dict.fromkeys(tags)),
        "attributes": tuple(sorted(attributes.items())[:_MOST_ATTRIBUTES]),
    }


def _tags(cells: Sequence[str], columns: Columns) -> Iterator[str]:
    for place in columns.ours.get(TAGS, ()):
        if place < len(cells):
            prefix = columns.tag_prefixes.get(place, "")
            yield from (prefix + tag for tag in tags_in(clean(cells[place])))


def _attributes(cells: Sequence[str], columns: Columns) -> Iterator[tuple[str, str]]:
    for place, name in columns.attributes:
        if place < len(cells) and (value := clean(cells[place])[:LONGEST_VALUE].strip()):
            yield name, value


def _unfolded(document: str, attributes: dict[str, str]) -> tuple[str, ...]:
    """Put what a JSON object holds into the attributes; its list "tags" is given back."""
    try:
        values = json.loads(document)
    except (ValueError, RecursionError):
        values = None
    tags: tuple[str, ...] = ()
    for key, value in values.items() if isinstance(values, dict) else ():
        if key == "tags" and isinstance(value, list):
            tags = tuple(tag for each in value if (tag := clean(str(each))[:LONGEST_TAG]))
        elif (name := attribute_name(key)) and (text := _plain(value)):
            attributes.setdefault(name, text)
    return tags


def _plain(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            text = value
        case _:
            text = json.dumps(value, ensure_ascii=False)
    return clean(text)[:LONGEST_VALUE].strip()
