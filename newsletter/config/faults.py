"""Faults of a configuration in words: where it stands, its key, what was expected."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from newsletter.lib.errors import NewsletterError

FILE = "newsletter.toml"

Key = tuple[str | int, ...]


class ConfigError(NewsletterError):
    """What is wrong with a configuration, one fault a line."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the key, and what was expected there."""

    key: Key
    expected: str


def fault_of(details: Any, known: Mapping[str, Iterable[str]]) -> Fault:
    """A fault that pydantic found; `known` are the keys there are, by table ("": at the top)."""
    # The tag of a union ("feed", "smtp") stands in pydantic's place, but not in the file.
    tags = {"feed", "pages", "folder", "maildir", "smtp", "str", "dict[str,str]", "float"}
    place = details["loc"]
    key = tuple(part for at, part in enumerate(place) if not (part in tags and at > 0))
    match details["type"]:
        case "missing":
            return Fault(key, "expected, but missing")
        case "unexpected_keyword_argument" | "extra_forbidden":
            return Fault(key, f"no such key{_nearest(key, known)}")
        case "union_tag_not_found":
            return Fault((*key, "kind"), "expected, but missing")
        case "union_tag_invalid":
            return Fault((*key, "kind"), f"expected one of {details['ctx']['expected_tags']}")
    return Fault(key, f"{_lower_first(details['msg'])}{found_instead(key[-1], details['input'])}")


def found_instead(name: object, value: object) -> str:
    """What stands there now; a password, or an address that may hold one, is never repeated."""
    return (
        "" if name in ("password", "database") or isinstance(value, dict) else f", found {value!r}"
    )


def _nearest(key: Key, known: Mapping[str, Iterable[str]]) -> str:
    names = sorted(known.get(str(key[0]) if len(key) > 1 else "", ()))
    near = difflib.get_close_matches(str(key[-1]), names, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(names)}"


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def line(fault: Fault, laid_over: Mapping[Key, str]) -> str:
    """The fault as people read it; `laid_over` tells which variable gave which key."""
    variable = next(
        (name for key, name in laid_over.items() if key[: len(fault.key)] == fault.key), ""
    )
    where = f"environment {variable}" if variable else FILE
    return f"{where}: {_dotted(fault.key)}: {fault.expected}"


def _dotted(key: Key) -> str:
    """("digests", 0, "name") as digests[1].name: people count from one."""
    text = ""
    for part in key:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")
