"""Text of others as one line of a letter."""

import re

from newsletter.lib.text import printable

# Line ends and tabs of all kinds, but not the no-break space: "38 %" stays together.
_BREAKS = re.compile("[ \t-\r\x1c-\x1f\u2028\u2029]+")
# C1 controls are what is left of cp1252 read as Latin-1. HTML reads them so (WHATWG 13.2.5.80).
_C1 = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}


def line(text: str | None) -> str | None:
    """The text on one line, without what cannot be printed; None when nothing is left."""
    return part_of_line(text or "").strip(" ") or None


def part_of_line(text: str) -> str:
    """The same for a piece out of the middle of a line: a blank at either end stays."""
    spaced = _BREAKS.sub(" ", text.translate(_C1))
    return _BREAKS.sub(" ", printable(spaced))
