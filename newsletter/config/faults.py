"""Faults of a configuration in words: where it stands, its key, what was expected."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from newsletter.lib.errors import NewsletterError
from newsletter.lib.text import shortened
from newsletter.model.specs import ANY_LANGUAGE

FILE = "newsletter.toml"

Key = tuple[str | int, ...]

# What may hold a secret is never repeated: a password, a provider's key, an address with either.
_SECRET = {"password", "headers", "database", "key", "keys", "secret"}
_LOGIN = re.compile(r"[:/].*@", re.DOTALL)  # with or without a scheme, whatever is in a password

# pydantic's kinds of faults, as people who write a configuration would put them.
_EXPECTED = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dataclass_type": "a table",
    "dict_type": "a table",
    "float_parsing": "a number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "model_attributes_type": "a table",
    "path_type": "a path",
    "string_type": "a text",
    "too_short": "at least one",
    "tuple_type": "a list",
}
# The branch of a union ("feed", "smtp", "str") stands in pydantic's place, but not in the file.
_BRANCHES = re.compile(
    r"feed|wordpress|ghost|pages|folder|maildir|smtp|imap|pop|ses|mailgun|postmark|sendgrid"
    r"|str|float|dict\[.*|literal\[.*"
)

_ONE_SENDER = re.compile(r"^digests\.sender\.[^.]+")


class ConfigError(NewsletterError):
    """What is wrong with a configuration, one fault a line."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the key, and what was expected there."""

    key: Key
    expected: str


def faults_of(errors: Iterable[Any], known: Mapping[str, Iterable[str]]) -> list[Fault]:
    """The faults that pydantic found, one a key. `known` are the keys there are, by table and kind:
    those of "transport.smtp", of "digests", of "" at the top."""
    faults: list[Fault] = []
    wanted: dict[Key, list[str]] = {}
    values: dict[Key, object] = {}
    for error in errors:
        key = _key(error["loc"])
        if fault := _fault_of_keys(error, key, known):
            faults.append(fault)
        else:  # a union says of each of its branches what that one expected
            wanted.setdefault(key, []).append(_expected(error))
            values[key] = error["input"]
    return faults + [
        Fault(key, f"expected {' or '.join(each)}{found_instead(key, values[key])}")
        for key, each in wanted.items()
    ]


def _key(place: Key) -> Key:
    return tuple(
        part for at, part in enumerate(place) if at == 0 or not _BRANCHES.fullmatch(str(part))
    )


def _fault_of_keys(error: Any, key: Key, known: Mapping[str, Iterable[str]]) -> Fault | None:
    match error["type"]:
        case "missing":
            return Fault(key, "expected, but missing")
        case "unexpected_keyword_argument" | "extra_forbidden":
            table = table_key(error["loc"][:-1])
            return Fault(key, f"no such key{_nearest(str(key[-1]), known.get(table, ()))}")
        case "union_tag_not_found":
            return Fault((*key, "kind"), "expected, but missing")
        case "union_tag_invalid":
            return Fault((*key, "kind"), f"expected one of {error['ctx']['expected_tags']}")
    return None


def table_key(key: Key) -> str:
    """("digests", 0, "sender", "es", "name") as digests.sender.*.name: one of a list is like the
    others, and one language's sender too."""
    text = ".".join(part for part in key if isinstance(part, str))
    return _ONE_SENDER.sub(f"digests.sender.{ANY_LANGUAGE}", text)


def _expected(error: Any) -> str:
    given = error.get("ctx", {}).get("expected")  # the words of an enumeration
    return str(given or _EXPECTED.get(error["type"], error["msg"]))


def found_instead(key: Key, value: object) -> str:
    """What stands there now, unless it may hold a secret."""
    plain = isinstance(value, str | int | float) or (
        isinstance(value, list) and all(isinstance(item, str) for item in value)
    )
    if not plain or _SECRET.intersection(key):
        return ""
    return f", found {shortened(_LOGIN.sub(':…@', repr(value)), 80)}"


def _nearest(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(names)}"


def line(fault: Fault, laid_over: Mapping[Key, str]) -> str:
    """The fault as people read it; `laid_over` tells which variable gave which key."""
    variable = next((name for key, name in laid_over.items() if overlap(key, fault.key)), "")
    where = f"environment {variable}" if variable else FILE
    return f"{where}: {dotted(fault.key)}: {fault.expected}"


def overlap(one: Key, other: Key) -> bool:
    """Whether one key is the other, or stands in the table or list that the other names."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def dotted(key: Key) -> str:
    """("digests", 0, "name") as digests[1].name: people count from one."""
    text = ""
    for part in key:
        if part != ANY_LANGUAGE:  # ours, not written there
            text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")
