"""A call of a provider, what may come of it, and how its values are read."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from newsletter.model.feedback import Arrived, Report

# Ours stand before the @ of a return path, and of a Message-ID.
_RETURN_PATH = re.compile(r"\+([A-Za-z2-7]{31})@")
_MESSAGE_ID = re.compile(r"\.([A-Za-z2-7]{31})@")


@dataclass(frozen=True, slots=True)
class Call:
    """One POST as it came; the names of its headers in lower case."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What it says: each event on its own, for each counts once."""

    events: tuple[Arrived, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """It is not from the provider, or not for us; why, for our log."""

    why: str


@dataclass(frozen=True, slots=True)
class Confirm:
    """The provider asks whether it may call us: an address to fetch says yes."""

    url: str


Answer = Told | Refused | Confirm


def values_of(text: str | bytes) -> Any:
    """What stands in a document of JSON; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def table(value: object, *path: str) -> dict[str, Any]:
    """The object at this place; an empty one where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A text or number as text; "" for anything else."""
    if isinstance(value, bool):
        return ""
    return str(value) if isinstance(value, str | int) else ""


def token_of(*places: object) -> str | None:
    """Our token, in the first return path or Message-ID that holds one."""
    for place in map(text, places):
        for form in (_RETURN_PATH, _MESSAGE_ID):
            if found := form.search(place):
                return found[1]
    return None


def event(hook: str, report: Report | None, *ids: str) -> Arrived:
    """An event that counts once for each of these ids; with None it says nothing of a reader."""
    keys = tuple(_key(hook, each) for each in ids if each)
    return Arrived(keys=keys, reports=(report,) if report else (), proven=True)


def _key(hook: str, name: str) -> str:
    """Of a length, and without what a database refuses: a provider may send any text."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return f"hook:{hook}:{digest}"
