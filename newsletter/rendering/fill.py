"""Jinja2: a layout's template filled with values, in the sandbox."""

import textwrap
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from traceback import extract_tb, walk_tb
from types import FrameType

from jinja2 import FunctionLoader, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter.lib.isolation import OutOfTime
from newsletter.lib.templates import FAULTS, environment, reason
from newsletter.rendering.faults import RenderFault
from newsletter.rendering.look import Layout

LINE = 72  # characters: RFC 3676 advises lines of the text part to stay under 78

_Source = tuple[str, str, Callable[[], bool]]


def filled(layout: Layout, template: str, values: Mapping[str, object]) -> str:
    """The template of that name, filled. Markup is escaped in all but the .txt templates.

    Raises RenderFault naming layout, template, line, and the line's text.
    """
    sources = tuple(sorted(layout.files.items()))
    made = _environment(sources, escape=".txt." not in template)
    try:
        return made.get_template(layout.file(template)).render(values)
    except (*FAULTS, MemoryError, OutOfTime) as error:
        place = _place(error, layout) or layout.file(template)
        raise RenderFault(f"layout {layout.name!r}, {place}: {reason(error)}") from None


@lru_cache(maxsize=32)
def _environment(
    sources: tuple[tuple[str, str], ...], *, escape: bool
) -> ImmutableSandboxedEnvironment:
    """Kept as long as the templates stay the same: compiling them costs more than filling them."""
    made = environment(FunctionLoader(partial(_source, dict(sources))), autoescape=escape)
    made.filters["wrap"] = wrapped
    return made


def wrapped(text: object, indent: int = 0) -> str:
    """The text in lines of at most 72 characters; a longer word keeps its line."""
    margin = " " * indent
    return textwrap.fill(
        str(text),
        LINE,
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _source(files: Mapping[str, str], name: str) -> _Source | None:
    """The template with its file's name, by which a traceback can be read."""
    found = files.get(name)
    return None if found is None else (found, name, lambda: True)


def _place(error: BaseException, layout: Layout) -> str | None:
    """ "digest/layout.mjml.j2, line 12 (<td …>)": where in the templates it happened."""
    files = layout.files
    at = (getattr(error, "filename", None), getattr(error, "lineno", None))
    found = [at, *_frames(error)]
    file, number = next(((f, n) for f, n in found if f in files and n), (None, None))
    if file is None or number is None:
        return None
    lines = files[file].splitlines()
    text = lines[number - 1].strip()[:160] if number <= len(lines) else ""
    return f"{file}, line {number} ({text})"


def _frames(error: BaseException) -> list[tuple[str, int | None]]:
    """File and line of everything that was running, the innermost first."""
    if not isinstance(error, OutOfTime):  # Jinja has put its templates into the traceback
        return [(each.filename, each.lineno) for each in extract_tb(error.__traceback__)[::-1]]
    running = [trace for trace, _ in walk_tb(error.__traceback__)]
    return [
        (template.filename or "", template.get_corresponding_lineno(_line(frame)))
        for frame in running[::-1]
        if isinstance(template := frame.f_globals.get("__jinja_template__"), Template)
    ]


def _line(frame: FrameType) -> int:
    """The last line of the compiled template that was begun: a loop's jump back has none."""
    begun = (line for start, _, line in frame.f_code.co_lines() if line and start <= frame.f_lasti)
    return frame.f_lineno or max(begun, default=1)
