"""The text part: tidy lines out of a layout of its own."""

import re

_GAPS = re.compile(r"\n{4,}")


def tidied_text(text: str) -> str:
    """Without blanks at line ends ("-- " stays: it announces a signature), without wide gaps."""
    lines = (line if line == "-- " else line.rstrip(" \t") for line in text.split("\n"))
    return _GAPS.sub("\n\n\n", "\n".join(lines)).strip("\n") + "\n"
