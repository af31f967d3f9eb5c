"""Tables that cut nothing: what is too wide for the terminal goes below its row."""

from collections.abc import Sequence
from datetime import datetime
from textwrap import wrap

from rich.cells import cell_len

_GAP = "  "
_INDENT = "    "


def lines(columns: Sequence[str], rows: Sequence[Sequence[object]], width: int | None) -> list[str]:
    """The lines of a table, its head first (none where all names are empty).

    Within `width` terminal cells if it can be done (None: as wide as it gets): where the rows are
    wider, their last column, the wordy one, stands below each, indented. No word is broken, so that
    addresses and paths can be copied.
    """
    texts = [list(columns), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(cell_len(row[i]) for row in texts) for i in range(len(columns))]
    right = [all(type(row[i]) is int for row in rows) for i in range(len(columns))]
    fits = width is None or sum(widths) + len(_GAP) * (len(widths) - 1) <= width
    made = [
        line
        for row in texts
        for line in (
            [_beside(row, widths, right)] if fits else _below(row, widths, right, width or 0)
        )
    ]
    return made if any(columns) else made[1:]


def _beside(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    cells = (_padded(*each) for each in zip(row, widths, right, strict=True))
    return _GAP.join(cells).rstrip()


def _below(
    row: Sequence[str], widths: Sequence[int], right: Sequence[bool], width: int
) -> list[str]:
    words = wrap(
        row[-1],
        max(width, 2 * len(_INDENT)),
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [_beside(row[:-1], widths[:-1], right[:-1]), *words]


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return f"{cell:%F %R} UTC"
        case _:
            # A title may hold anything; a row is a line.
            return " ".join(str(cell).split())
