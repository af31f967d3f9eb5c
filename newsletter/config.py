"""Settings: newsletter.toml, with NEWSLETTER_* from the environment laid over it.

In: a project folder and an environment. Out: `Settings`, complete and checked, or one
`ConfigError` that names every fault at once: where it stands, its key, what was expected.
Configuration stops at `app.py`: below it, functions get values.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter, ValidationError

from newsletter.articles.decide import parse_first_run
from newsletter.editions.slot import check_schedule
from newsletter.lib.errors import NewsletterError
from newsletter.model.specs import (
    Approval,
    Digest,
    FeedSpec,
    FolderSpec,
    MaildirSpec,
    PagesSpec,
    Public,
    Publication,
    Sender,
    SmtpSpec,
    SourceSpec,
    TransportSpec,
)

FILE = "newsletter.toml"
PREFIX = "NEWSLETTER_"
_NOT_OURS = "NEWSLETTER_TEST_"  # for the test suite, no configuration

Key = tuple[str | int, ...]


class ConfigError(NewsletterError):
    """What is wrong with a configuration, one fault a line."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the key, and what was expected there."""

    key: Key
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A whole configuration. Paths are absolute, what may be left out is filled in."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    publication: Publication
    sender: Sender
    languages: tuple[str, ...] = Field(min_length=1)
    database: str = "sqlite:///newsletter.db"
    secret_file: Path = Path("newsletter.key")
    transport: Annotated[TransportSpec, Field(discriminator="kind")] = field(
        default_factory=MaildirSpec
    )
    public: Public = field(default_factory=Public)
    sources: tuple[Annotated[SourceSpec, Field(discriminator="kind")], ...] = ()
    digests: tuple[Digest, ...] = ()


def load(folder: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of the project in `folder`; ConfigError when there are none, or faulty ones."""
    values = _read(folder / FILE)
    laid_over = _lay_over(values, environ)
    faults = _parse_words(values)
    try:
        settings = TypeAdapter(Settings).validate_python(values)
    except ValidationError as error:
        faults += [_fault(details) for details in error.errors(include_url=False)]
    else:
        settings, more = _complete(settings, folder)
        faults += more + list(_contradictions(settings))
    if faults:
        raise ConfigError("\n".join(_line(fault, laid_over) for fault in faults))
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"{path.parent}: no {FILE} here; `newsletter init DIR` makes a project, "
            "`--project DIR` names one"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{FILE}: not TOML: {error}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{FILE}: not UTF-8: {error}") from None


def _lay_over(values: dict[str, Any], environ: Mapping[str, str]) -> dict[Key, str]:
    """Put NEWSLETTER_A__B=x at values["a"]["b"]; return which variable gave which key."""
    given: dict[Key, str] = {}
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name.startswith(_NOT_OURS):
            continue
        *tables, key = name.removeprefix(PREFIX).lower().split("__")
        place = values
        for table in tables:
            place = place.setdefault(table, {})
            if not isinstance(place, dict):
                raise ConfigError(f"environment {name}: {table} is a list; set it in {FILE}")
        place[key] = _environment_value(environ[name])
        given[(*tables, key)] = name
    return given


def _environment_value(text: str) -> object:
    """Lists, tables and booleans are written as in TOML; anything else is text."""
    if not re.fullmatch(r"\[.*\]|\{.*\}|true|false", text.strip(), re.DOTALL):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


# --- words that stand for something -------------------------------------------------------------

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


_WORDS: dict[str, Callable[[object], object]] = {
    "database": _database,
    "public.base_url": _web_address,
    "sources.name": _name,
    "sources.timezone": _zone,
    "sources.first_run": _first_run,
    "sources.url": _web_address,
    "sources.base_url": _web_address,
    "digests.name": _name,
    "digests.schedule": _schedule,
    "digests.timezone": _zone,
    "digests.max_age": duration,
    "digests.late": duration,
    "digests.approve": _approval,
}
"""What pydantic cannot know of a value: each takes it as written and gives it as meant, or raises a
ValueError that says what is expected. A value of the wrong type is left for pydantic to name."""


def _parse_words(values: dict[str, Any]) -> list[Fault]:
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
                faults.append(Fault((*key, name), f"expected {error}{_found(name, table[name])}"))
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


# --- completing and checking --------------------------------------------------------------------


def _complete(settings: Settings, folder: Path) -> tuple[Settings, list[Fault]]:
    """Make paths absolute and fill what follows from other keys."""
    folder = folder.resolve()
    transport, faults = _complete_transport(settings.transport, folder)
    digests = tuple(
        replace(
            digest,
            title=digest.title or settings.publication.name,
            languages=digest.languages or settings.languages,
        )
        for digest in settings.digests
    )
    completed = replace(
        settings,
        database=_absolute_database(settings.database, folder),
        secret_file=folder / settings.secret_file,
        transport=transport,
        digests=digests,
        public=replace(settings.public, base_url=settings.public.base_url.rstrip("/")),
    )
    return completed, faults


def _absolute_database(url: str, folder: Path) -> str:
    scheme, separator, path = url.partition(":///")
    if scheme == "sqlite" and separator and path and path != ":memory:":
        return f"sqlite:///{folder / path}"
    return url


def _complete_transport(
    transport: TransportSpec, folder: Path
) -> tuple[TransportSpec, list[Fault]]:
    if isinstance(transport, MaildirSpec):
        return replace(transport, path=folder / transport.path), []
    ca_file = folder / transport.ca_file if transport.ca_file else None
    transport = replace(transport, ca_file=ca_file)
    if transport.password_file is None:
        return transport, []
    path = folder / transport.password_file
    try:
        password = path.read_text("utf-8").strip()
    except OSError as error:
        return transport, [
            Fault(("transport", "password_file"), f"cannot be read: {error.strerror} ({path})")
        ]
    return replace(transport, password=password), []


def _contradictions(settings: Settings) -> Iterator[Fault]:
    """What is wrong between keys that are each right."""
    yield from _transport_faults(settings)
    yield from _repeated("sources", [source.name for source in settings.sources])
    yield from _repeated("digests", [digest.name for digest in settings.digests])
    for index, digest in enumerate(settings.digests):
        yield from _digest_faults(("digests", index), digest, settings)


def is_loopback(host: str | None) -> bool:
    return host in ("localhost", "::1") or bool(host and host.startswith("127."))


def _transport_faults(settings: Settings) -> Iterator[Fault]:
    transport = settings.transport
    if not isinstance(transport, SmtpSpec):
        return
    if transport.password and transport.password_file and not transport.username:
        yield Fault(("transport", "username"), "expected, because a password is given")
    if not 1 <= transport.connections <= 100:
        yield Fault(("transport", "connections"), "expected a number from 1 to 100")
    if isinstance(transport.per_second, float) and transport.per_second <= 0:
        yield Fault(("transport", "per_second"), 'expected a number above 0, or "unlimited"')
    if is_loopback(transport.host):
        return
    if transport.per_second is None:
        yield Fault(
            ("transport", "per_second"),
            'expected, because the server is not this machine: letters a second, or "unlimited"',
        )
    if not settings.public.base_url.startswith("https://"):
        yield Fault(
            ("public", "base_url"),
            "expected an https:// address: it stands in every mail, and one-click unsubscribing "
            "works over https only (RFC 8058 §3.1)",
        )


def _repeated(table: str, names: list[str]) -> Iterator[Fault]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Fault((table, index, "name"), f"expected a name of its own, {name!r} is taken")


def _digest_faults(key: Key, digest: Digest, settings: Settings) -> Iterator[Fault]:
    names = [source.name for source in settings.sources]
    for name in digest.sources:
        if name not in names:
            yield Fault((*key, "sources"), f"{name!r} is no source; there are: {', '.join(names)}")
    for language in digest.languages:
        if language not in settings.languages:
            yield Fault(
                (*key, "languages"),
                f"{language!r} is not among the languages at the top of the file",
            )
    if not 1 <= digest.min_stories <= digest.max_stories:
        yield Fault((*key, "min_stories"), "expected a number from 1 to max_stories")


# --- faults in words ----------------------------------------------------------------------------

_TABLES: dict[str, tuple[type, ...]] = {
    "publication": (Publication,),
    "sender": (Sender,),
    "transport": (MaildirSpec, SmtpSpec),
    "public": (Public,),
    "sources": (FeedSpec, PagesSpec, FolderSpec),
    "digests": (Digest,),
}


def _fault(details: Any) -> Fault:
    # The tag of a union ("feed", "smtp") stands in pydantic's place, but not in the file.
    tags = {"feed", "pages", "folder", "maildir", "smtp", "str", "dict[str,str]", "float"}
    place = details["loc"]
    key = tuple(part for at, part in enumerate(place) if not (part in tags and at > 0))
    match details["type"]:
        case "missing":
            return Fault(key, "expected, but missing")
        case "unexpected_keyword_argument" | "extra_forbidden":
            return Fault(key, f"no such key{_nearest(key)}")
        case "union_tag_not_found":
            return Fault((*key, "kind"), "expected, but missing")
        case "union_tag_invalid":
            return Fault((*key, "kind"), f"expected one of {details['ctx']['expected_tags']}")
    return Fault(key, f"{_lower_first(details['msg'])}{_found(key[-1], details['input'])}")


def _found(name: object, value: object) -> str:
    """What stands there now; a password, or an address that may hold one, is never repeated."""
    return (
        "" if name in ("password", "database") or isinstance(value, dict) else f", found {value!r}"
    )


def _nearest(key: Key) -> str:
    known: set[str] = {item.name for item in fields(Settings)}
    if len(key) > 1:
        known = {item.name for spec in _TABLES.get(str(key[0]), ()) for item in fields(spec)}
    near = difflib.get_close_matches(str(key[-1]), known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(sorted(known))}"


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _line(fault: Fault, laid_over: Mapping[Key, str]) -> str:
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
