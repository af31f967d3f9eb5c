"""Jinja2: a layout's template filled with values, in the sandbox."""

import textwrap
from collections.abc import Callable, Mapping
from functools import lru_cache
from traceback import extract_tb

from jinja2 import FunctionLoader, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter.lib.templates import environment
from newsletter.rendering.faults import RenderFault
from newsletter.rendering.look import Layout

LINE = 72  # characters: RFC 3676 advises lines of the text part to stay under 78

_Source = tuple[str, str, Callable[[], bool]]


def filled(layout: Layout, template: str, values: Mapping[str, object]) -> str:
    """The template of that name, filled. Markup is escaped in all but the .txt templates.

    Raises RenderFault naming layout, template and line.
    """
    made = _environment(layout, escape=".txt." not in template)
    try:
        return made.get_template(template).render(values)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        place = _place(error, layout) or template
        raise RenderFault(f"layout {layout.name!r}, {place}: {error}") from None


@lru_cache(maxsize=32)
def _environment(layout: Layout, *, escape: bool) -> ImmutableSandboxedEnvironment:
    """Kept as long as the layout: compiling its templates costs more than filling them."""
    made = environment(FunctionLoader(lambda name: _source(layout, name)), autoescape=escape)
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


def _source(layout: Layout, name: str) -> _Source | None:
    """The template with a file name of its own, by which a traceback can be read."""
    found = layout.templates.get(name)
    return None if found is None else (found, _file(layout, name), lambda: True)


def _file(layout: Layout, name: str) -> str:
    return name if "/" in name else f"{layout.name}/{name}"


def _place(error: Exception, layout: Layout) -> str | None:
    """ "digest/layout.mjml.j2, line 12": where in the templates it happened."""
    filename, number = getattr(error, "filename", None), getattr(error, "lineno", None)
    if filename and number:
        return f"{filename}, line {number}"
    files = {_file(layout, name) for name in layout.templates}
    frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename in files]
    return f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else None
