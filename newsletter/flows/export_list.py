"""Export: the roll as a list of our own, which `import` reads back."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from newsletter.model.subscriber import Entry
from newsletter.store import roll
from newsletter.store.database import Database
from newsletter.store.roll import BEGINNING, Wanted
from newsletter.subscribers.lists import ATTRIBUTE, COLUMNS
from newsletter.subscribers.rows import tags_cell
from newsletter.subscribers.spreadsheet import as_text

_PAGE = 5000


def export_list(database: Database, wanted: Wanted) -> Iterator[list[str]]:
    """Rows of cells that no spreadsheet reckons with, the first with the names of the columns. Each
    page is one look at the store: what changes meanwhile may be in it or not."""
    with database.read() as tx:
        names = roll.attribute_names(tx)
    yield [*COLUMNS, *(as_text(ATTRIBUTE + name) for name in names)]
    after = BEGINNING
    while True:
        with database.read() as tx:
            page = roll.page(tx, wanted, after=after, many=_PAGE)
        if not page:
            return
        after = page[-1].subscriber, page[-1].digest
        yield from (_cells(entry, names) for entry in page)


def _cells(entry: Entry, names: Sequence[str]) -> list[str]:
    attributes = dict(entry.attributes)
    return [
        *(as_text(write(entry)) for write in _CELLS.values()),
        *(as_text(attributes.get(name, "")) for name in names),
    ]


def _time(at: datetime | None) -> str:
    return at.isoformat() if at else ""


_CELLS: dict[str, Callable[[Entry], str]] = {
    "email": lambda entry: entry.email,
    "name": lambda entry: entry.name or "",
    "language": lambda entry: entry.language,
    "digest": lambda entry: entry.digest,
    "status": lambda entry: entry.status.value,
    "consent_source": lambda entry: entry.consent_source or "",
    "consent_at": lambda entry: _time(entry.consent_at),
    "cadence": lambda entry: entry.cadence.value,
    "paused_until": lambda entry: _time(entry.paused_until),
    "further_languages": lambda entry: ",".join(entry.further_languages),
    "timezone": lambda entry: entry.timezone or "",
    "tags": lambda entry: tags_cell(entry.tags),
}
assert tuple(_CELLS) == COLUMNS
