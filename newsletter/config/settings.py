"""The settings of a project: read, laid over, checked, completed."""

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, TypeAdapter, ValidationError

from newsletter.config.faults import FILE, ConfigError, Fault, Key, fault_of, line
from newsletter.config.words import parse_words
from newsletter.model.specs import (
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

PREFIX = "NEWSLETTER_"
_NOT_OURS = "NEWSLETTER_TEST_"  # for the test suite, no configuration


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
    faults = parse_words(values)
    try:
        settings = TypeAdapter(Settings).validate_python(values)
    except ValidationError as error:
        faults += [fault_of(each, _known_keys()) for each in error.errors(include_url=False)]
    else:
        settings, more = _complete(settings, folder)
        faults += more + list(_contradictions(settings))
    if faults:
        raise ConfigError("\n".join(line(fault, laid_over) for fault in faults))
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
    if transport.password and not transport.username:
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


_TABLES: dict[str, tuple[type, ...]] = {
    "publication": (Publication,),
    "sender": (Sender,),
    "transport": (MaildirSpec, SmtpSpec),
    "public": (Public,),
    "sources": (FeedSpec, PagesSpec, FolderSpec),
    "digests": (Digest,),
}


def _known_keys() -> Mapping[str, Iterable[str]]:
    """Every key there is, by table; those of no table under ""."""
    tables = {
        table: {item.name for spec in specs for item in fields(spec)}
        for table, specs in _TABLES.items()
    }
    return {"": [item.name for item in fields(Settings)], **tables}
