"""The settings of a project: read, laid over, checked, completed."""

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from math import inf
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, TypeAdapter, ValidationError

from newsletter.checks.features import facts
from newsletter.config.faults import FILE, ConfigError, Fault, Key, dotted, faults_of, line, overlap
from newsletter.config.feedback import complete_inboxes, complete_webhooks, feedback_faults
from newsletter.config.secret import is_loopback, secret_in
from newsletter.config.words import parse_words
from newsletter.lib.addresses import ascii_domain, is_selector
from newsletter.model.specs import (
    ANY_LANGUAGE,
    Choice,
    Digest,
    DkimSpec,
    FeedSpec,
    FolderSpec,
    GhostSpec,
    ImapSpec,
    InboxSpec,
    MaildirInboxSpec,
    MaildirSpec,
    MailgunSpec,
    OnUnknown,
    PagesSpec,
    PopSpec,
    PostmarkSpec,
    Privacy,
    Public,
    Publication,
    Sender,
    SendGridSpec,
    SesSpec,
    SmtpSpec,
    SourceSpec,
    TransportSpec,
    WarmUp,
    WebhookSpec,
    WordPressSpec,
)

PREFIX = "NEWSLETTER_"
_PAGES_BY = ("urls", "list", "sitemap")
_ONE_OF = "`urls`, `list` (a page with links) and `sitemap`"
_SELECTOR = "nl2026"
_NOT_OURS = "NEWSLETTER_TEST_"  # for the test suite, no configuration
_MANY = 10**9  # letters; nobody has more readers
_FASTEST_GROWTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A whole configuration. Paths are absolute, what may be left out is filled in."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    publication: Publication
    sender: Sender
    languages: tuple[str, ...] = Field(min_length=1)
    database: str = field(default="sqlite:///newsletter.db", repr=False)  # may hold a password
    secret_file: Path = Path("newsletter.key")
    transport: Annotated[TransportSpec, Field(discriminator="kind")] = field(
        default_factory=MaildirSpec
    )
    public: Public = field(default_factory=Public)
    privacy: Privacy = field(default_factory=Privacy)
    sources: tuple[Annotated[SourceSpec, Field(discriminator="kind")], ...] = ()
    digests: tuple[Digest, ...] = ()
    inboxes: tuple[Annotated[InboxSpec, Field(discriminator="kind")], ...] = ()
    webhooks: tuple[Annotated[WebhookSpec, Field(discriminator="kind")], ...] = ()
    clients: Mapping[str, float] = field(default_factory=dict)  # mail programs, by their readers

    def digest_named(self, name: str) -> Digest:
        """The digest of an edition, which may outlive its configuration: then as the project says,
        and in doubt held."""
        gone = Digest(name=name, schedule="", on_unknown=OnUnknown.HOLD)
        return next((each for each in self.digests if each.name == name), gone)


def load(folder: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of the project in `folder`; ConfigError when there are none, or faulty ones."""
    return settings_in(_read(folder / FILE), folder, environ)


def settings_in(text: str, folder: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that stand in the text of a configuration of the project in `folder`."""
    values = _values(text)
    laid_over, faults = _lay_over(values, environ)
    faults += parse_words(values)
    settings, wrong = _validate(values)
    faults += wrong
    if settings is None:
        # What is between the keys that are right can be told beside what is wrong.
        settings, _ = _validate(_without(values, wrong))
    if settings is not None:
        settings, more = _complete(settings, folder)
        more += _contradictions(settings)
        faults += [each for each in more if not any(overlap(each.key, f.key) for f in faults)]
    if settings is None or faults:
        raise ConfigError("\n".join(line(fault, laid_over) for fault in faults))
    return settings


def _validate(values: dict[str, Any]) -> tuple[Settings | None, list[Fault]]:
    try:
        return _adapter().validate_python(values), []
    except ValidationError as error:
        return None, faults_of(error.errors(include_url=False), _known_keys())


@cache
def _adapter() -> TypeAdapter[Settings]:
    return TypeAdapter(Settings)


def _without(values: dict[str, Any], faults: Iterable[Fault]) -> dict[str, Any]:
    """The values without those at fault, nor the lists that these stand in."""
    for fault in sorted(faults, key=lambda each: len(each.key), reverse=True):
        key: list[Any] = list(fault.key)
        while isinstance(key[-1], int):
            key.pop()
        place: Any = values
        for part in key[:-1]:
            place = place[part]
        place.pop(key[-1], None)
    return values


def _values(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{FILE}: not TOML: {error}") from None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")  # some editors begin with a mark
    except FileNotFoundError:
        raise ConfigError(
            f"{path.parent}: no {FILE} here; `newsletter init DIR` makes a project, "
            "`--project DIR` names one"
        ) from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{FILE}: not UTF-8: {error}") from None


def _lay_over(
    values: dict[str, Any], environ: Mapping[str, str]
) -> tuple[dict[Key, str], list[Fault]]:
    """Put NEWSLETTER_A__B=x at values["a"]["b"]; return which variable gave which key."""
    given: dict[Key, str] = {}
    faults: list[Fault] = []
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name.startswith(_NOT_OURS):
            continue
        *tables, last = name.removeprefix(PREFIX).lower().split("__")
        place, key = _table_at(values, tables)
        given[*key, last] = name
        if place is None:
            where = f"{dotted(tuple(tables))} is no table: set this in {FILE}"
            faults.append(Fault((*tables, last), where))
        else:
            place[last] = _environment_value(environ[name])
    return given, faults


def _table_at(values: dict[str, Any], tables: Iterable[str]) -> tuple[dict[str, Any] | None, Key]:
    """The table, made where there is none yet, and its key; None where something else stands."""
    place: Any = values
    key: Key = ()
    for table in tables:
        if isinstance(place, list):  # of tables with names: sources, digests
            at = next((at for at, each in enumerate(place) if _is_called(each, table)), None)
            step: str | int = table if at is None else at
            place = None if at is None else place[at]
        else:
            step, place = table, place.setdefault(table, {})
        key = (*key, step)
        if not isinstance(place, dict | list):
            return None, key
    return (place, key) if isinstance(place, dict) else (None, key)


def _is_called(table: object, name: str) -> bool:
    written = table.get("name") if isinstance(table, dict) else None
    return isinstance(written, str) and _in_variable(written) == name.upper()


def _in_variable(name: str) -> str:
    """A name as it is written in a variable's: "site-en" as SITE_EN."""
    return name.upper().replace("-", "_")


def _environment_value(text: str) -> object:
    """Lists and tables are written as in TOML; anything else is text."""
    if not re.fullmatch(r"\[.*\]|\{.*\}", text.strip(), re.DOTALL):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _complete(settings: Settings, folder: Path) -> tuple[Settings, list[Fault]]:
    """Make paths absolute and fill what follows from other keys."""
    folder = folder.resolve()
    transport, faults = _complete_transport(settings.transport, folder)
    sources, wrong = _complete_sources(settings.sources, folder)
    faults += wrong
    inboxes, wrong = complete_inboxes(settings.inboxes, folder)
    faults += wrong
    webhooks, wrong = complete_webhooks(settings.webhooks, folder)
    faults += wrong
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
        sources=sources,
        inboxes=inboxes,
        webhooks=webhooks,
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
    dkim, faults = _complete_dkim(transport.dkim, folder) if transport.dkim else (None, [])
    transport = replace(transport, ca_file=ca_file, dkim=dkim)
    if transport.password_file is None:
        return transport, faults
    password, wrong = secret_in(folder / transport.password_file, "a password")
    if transport.password is not None:
        wrong = "expected no such file, because `password` is given as well"
    if wrong:
        faults.append(Fault(("transport", "password_file"), wrong))
    return replace(transport, password=password), faults


def _complete_dkim(dkim: DkimSpec, folder: Path) -> tuple[DkimSpec, list[Fault]]:
    """With the paths of its keys, which are read once something is signed."""
    place = ("transport", "dkim", "keys")
    faults = [
        Fault((*place, index), wrong)
        for index, path in enumerate(dkim.keys)
        if (wrong := _wrong_with_key(path, folder))
    ]
    if not 1 <= len(dkim.keys) <= 2:
        faults.append(Fault(place, "expected one file with a key, or two: RSA and Ed25519"))
    domain = ascii_domain(dkim.domain)
    if domain is None or "." not in domain:
        faults.append(Fault(("transport", "dkim", "domain"), "expected a domain"))
    if not is_selector(dkim.selector):
        expected = f"expected a name of letters, digits and hyphens, such as {_SELECTOR!r}"
        faults.append(Fault(("transport", "dkim", "selector"), expected))
    keys = tuple(folder / path for path in dkim.keys)
    return replace(dkim, domain=domain or dkim.domain, keys=keys), faults


def _wrong_with_key(path: Path, folder: Path) -> str:
    if "PRIVATE KEY" in str(path):  # and must not be repeated
        return "expected the name of a file, not the key itself"
    _, wrong = secret_in(folder / path, "a private key")
    return f"{wrong}; `newsletter dkim make --domain …` makes keys" if wrong else ""


def _complete_sources(
    sources: Sequence[SourceSpec], folder: Path
) -> tuple[tuple[SourceSpec, ...], list[Fault]]:
    """With the keys that lie in files."""
    completed: list[SourceSpec] = []
    faults: list[Fault] = []
    for index, source in enumerate(sources):
        if isinstance(source, GhostSpec) and source.key_file is not None:
            key, wrong = secret_in(folder / source.key_file, "a Content API key")
            if key and not key.isalnum():
                wrong = "expected a Content API key in it, which is made of letters and digits"
            if source.key is not None:
                wrong = "expected no such file, because `key` is given as well"
            if wrong:
                faults.append(Fault(("sources", index, "key_file"), wrong))
            source = replace(source, key=source.key or key)
        completed.append(source)
    return tuple(completed), faults


def _contradictions(settings: Settings) -> Iterator[Fault]:
    """What is wrong between keys that are each right."""
    yield from _transport_faults(settings)
    yield from _client_faults(settings)
    yield from _privacy_faults(settings.privacy)
    yield from _repeated("languages", settings.languages)
    yield from _repeated("sources", [source.name for source in settings.sources], "name")
    yield from _repeated("digests", [digest.name for digest in settings.digests], "name")
    yield from _repeated("inboxes", [inbox.name for inbox in settings.inboxes], "name")
    yield from _repeated("webhooks", [hook.name for hook in settings.webhooks], "name")
    yield from feedback_faults(settings.inboxes, settings.webhooks)
    for index, source in enumerate(settings.sources):
        yield from _source_faults(("sources", index), source)
    for index, digest in enumerate(settings.digests):
        yield from _digest_faults(("digests", index), digest, settings)


def _privacy_faults(privacy: Privacy) -> Iterator[Fault]:
    if privacy.pending < privacy.confirm:
        yield Fault(
            ("privacy", "pending"),
            "expected no less than privacy.confirm: a link has to find what it confirms",
        )


def _transport_faults(settings: Settings) -> Iterator[Fault]:
    transport = settings.transport
    if not isinstance(transport, SmtpSpec):
        return
    if transport.password and not transport.username:
        yield Fault(("transport", "username"), "expected, because a password is given")
    if not 1 <= transport.port <= 65535:
        yield Fault(("transport", "port"), "expected a number from 1 to 65535")
    if not 1 <= transport.connections <= 100:
        yield Fault(("transport", "connections"), "expected a number from 1 to 100")
    if isinstance(transport.per_second, float) and not 0 < transport.per_second < inf:
        yield Fault(("transport", "per_second"), 'expected a number above 0, or "unlimited"')
    for domain, rate in transport.per_domain.items():
        if not 0 < rate < inf:
            yield Fault(("transport", "per_domain", domain), "expected a number above 0")
    if transport.warm_up:
        yield from _warm_up_faults(("transport", "warm_up"), transport.warm_up)
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


def _warm_up_faults(key: Key, warm_up: WarmUp) -> Iterator[Fault]:
    if not 1 <= warm_up.first_day <= _MANY:
        yield Fault((*key, "first_day"), "expected a number of letters above 0")
    if not 1 < warm_up.growth <= _FASTEST_GROWTH:
        yield Fault(
            (*key, "growth"),
            f"expected a number above 1, and no more than "
            f"{_FASTEST_GROWTH}: every day so many times the letters of the day before",
        )
    if not warm_up.first_day <= warm_up.until <= _MANY:
        yield Fault((*key, "until"), "expected a number of letters, first_day or more")


def _source_faults(key: Key, source: SourceSpec) -> Iterator[Fault]:
    if isinstance(source, GhostSpec) and source.key is None and source.key_file is None:
        yield Fault(
            (*key, "key"),
            "expected the Content API key from Ghost's settings, Integrations; here, in "
            f"`key_file`, or as {PREFIX}SOURCES__{_in_variable(source.name)}__KEY",
        )
    if isinstance(source, PagesSpec):
        given = [name for name in _PAGES_BY if getattr(source, name)]
        if len(given) != 1:
            found = f", found {' and '.join(given)}" if given else ""
            yield Fault((*key, given[1] if given else "urls"), f"expected one of {_ONE_OF}{found}")


def _repeated(table: str, names: Sequence[str], *key: str) -> Iterator[Fault]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Fault((table, index, *key), f"expected another: {name!r} is there already")


def _client_faults(settings: Settings) -> Iterator[Fault]:
    for name, share in settings.clients.items():
        known = facts().families
        if name not in known:
            there = f"no such mail program; there are: {', '.join(sorted(known))}"
            yield Fault(("clients", name), there)
        elif not 0 <= share < inf:
            yield Fault(("clients", name), "expected a number of 0 or more")


def _digest_faults(key: Key, digest: Digest, settings: Settings) -> Iterator[Fault]:
    names = [source.name for source in settings.sources]
    for place, chosen in (
        (("sources",), digest.sources),
        (("include", "sources"), digest.include.sources),
        (("exclude", "sources"), digest.exclude.sources),
    ):
        for name in chosen:
            if name not in names:
                there = f"{name!r} is no source; there are: {', '.join(names)}"
                yield Fault((*key, *place), there)
    for language in digest.languages:
        if language not in settings.languages:
            yield Fault(
                (*key, "languages"),
                f"{language!r} is not among the languages at the top of the file",
            )
    yield from _foreign((*key, "sender"), digest.sender, digest.languages)
    if not isinstance(digest.reply_to, str):
        yield from _foreign((*key, "reply_to"), digest.reply_to, digest.languages)
    if not 1 <= digest.min_stories <= digest.max_stories:
        yield Fault((*key, "min_stories"), "expected a number from 1 to max_stories")


def _foreign(key: Key, given: Iterable[str], languages: Sequence[str]) -> Iterator[Fault]:
    """Languages that the digest is not made in: what is set for them would go nowhere."""
    known = {ANY_LANGUAGE, *languages, *(each.partition("-")[0] for each in languages)}
    for language in given:
        if language not in known:
            expected = f"expected one of the digest's languages: {', '.join(languages)}"
            yield Fault((*key, language), expected)


_TABLES: dict[str, type] = {
    "": Settings,
    "publication": Publication,
    "sender": Sender,
    "transport.maildir": MaildirSpec,
    "transport.smtp": SmtpSpec,
    "transport.smtp.dkim": DkimSpec,
    "transport.smtp.warm_up": WarmUp,
    "public": Public,
    "privacy": Privacy,
    "inboxes.imap": ImapSpec,
    "inboxes.pop": PopSpec,
    "inboxes.maildir": MaildirInboxSpec,
    "webhooks.ses": SesSpec,
    "webhooks.mailgun": MailgunSpec,
    "webhooks.postmark": PostmarkSpec,
    "webhooks.sendgrid": SendGridSpec,
    "sources.feed": FeedSpec,
    "sources.wordpress": WordPressSpec,
    "sources.ghost": GhostSpec,
    "sources.pages": PagesSpec,
    "sources.folder": FolderSpec,
    "digests": Digest,
    "digests.include": Choice,
    "digests.exclude": Choice,
    "digests.sender.*": Sender,
}


def _known_keys() -> Mapping[str, Iterable[str]]:
    """Every key there is, by table and kind."""
    return {table: [item.name for item in fields(spec)] for table, spec in _TABLES.items()}
