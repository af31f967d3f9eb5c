"""Where something is written: in a layout's templates, or in the file that was given.

A check leaves a regular expression in the `place` of its finding; only for those findings that are
told it is looked up.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from newsletter.model.finding import Finding

MOST = 3  # places that a finding names
_MAX_TEXT = 2_000_000  # characters of a file that are searched
_ELSE = "\0"  # no source holds one


def either(*patterns: str) -> str:
    """The first of the patterns that is found anywhere."""
    return _ELSE.join(patterns)


def literal(address: str) -> str:
    """A pattern for an address as it is written in HTML, where "&" may be "&amp;"."""
    return re.escape(address.strip()[:200]).replace("&", "&(amp;)?")


def located(finding: Finding, sources: Mapping[str, str]) -> Finding:
    """The finding with the lines of the sources (texts by name) that it is about, at most three:
    "digest/layout.mjml.j2:12, _parts/inline.css.j2:4"; without a place where there is none."""
    if not finding.place:
        return replace(finding, place=None)
    patterns = (re.compile(each, re.IGNORECASE) for each in finding.place.split(_ELSE))
    lines = (", ".join(islice(_places(each, sources), MOST)) for each in patterns)
    return replace(finding, place=next(filter(None, lines), None))


def _places(pattern: re.Pattern[str], sources: Mapping[str, str]) -> Iterator[str]:
    for name, text in sources.items():
        found = islice(pattern.finditer(text[:_MAX_TEXT]), MOST * 4)
        lines = (bisect_right(_line_starts(text), match.start()) for match in found)
        yield from (f"{name}:{line}" for line in dict.fromkeys(lines))


@lru_cache(maxsize=64)
def _line_starts(text: str) -> tuple[int, ...]:
    return (0, *(found.end() for found in re.finditer("\n", text)))
