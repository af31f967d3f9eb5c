"""What pydantic cannot know of a value: words that stand for something, and forms to keep to."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from newsletter.articles.decide import parse_first_run
from newsletter.config.faults import Fault, Key, found_instead
from newsletter.editions.slot import check_schedule
from newsletter.model.specs import Approval

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def duration(text: object) -> timedelta:
    """ "30m", "48h", "7d" or "2w" as a timedelta; ValueError says what is expected."""
    match = re.fullmatch(r"(\d+)\s*([mhdw])", text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError('a duration such as "30m", "48h" or "7d"')
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _approval(text: object) -> Approval:
    match text:
        case "automatic":
            return Approval(needed=False)
        case "hold":
            return Approval(needed=True)
        case str() if text.startswith("veto "):
            return Approval(needed=True, veto=duration(text.removeprefix("veto ")))
    raise ValueError('"automatic", "hold" or "veto 30m"')


def _schedule(text: object) -> object:
    if isinstance(text, str):
        try:
            check_schedule(text)
        except ValueError as error:
            raise ValueError(f'a cron line such as "0 7 * * *" ({error})') from None
    return text


def _zone(text: object) -> object:
    if isinstance(text, str):
        try:
            ZoneInfo(text)
        except (KeyError, ValueError, OSError):  # unknown, malformed, a folder of zones
            raise ValueError('a time zone such as "Europe/Madrid"') from None
    return text


def _first_run(text: object) -> object:
    if isinstance(text, str):
        parse_first_run(text, "UTC")
    return text


def _web_address(text: object) -> object:
    if isinstance(text, str) and urlsplit(text).scheme not in ("http", "https"):
        raise ValueError("an http:// or https:// address")
    return text


def _name(text: object) -> object:
    if isinstance(text, str) and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", text):
        raise ValueError("a name of letters, digits, - and _")
    return text


def _database(text: object) -> object:
    if isinstance(text, str) and not re.match(r"sqlite:///.|postgresql(\+psycopg)?://", text):
        raise ValueError('"sqlite:///newsletter.db" or "postgresql+psycopg://user@host/name"')
    return text


def _networks(value: object) -> object:
    for text in value if isinstance(value, list) else ():
        try:
            ip_network(text, strict=False)
        except ValueError:
            raise ValueError('networks such as "10.0.0.5/32"') from None
    return value


def _listen(text: object) -> object:
    if isinstance(text, str) and not re.fullmatch(r"\S+:\d{1,5}", text):
        raise ValueError('a host and a port such as "127.0.0.1:8000"')
    return text


_WORDS: dict[str, Callable[[object], object]] = {
    "database": _database,
    "public.base_url": _web_address,
    "public.listen": _listen,
    "sources.name": _name,
    "sources.timezone": _zone,
    "sources.first_run": _first_run,
    "sources.url": _web_address,
    "sources.base_url": _web_address,
    "sources.allow_private": _networks,
    "digests.name": _name,
    "digests.schedule": _schedule,
    "digests.timezone": _zone,
    "digests.max_age": duration,
    "digests.late": duration,
    "digests.approve": _approval,
}
"""What pydantic cannot know of a value: each takes it as written and gives it as meant, or raises a
ValueError that says what is expected. A value of the wrong type is left for pydantic to name."""


def parse_words(values: dict[str, Any]) -> list[Fault]:
    """Replace the values of _WORDS by what they mean, in place; return those that mean nothing."""
    faults = []
    for key, table in _tables(values):
        for name in list(table):
            parse = _WORDS.get(".".join(str(part) for part in (*key[:1], name)))
            if parse is None:
                continue
            try:
                table[name] = parse(table[name])
            except ValueError as error:
                faults.append(
                    Fault((*key, name), f"expected {error}{found_instead(name, table[name])}")
                )
                table[name] = _PLACEHOLDERS.get(name, table[name])
    return faults


_PLACEHOLDERS: dict[str, object] = {
    "max_age": None,
    "late": timedelta(hours=6),
    "approve": Approval(needed=True),
}
"""Stand in for a faulty value of another type while the other keys are checked."""


def _tables(values: dict[str, Any]) -> Iterator[tuple[Key, dict[str, Any]]]:
    yield (), values
    for name, value in list(values.items()):
        if isinstance(value, dict):
            yield (name,), value
        elif isinstance(value, list):
            yield from (
                ((name, at), item) for at, item in enumerate(value) if isinstance(item, dict)
            )
