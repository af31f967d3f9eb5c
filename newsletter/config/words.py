"""What pydantic cannot know of a value: words that stand for something, and forms to keep to."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from newsletter.articles.decide import parse_first_run
from newsletter.config.faults import Fault, Key, found_instead, table_key
from newsletter.editions.slot import check_schedule
from newsletter.editions.window import parse_window
from newsletter.model.specs import ANY_LANGUAGE, LEAVE_OUT, Approval, Fallback, Privacy
from newsletter.subscribers.address import NotAnAddress, normalise
from newsletter.subscribers.segment import SegmentFault, parse_segment

_MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60, "y": 365 * 24 * 60}
_TEN_YEARS = 3660 * 24 * 60  # in minutes; nothing in a newsletter waits for longer
_LONGEST_PAUSE = 60
_LAST_PORT = 65535
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TOPIC = re.compile(r"arn:aws(-cn|-us-gov)?:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]+")
_ORIGIN = re.compile(r"https?://(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]+")  # what stands in an address as it is


def duration(text: object) -> timedelta:
    """ "30m", "48h", "7d", "2w" or "1y" as a timedelta; ValueError says what is expected."""
    match = re.fullmatch(r"([0-9]+)\s*([mhdwy])", text.strip()) if isinstance(text, str) else None
    minutes = int(match[1][:12]) * _MINUTES[match[2]] if match else 0
    if not 0 < minutes <= _TEN_YEARS:
        raise ValueError('a duration such as "30m", "48h" or "7d"')
    return timedelta(minutes=minutes)


def _approval(text: object) -> Approval:
    match text:
        case "automatic":
            return Approval(needed=False)
        case "hold":
            return Approval(needed=True)
        case str() if text.startswith("veto "):
            return Approval(needed=True, veto=duration(text.removeprefix("veto ")))
    raise ValueError('"automatic", "hold" or "veto 30m"')


def _fallback(text: object) -> Fallback:
    """ "leave_out", "original", or one of them after "wait 6h then"."""
    match = re.fullmatch(r"(?:wait (.+) then )?(leave_out|original)", str(text).strip())
    if match is None:
        raise ValueError('"leave_out", "original" or "wait 6h then original"')
    wait = duration(match[1]) if match[1] else timedelta()
    return Fallback(original=match[2] == "original", wait=wait)


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


def _segment(text: object) -> object:
    if isinstance(text, str) and text.strip():
        try:
            parse_segment(text)
        except SegmentFault as fault:
            raise ValueError(f"a segment such as 'tag = \"vip\"' ({fault})") from None
    return text


def _web_address(text: object) -> object:
    if isinstance(text, str) and not _is_web_address(text):
        raise ValueError("an http:// or https:// address")
    return text


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket too many, a port beyond the last
        return False


def _by_language(parse: Callable[[object], object]) -> Callable[[object], object]:
    """For a text that may be one for all languages or one for each."""

    def parsed(value: object) -> object:
        if isinstance(value, dict):
            return {language: parse(text) for language, text in value.items()}
        return parse(value)

    return parsed


def _each(parse: Callable[[object], object]) -> Callable[[object], object]:
    return lambda value: [parse(each) for each in value] if isinstance(value, list) else value


def _mail_address(text: object) -> object:
    """As it will stand in a letter: the domain in ASCII. An empty one is one left out."""
    if not isinstance(text, str) or not text:
        return text
    if isinstance(address := normalise(text), NotAnAddress):
        raise ValueError('a mail address such as "news@example.com"')
    return address


def _sender_address(text: object) -> object:
    if text == "":
        raise ValueError('a mail address such as "news@example.com"')
    return _mail_address(text)


def _senders(value: object) -> object:
    """By language, also where it is one for all of them."""
    if isinstance(value, dict) and not (value and all(map(_LANGUAGE.fullmatch, value))):
        return {ANY_LANGUAGE: value}
    return value


def _parameters(value: object) -> object:
    if isinstance(value, dict) and not all(map(_PLAIN.fullmatch, value)):
        raise ValueError('names such as "utm_source"')
    return value


def _language(text: object) -> object:
    if isinstance(text, str) and not _LANGUAGE.fullmatch(text):
        raise ValueError('a language as in "en" or "pt-BR" (BCP 47)')
    return text


def _name(text: object) -> object:
    if isinstance(text, str) and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", text):
        raise ValueError("a name of letters, digits, - and _")
    return text


def _each_name(value: object) -> object:
    if isinstance(value, list) and not (value and all(map(_PLAIN.fullmatch, map(str, value)))):
        raise ValueError('names such as "posts", at least one')
    return value


def _api_key(text: object) -> object:
    if isinstance(text, str) and not re.fullmatch(r"[A-Za-z0-9]+", text):
        raise ValueError("a Content API key, which is made of letters and digits")
    return text


def _database(text: object) -> object:
    if isinstance(text, str) and not _is_database(text):
        raise ValueError('"sqlite:///newsletter.db" or "postgresql+psycopg://user@host/name"')
    return text


def _is_database(text: str) -> bool:
    try:
        urlsplit(text).port  # noqa: B018 - ValueError when it is no number
    except ValueError:
        return False
    return re.match(r"sqlite:///.|postgresql(\+psycopg)?://", text) is not None


def _networks(value: object) -> object:
    for text in value if isinstance(value, list) else ():
        try:
            ip_network(text, strict=False)
        except ValueError:
            raise ValueError('networks such as "10.0.0.5/32"') from None
    return value


def _pause(value: object) -> object:
    if isinstance(value, int | float) and not 0 <= value <= _LONGEST_PAUSE:
        raise ValueError(f"a number of seconds from 0 to {_LONGEST_PAUSE}")
    return value


def _header_value(text: object) -> object:
    if isinstance(text, str) and not (text.isascii() and text.isprintable() and text.strip()):
        raise ValueError("a line of ASCII characters")
    return text


def _listen(text: object) -> object:
    if isinstance(text, str):
        match = re.fullmatch(r"(?:[^\s:/@\[\]]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})", text)
        if match is None or int(match[1]) > _LAST_PORT:
            raise ValueError('a host and a port such as "127.0.0.1:8000"')
    return text


def _host(text: object) -> object:
    if isinstance(text, str) and not re.fullmatch(r"[^\s/@\x00]+", text):
        raise ValueError('a host such as "smtp.example.com"')
    return text


def _origin(text: object) -> object:
    """As browsers send it in the header Origin (RFC 6454 §6.2): no path, no slash."""
    if isinstance(text, str) and not _ORIGIN.fullmatch(text.lower()):
        raise ValueError('the beginning of an address, such as "https://www.example.com"')
    return text.lower() if isinstance(text, str) else text


def _path(text: object) -> object:
    if isinstance(text, str) and (not text or "\0" in text):
        raise ValueError("a path")
    return text


def _mail_folder(text: object) -> object:
    # Other letters would have to be written in modified UTF-7 (RFC 3501 §5.1.3).
    if isinstance(text, str) and not (text.isascii() and text.isprintable() and text.strip()):
        raise ValueError('the name of a folder in ASCII, such as "INBOX"')
    return text


def _topic(text: object) -> object:
    if isinstance(text, str) and not _TOPIC.fullmatch(text):
        raise ValueError('the ARN of a topic such as "arn:aws:sns:eu-west-1:123456789012:bounces"')
    return text


_WORDS: dict[str, Callable[[object], object]] = {
    "database": _database,
    "secret_file": _path,
    "languages": _each(_language),
    "publication.url": _by_language(_web_address),
    "sender.address": _sender_address,
    "sender.bounces": _mail_address,
    "transport.path": _path,
    "transport.host": _host,
    "transport.password_file": _path,
    "transport.ca_file": _path,
    "public.base_url": _web_address,
    "public.listen": _listen,
    "public.allow_origins": _each(_origin),
    "public.trusted_proxies": _networks,
    "privacy.confirm": duration,
    "privacy.pending": duration,
    "privacy.replies": duration,
    "privacy.events": duration,
    "privacy.consents": duration,
    "sources.name": _name,
    "sources.language": _language,
    "sources.timezone": _zone,
    "sources.first_run": _first_run,
    "sources.url": _web_address,
    "sources.urls": _each(_web_address),
    "sources.list": _web_address,
    "sources.sitemap": _web_address,
    "sources.post_types": _each_name,
    "sources.key": _api_key,
    "sources.key_file": _path,
    "sources.path": _path,
    "sources.base_url": _web_address,
    "sources.allow_private": _networks,
    "sources.request_pause": _pause,
    "sources.user_agent": _header_value,
    "inboxes.name": _name,
    "inboxes.host": _host,
    "inboxes.password_file": _path,
    "inboxes.ca_file": _path,
    "inboxes.path": _path,
    "inboxes.folder": _mail_folder,
    "inboxes.aside": _mail_folder,
    "inboxes.done": _mail_folder,
    "inboxes.every": duration,
    "webhooks.name": _name,
    "webhooks.secret_file": _path,
    "webhooks.topic": _topic,
    "digests.name": _name,
    "digests.schedule": _schedule,
    "digests.timezone": _zone,
    "digests.max_age": duration,
    "digests.late": duration,
    "digests.window": parse_window,
    "digests.approve": _approval,
    "digests.fallback": _fallback,
    "digests.include.languages": _each(_language),
    "digests.exclude.languages": _each(_language),
    "digests.audience": _segment,
    "digests.reply_to": _by_language(_mail_address),
    "digests.link_parameters": _parameters,
    "digests.sender": _senders,
    "digests.sender.*.address": _sender_address,
    "digests.sender.*.bounces": _mail_address,
}
"""What pydantic cannot know of a value: each takes it as written and gives it as meant, or raises a
ValueError that says what is expected. A value of the wrong type is left for pydantic to name."""

_PLACEHOLDERS: dict[str, object] = {
    "max_age": None,
    "late": timedelta(hours=6),
    "every": timedelta(minutes=5),
    "window": None,
    "approve": Approval(needed=True),
    "fallback": LEAVE_OUT,
    **{name: getattr(Privacy(), name) for name in Privacy.__dataclass_fields__},
}
"""Stand in for a faulty value of another type while the other keys are checked."""


def parse_words(values: dict[str, Any]) -> list[Fault]:
    """Replace the values of _WORDS by what they mean, in place; return those that mean nothing."""
    faults = []
    for key, table in _tables((), values):
        for name in list(table):
            parse = _WORDS.get(table_key((*key, name)))
            if parse is None:
                continue
            try:
                table[name] = parse(table[name])
            except ValueError as error:
                where, value = (*key, name), table[name]
                faults.append(Fault(where, f"expected {error}{found_instead(where, value)}"))
                table[name] = _PLACEHOLDERS.get(name, value)
    return faults


def _tables(key: Key, value: object) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Every table of a configuration with its key, in lists and in other tables, too."""
    if isinstance(value, dict):
        yield key, value
        for name, inner in value.items():
            yield from _tables((*key, name), inner)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _tables((*key, at), inner)
