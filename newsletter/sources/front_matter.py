"""The head of an article file: YAML between `---` lines or TOML between `+++` lines.

Every value stays the text that its author typed: YAML would make `no` (Norwegian) a falsehood,
07:30 a number and 2026-11-22 a date without a zone.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time

import yaml

from newsletter.sources.port import SourceFault

Fields = Mapping[str, object]

_LINES = re.DOTALL | re.MULTILINE
_YAML = re.compile(r"\A---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", _LINES)
_TOML = re.compile(r"\A\+\+\+[ \t]*\r?\n(.*?)^\+\+\+[ \t]*(?:\r?\n|\Z)", _LINES)
_NOTHING = frozenset({"", "~", "null"})


class _AsTyped(yaml.SafeLoader):
    """Safe, and without the guesses at what a plain word may mean."""

    yaml_implicit_resolvers = {}  # noqa: RUF012  (PyYAML's own way to say it)


def split(text: str) -> tuple[Fields, str]:
    """The fields, names in lower case without `_` and `-`, and the text after them.

    SourceFault ("decode") names what is wrong with the front matter, and where.
    """
    if match := _YAML.match(text):
        return _named(parse_yaml(match[1])), text[match.end() :]
    if match := _TOML.match(text):
        return _named(_parse_toml(match[1])), text[match.end() :]
    return {}, text


def parse_yaml(text: str) -> Fields:
    """A YAML mapping of texts, lists and mappings. SourceFault ("decode") for anything else."""
    loader = _AsTyped(text)
    try:
        fields = loader.get_single_data()
    except (yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise SourceFault("decode", f"the YAML cannot be read: {reason}") from error
    finally:
        loader.dispose()
    if not isinstance(fields, dict):
        if fields is None or string(fields) is None:
            return {}
        raise SourceFault("decode", "the YAML is not a list of `name: value` lines")
    return fields


def string(value: object) -> str | None:
    """A value as text; None for nothing, lists and mappings."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str) and value.strip().lower() not in _NOTHING:
        return value.strip()
    return None


def first(fields: Fields, *names: str) -> str | None:
    return next((text for name in names if (text := string(fields.get(name)))), None)


def texts(value: object) -> Iterator[str]:
    """A list's texts, or the parts of one text between commas."""
    if isinstance(value, str):
        yield from (part.strip() for part in value.split(",") if string(part))
    elif isinstance(value, list):
        yield from (text for text in map(string, value) if text)


def mapping(value: object) -> Fields:
    return _named(value) if isinstance(value, dict) else {}


def _named(fields: Fields) -> Fields:
    return {re.sub("[_-]", "", str(name)).lower(): value for name, value in fields.items()}


def _parse_toml(text: str) -> Fields:
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SourceFault("decode", f"the TOML cannot be read: {error}") from error
