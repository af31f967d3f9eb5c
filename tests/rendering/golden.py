"""Letters as they are kept: made anew by `python -m tests.tools.golden_letters`."""

from difflib import unified_diff
from itertools import islice
from pathlib import Path

from tests.rendering.editions import DATA, full_letter

FOLDER = DATA / "golden"
_SHOWN = 30  # lines of a difference
_WIDTH = 200  # characters of its lines


def golden(layout: str, language: str) -> dict[Path, str]:
    """The files of a letter, and what is in them when nothing has changed."""
    letter = full_letter(layout, language)
    return {
        FOLDER / f"{layout}.{language}.html": in_lines(letter.html),
        FOLDER / f"{layout}.{language}.txt": letter.text,
    }


def in_lines(html: str) -> str:
    """One tag or rule a line, so that a difference can be read."""
    return html.replace("><", ">\n<").replace("}", "}\n").rstrip("\n") + "\n"


def difference(kept: str, made: str) -> str:
    """The first lines in which they differ; nothing when they are the same."""
    lines = unified_diff(kept.split("\n"), made.split("\n"), "kept", "made", lineterm="", n=1)
    return "\n".join(line[:_WIDTH] for line in islice(lines, _SHOWN))
