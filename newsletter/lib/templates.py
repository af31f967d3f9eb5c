"""Jinja2 as it is safe for us: sandboxed, nothing callable to begin with, escaping forced on."""

from collections.abc import Mapping

from jinja2 import BaseLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter.lib.errors import NewsletterError
from newsletter.lib.isolation import OutOfTime
from newsletter.lib.text import one_line, printable

# What a template can raise while it is read or filled: Jinja's own faults, and those of the filters
# and sums in it ({{ 1 / 0 }}, a macro that calls itself, a part that no loader has).
FAULTS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError)


class TemplateFault(NewsletterError):
    """A template cannot be used; the message says which, where and why."""


def environment(
    loader: BaseLoader | None = None, *, autoescape: bool
) -> ImmutableSandboxedEnvironment:
    """An environment for layouts and lines: immutable sandbox, no globals, undefined is an error.

    `autoescape` is an answer for every template: `select_autoescape` would leave .j2 unescaped.
    Strings are printed without control characters.
    """
    made = ImmutableSandboxedEnvironment(
        loader=loader,
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        finalize=_without_controls,
    )
    made.globals.clear()  # range and lipsum run on for ever, even in the sandbox
    return made


def fill_line(template: str, values: Mapping[str, object], *, name: str) -> str:
    """One line of text from a template of an editor's (a subject, a preheader).

    `name` is what the template is called in the message of a TemplateFault.
    """
    try:
        return one_line(environment(autoescape=False).from_string(template).render(values))
    except (*FAULTS, MemoryError, OutOfTime) as error:
        raise TemplateFault(f"{name}: {reason(error)} (in {template!r})") from None


def reason(error: BaseException) -> str:
    """What went wrong in a template, for those who wrote it."""
    match error:
        case OutOfTime():
            return "this does not come to an end"
        case MemoryError():
            return "this needs too much memory"
        case RecursionError():
            return "this calls itself without end"
    return str(error)


def _without_controls(value: object) -> object:
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return printable(value)
    return value
