"""Lines of CSV → records, one at a time, however long the file is and whatever is broken in it."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

_LONGEST_LINE = 100_000  # characters; a reader's row has a hundred, with all attributes a thousand
_MOST_LINES = 100  # of one record: how much is read again after a quote that nobody closed
_BROKEN = "a quote is not closed, or closed in the middle of a cell"
_TOO_LONG = f"the line has more than {_LONGEST_LINE:,} characters"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are kept apart. `escape` stands before a quote inside a quoted cell, for those who
    do not double it."""

    delimiter: str = ","
    escape: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """The cells that begin in a line; `broken` says why they cannot be told, and then they are the
    line as it stands."""

    line: int
    cells: list[str]
    broken: str | None = None


class _Open(Exception):
    """A record goes on for too long: its quote was never meant to be closed."""


class Lines:
    """The lines of a file with their numbers. What was read too early can be put back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._back: deque[str] = deque()
        self.number = 0  # of the line that was given last

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._file.readline(_LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        self.number += 1
        return line

    def put_back(self, lines: list[str]) -> None:
        self._back.extendleft(reversed(lines))
        self.number -= len(lines)

    def skip_rest(self) -> None:
        """Of a line that is longer than anybody's."""
        while (rest := self._file.readline(_LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
            pass


def records(lines: Lines, dialect: Dialect) -> Iterator[Record]:
    """Each record that is not empty.

    After one whose quotes do not match reading goes on in the very next line: an open quote costs
    one reader, not the rest of the list.
    """
    taken: list[str] = []
    while True:
        reader = csv.reader(
            _fed(lines, taken),
            delimiter=dialect.delimiter,
            escapechar=dialect.escape,
            strict=True,
        )
        try:
            for cells in reader:
                if any(cells) and any(map(str.strip, cells)):
                    yield Record(lines.number - len(taken) + 1, cells)
                taken.clear()
            return
        except (csv.Error, _Open):
            yield _broken(lines, taken)
            taken.clear()


def _fed(lines: Lines, taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        if len(taken) > _MOST_LINES or len(line) > _LONGEST_LINE:
            raise _Open
        yield line


def _broken(lines: Lines, taken: list[str]) -> Record:
    lines.put_back(taken[1:])
    line = taken[0]
    if len(line) > _LONGEST_LINE:
        lines.skip_rest()
        return Record(lines.number, [line[:1000]], _TOO_LONG)
    return Record(lines.number, [line.rstrip("\r\n")], _BROKEN)
