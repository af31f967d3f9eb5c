"""Cells that a spreadsheet takes for text, whatever stands in them, and back again."""

import re

# What makes a cell a formula in Excel, LibreOffice or Google Sheets, behind any apostrophes: those
# that were there before have to come back, too.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_MARKED = re.compile(r"'+[=+\-@\t\r]")


def as_text(cell: str) -> str:
    """The cell with an apostrophe in front where it would be reckoned with."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def as_meant(cell: str) -> str:
    """What `as_text` was given."""
    return cell[1:] if cell.startswith("'") and _MARKED.match(cell) else cell
