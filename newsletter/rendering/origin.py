"""Where in a layout's templates a line of the filled document comes from."""

import re
from collections.abc import Iterator, Mapping

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_ENOUGH = 8  # characters in common; less could come from anywhere


def origin(filled: str, templates: Mapping[str, str]) -> str | None:
    """ "_parts/stories.mjml.j2, line 12": the line whose fixed parts all stand in the filled one,
    in their order; of several the one with the longest parts. None when none is like it."""
    scored = [
        (score, f"{name}, line {number}")
        for name, template in templates.items()
        for number, line in enumerate(template.splitlines(), 1)
        if (score := _common(line, filled)) >= _ENOUGH
    ]
    return max(scored)[1] if scored else None


def _common(template: str, filled: str) -> int:
    """How many characters of the template's line stand in the filled line; 0 if not all do."""
    place = total = 0
    for part in _fixed_parts(template):
        found = filled.find(part, place)
        if found < 0:
            return 0
        place = found + len(part)
        total += len(part)
    return total


def _fixed_parts(template: str) -> Iterator[str]:
    return (part for each in _JINJA.split(template) if (part := each.strip()))
