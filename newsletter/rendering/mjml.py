"""MJML → HTML, by mrml."""

import re
from collections.abc import Mapping
from xml.parsers.expat import ErrorString, ExpatError, ParserCreate

from mjml import mjml2html

from newsletter.rendering.faults import RenderFault
from newsletter.rendering.origin import origin

_NEWLINE = b"\n"
_POSITION = re.compile(r"position (\d+):\d+")  # bytes, from and to
_ENTITY = re.compile(r"&[A-Za-z]\w*;")


def compiled(mjml: str, *, layout: str, templates: Mapping[str, str] | None = None) -> str:
    """The HTML of a guarded document that was filled from these templates, by name.

    Raises RenderFault naming the layout and, where it can be found, the line.
    """
    try:
        # fonts={}: the default would link to a font provider and tell it of every reader.
        return mjml2html(mjml, fonts={})
    except ValueError as error:
        reason = str(error)
    except BaseException as error:
        # mrml panics on a malformed conditional comment; pyo3 raises that past Exception.
        if type(error).__name__ != "PanicException":
            raise
        reason = str(error)
    raise RenderFault(
        f"layout {layout!r} makes no valid MJML: {reason}{_place(mjml, reason, templates or {})}"
    )


def _place(mjml: str, reason: str, templates: Mapping[str, str]) -> str:
    """Where the document stops being well formed, or what mrml says of it, which is seldom."""
    # Entities of HTML are unknown to XML; blanks of the same length keep the columns.
    plain = _ENTITY.sub(lambda found: " " * len(found[0]), mjml)
    try:
        ParserCreate("utf-8").Parse(plain.encode(), True)
    except ExpatError as error:
        return f" ({ErrorString(error.code)}, {_line(mjml, error.lineno, templates)})"
    if position := _POSITION.search(reason):
        before = mjml.encode()[: int(position[1])]
        return f" ({_line(mjml, 1 + before.count(_NEWLINE), templates)})"
    return ""


def _line(mjml: str, number: int, templates: Mapping[str, str]) -> str:
    """A line of the filled document, and the line of a template that it comes from."""
    lines = mjml.split("\n")
    text = lines[number - 1].strip() if number <= len(lines) else ""
    source = origin(text, templates)
    place = f"{source}; " if source else ""
    return f"{place}line {number} of the filled layout: {text[:160]!r}"
