"""JSON from strangers: read without trust, its values taken out by what they are."""

import json
from collections.abc import Mapping
from typing import Any

from newsletter.lib.urls import absolute
from newsletter.sources.port import SourceFault

Object = Mapping[str, Any]

_MOST_PIXELS = 100_000


def parsed(content: bytes, url: str) -> object:
    """The value in the bytes that `url` answered. SourceFault ("decode") for what is no JSON."""
    try:
        return json.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        kind = "a web page" if content.lstrip()[:1] == b"<" else "something else"
        raise SourceFault("decode", f"{url}: expected JSON, found {kind} ({error})") from error


def at(value: object, *path: str | int) -> object:
    """The value at a path of names and numbers; None where the path leads nowhere."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def text(value: object, *path: str | int) -> str | None:
    """The text at a path without blanks around it; None for an empty one and anything else."""
    found = at(value, *path)
    return found.strip() or None if isinstance(found, str) else None


def number(value: object, *path: str | int) -> int | None:
    """The whole number at a path, also where it is written as a text."""
    found = at(value, *path)
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < 19:
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def pixels(value: object, *path: str | int) -> int | None:
    """A picture's width or height at a path; None for what can be none."""
    found = number(value, *path)
    return found if found is not None and 0 < found <= _MOST_PIXELS else None


def address(value: object, *path: str | int, base: str | None = None) -> str | None:
    """The http(s) address at a path."""
    found = text(value, *path)
    return absolute(found, base) if found else None


def objects(value: object, *path: str | int) -> list[Object]:
    """The objects of the list at a path, without what else stands in it."""
    found = at(value, *path)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
