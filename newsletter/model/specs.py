"""The parts of a configuration, as values: what the rooms are told, never where it was written.

Field names are the keys of newsletter.toml. `config.py` reads, checks and completes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Literal, TypeVar

# pydantic's setting: a misspelt key in the configuration is a fault, never ignored.
_STRICT = {"extra": "forbid"}

LocalText = str | dict[str, str]
"""A text that is shown: one for all languages, or one by language."""


def in_language(text: LocalText, language: str) -> str:
    """The text in this language; failing that the first one given; "" when there is none."""
    if isinstance(text, str):
        return text
    base = language.partition("-")[0]
    return text.get(language) or text.get(base) or next(iter(text.values()), "")


ANY_LANGUAGE = "*"
"""Stands among languages for those that are not named."""

T = TypeVar("T")


def of_language(values: Mapping[str, T], language: str) -> T | None:
    """What is set for this language, or for its base, or for any; None when nothing is."""
    base = language.partition("-")[0]
    names = (language, base, ANY_LANGUAGE)
    return next((values[name] for name in names if name in values), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    __pydantic_config__: ClassVar = _STRICT

    name: LocalText
    url: LocalText
    postal_address: LocalText = ""
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    __pydantic_config__: ClassVar = _STRICT

    address: str
    name: LocalText = ""
    bounces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaildirSpec:
    """Letters as files under a folder: a rehearsal, with its own ledger."""

    __pydantic_config__: ClassVar = _STRICT

    kind: Literal["maildir"] = "maildir"
    path: Path = Path("outbox")

    @property
    def rehearsal(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimSpec:
    """Signing by ourselves, for who sends without a relay that does. `keys` are PEM files."""

    __pydantic_config__: ClassVar = _STRICT

    domain: str
    selector: str
    keys: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUp:
    """How a new sender address becomes known: so many letters on its first day, every day `growth`
    times as many, without limit once that would be `until`."""

    __pydantic_config__: ClassVar = _STRICT

    first_day: int = 200
    growth: float = 1.5
    until: int = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSpec:
    __pydantic_config__: ClassVar = _STRICT

    kind: Literal["smtp"]
    host: str
    port: int = 587
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    password_file: Path | None = None
    tls: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: Path | None = None
    connections: int = 1
    fast: bool = True  # the next envelope goes out behind a letter's final dot
    per_second: float | Literal["unlimited"] | None = None
    per_domain: Mapping[str, float] = field(default_factory=dict)
    warm_up: WarmUp | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    dkim: DkimSpec | None = None

    @property
    def rehearsal(self) -> bool:
        return False


TransportSpec = MaildirSpec | SmtpSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    __pydantic_config__: ClassVar = _STRICT

    base_url: str = "http://127.0.0.1:8000"
    listen: str = "127.0.0.1:8000"
    allow_origins: tuple[str, ...] = ()  # sites that may have a sign-up form of ours on their pages
    trusted_proxies: tuple[str, ...] = ()  # they say truly where a request comes from
    index: bool = False  # search engines may show the archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """How long is kept what is known of people. What a subscription is made of stays as long as its
    reader wants it."""

    __pydantic_config__: ClassVar = _STRICT

    confirm: timedelta = timedelta(days=7)  # the life of a confirmation link
    pending: timedelta = timedelta(days=30)  # what was asked for and never confirmed
    replies: timedelta = timedelta(days=90)  # the words of readers' servers
    events: timedelta = timedelta(days=730)
    consents: timedelta = timedelta(days=1095)  # once the person is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class _MailboxSpec:
    """A mailbox on a server. `password` is the secret itself, `ca_file` a certificate that the
    system does not know, `every` how often somebody looks."""

    name: str
    host: str
    username: str
    port: int | None = None  # what is usual for `kind` and `tls` when left out
    password: str | None = field(default=None, repr=False)
    password_file: Path | None = None
    tls: Literal["starttls", "tls", "none"] = "tls"
    ca_file: Path | None = None
    every: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSpec(_MailboxSpec):
    """A folder of a mailbox. What was not understood goes into the folder `aside`, what was is
    deleted, or goes into the folder `done`."""

    __pydantic_config__: ClassVar = _STRICT

    kind: Literal["imap"]
    folder: str = "INBOX"
    aside: str = "aside"
    done: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PopSpec(_MailboxSpec):
    """A mailbox without folders: what was not understood is kept in the project."""

    __pydantic_config__: ClassVar = _STRICT

    kind: Literal["pop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaildirInboxSpec:
    """A Maildir that a mail server on this machine delivers to."""

    __pydantic_config__: ClassVar = _STRICT

    name: str
    kind: Literal["maildir"]
    path: Path
    every: timedelta = timedelta(minutes=5)


MailboxSpec = ImapSpec | PopSpec
InboxSpec = MailboxSpec | MaildirInboxSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class SesSpec:
    """Events of Amazon SES, which come by a topic of Amazon SNS."""

    __pydantic_config__: ClassVar = _STRICT

    name: str
    kind: Literal["ses"]
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _SecretHookSpec:
    name: str
    secret: str | None = field(default=None, repr=False)
    secret_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailgunSpec(_SecretHookSpec):
    """Events of Mailgun; the secret is the account's signing key for webhooks."""

    __pydantic_config__: ClassVar = _STRICT

    kind: Literal["mailgun"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmarkSpec(_SecretHookSpec):
    """Events of Postmark, which signs nothing: the secret is the password in the webhook's address,
    or stands in a header of its own."""

    __pydantic_config__: ClassVar = _STRICT

    kind: Literal["postmark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendGridSpec:
    """Events of SendGrid; the key is the one that its signed event webhook shows."""

    __pydantic_config__: ClassVar = _STRICT

    name: str
    kind: Literal["sendgrid"]
    public_key: str


WebhookSpec = SesSpec | MailgunSpec | PostmarkSpec | SendGridSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class _SourceSpec:
    name: str
    language: str | None = None
    first_run: str = "baseline"
    timezone: str = "UTC"
    allow_private: tuple[str, ...] = ()
    request_pause: float = 1.0  # seconds between two requests to one host
    user_agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec(_SourceSpec):
    """RSS, Atom or JSON Feed at an address; `enrich` reads what it leaves out from the pages."""

    __pydantic_config__: ClassVar = _STRICT

    kind: Literal["feed"]
    url: str
    enrich: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPressSpec(_SourceSpec):
    """A site of WordPress at an address, read through its REST API; `post_types` as they are named
    there. `enrich` reads what it leaves out from the pages."""

    __pydantic_config__: ClassVar = _STRICT

    kind: Literal["wordpress"]
    url: str
    post_types: tuple[str, ...] = ("posts",)
    enrich: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GhostSpec(_SourceSpec):
    """A site of Ghost at an address, read through its Content API, which wants a key."""

    __pydantic_config__: ClassVar = _STRICT

    kind: Literal["ghost"]
    url: str
    key: str | None = field(default=None, repr=False)
    key_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesSpec(_SourceSpec):
    """HTML pages, each an article: named one by one (`urls`), linked from a page (`list`), or named
    by a sitemap. Exactly one of the three is given."""

    __pydantic_config__: ClassVar = _STRICT

    kind: Literal["pages"]
    urls: tuple[str, ...] = ()
    list: str | None = None
    sitemap: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSpec(_SourceSpec):
    """Markdown and HTML files; `base_url` is where the folder is published, if it is."""

    __pydantic_config__: ClassVar = _STRICT

    kind: Literal["folder"]
    path: Path
    base_url: str | None = None


WebSpec = FeedSpec | WordPressSpec | GhostSpec | PagesSpec
SourceSpec = WebSpec | FolderSpec


@dataclass(frozen=True, slots=True)
class Fallback:
    """What an edition does with a story that has no article in its language: `wait` for one so
    long after the story came, then show the `original` or leave the story out."""

    original: bool = False
    wait: timedelta = timedelta()


LEAVE_OUT = Fallback()
ORIGINAL = Fallback(original=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Some of all stories: those of these sources, sections, tags, authors and languages. A kind
    that is left out does not matter, of the others each has to fit."""

    __pydantic_config__: ClassVar = _STRICT

    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


ANYTHING = Choice()


class OnUnknown(StrEnum):
    """What becomes of a delivery that a crash left without an answer."""

    RESEND = "resend"
    HOLD = "hold"


class Weekday(StrEnum):
    """A day of the week, in the order of `date.weekday()`."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class OnFinding(StrEnum):
    """What an error in a finished letter does: keeps it for an editor, or is only told."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Approval:
    """Who lets an edition go: nobody ("automatic"), an editor ("hold"), or time ("veto 30m")."""

    needed: bool
    veto: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of a day in which letters leave, on clocks where the digest is at home: from
    `opens` to just before `closes`, past midnight where that is the earlier one."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One `[[digests]]` table, durations parsed."""

    __pydantic_config__: ClassVar = _STRICT

    name: str
    schedule: str
    title: LocalText = ""
    timezone: str = "UTC"
    languages: tuple[str, ...] = ()  # filled with the project's when left out
    open: bool = True  # anybody can sign up, and read past editions
    sources: tuple[str, ...] = ()  # all of them when left out
    layout: str = "digest"
    sections: tuple[str, ...] = ()
    subject: LocalText = ""
    preheader: LocalText = ""
    note: LocalText = ""
    min_stories: int = 1
    max_stories: int = 12
    max_age: timedelta | None = None  # twice the gap between slots when left out
    carry_over: bool = False
    fallback: Fallback = LEAVE_OUT
    include: Choice = ANYTHING  # only these
    exclude: Choice = ANYTHING  # none of these
    audience: str = ""  # a segment of its readers; all of them when left out
    late_articles: Literal["send", "hold"] = "send"  # published days before they were first seen
    members_only: Literal["leave_out", "send"] = "leave_out"
    images: Literal["link", "resize", "attach"] = "link"
    late: timedelta = timedelta(hours=6)
    window: Window | None = None  # at any hour when left out
    local_time: bool = False  # each reader's letter leaves when their own clock shows the slot's
    weekly_on: Weekday = Weekday.MONDAY  # when the turn of those begins who read it once a week
    link_parameters: Mapping[str, str] = field(default_factory=dict)
    reply_to: LocalText = ""
    sender: Mapping[str, Sender] = field(default_factory=dict)  # by language, or for ANY_LANGUAGE
    approve: Approval = Approval(needed=False)
    on_unknown: OnUnknown = OnUnknown.RESEND
    check: OnFinding = OnFinding.BLOCK

    def sender_in(self, language: str, otherwise: Sender) -> Sender:
        """Who sends the editions of a language: the digest's own sender, or the project's, whose
        address for bounces serves both."""
        own = of_language(self.sender, language)
        return replace(own, bounces=own.bounces or otherwise.bounces) if own else otherwise

    def reply_to_in(self, language: str) -> str | None:
        """Where answers to the editions of a language go; None where they go to the sender."""
        if isinstance(self.reply_to, str):
            return self.reply_to or None
        return of_language(self.reply_to, language) or None
