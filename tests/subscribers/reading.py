"""A list read from its bytes, whole: for tests that look at all of it."""

from dataclasses import dataclass
from functools import partial
from io import BytesIO

from newsletter.model.subscriber import ListRow, RowFault
from newsletter.subscribers.archive import parts_of
from newsletter.subscribers.lists import reading


@dataclass(frozen=True, slots=True)
class SubscriberList:
    """Every row is in one of the two."""

    rows: tuple[ListRow, ...]
    faults: tuple[RowFault, ...]
    encoding: str
    format: str | None


def read_list(content: bytes, *, name: str) -> SubscriberList:
    """All parts of a list one after another."""
    rows: list[ListRow] = []
    faults: list[RowFault] = []
    for part in parts_of(name, partial(BytesIO, content)):
        with reading(part) as found:
            faults += found.notes
            for row in found.rows:
                if isinstance(row, ListRow):
                    rows.append(row)
                else:
                    faults.append(row)
    return SubscriberList(tuple(rows), tuple(faults), found.encoding, found.format)
