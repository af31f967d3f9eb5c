"""Where something is written: in a layout's templates, or in the file that was given."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice

MOST = 3  # places that a finding names
_MAX_TEXT = 2_000_000  # characters of a file that are searched


def place_of(pattern: str, sources: Mapping[str, str]) -> str | None:
    """ "digest/layout.mjml.j2:12, _parts/inline.css.j2:4": the first lines, at most three, that a
    regular expression is found in; None when it is in none of the sources (texts by name)."""
    found = re.compile(pattern, re.IGNORECASE)
    return ", ".join(islice(_places(found, sources), MOST)) or None


def _places(pattern: re.Pattern[str], sources: Mapping[str, str]) -> Iterator[str]:
    for name, text in sources.items():
        seen = set()
        for match in islice(pattern.finditer(text[:_MAX_TEXT]), MOST * 4):
            line = bisect_right(_line_starts(text), match.start())
            if line not in seen:
                seen.add(line)
                yield f"{name}:{line}"


@lru_cache(maxsize=32)
def _line_starts(text: str) -> tuple[int, ...]:
    return (0, *(found.end() for found in re.finditer("\n", text)))
