"""What is published: drafts as found, articles as cleaned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

UNKNOWN_LANGUAGE = "und"  # BCP 47: undetermined


class Visibility(StrEnum):
    """Who may read an article in full: anybody, or only those whom its publisher lets in."""

    PUBLIC = "public"
    MEMBERS = "members"
    PAID = "paid"
    PASSWORD = "password"  # noqa: S105 - what it is closed with, none itself


class Precision(StrEnum):
    """How much of a moment its publisher gave."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as a publisher wrote it: aware, with the offset that it was given in."""

    at: datetime
    precision: Precision = Precision.SECOND

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a moment knows its offset from UTC")

    @property
    def instant(self) -> datetime:
        return self.at.astimezone(UTC)

    def __str__(self) -> str:
        """RFC 3339; the date alone when nothing finer is known."""
        if self.precision is Precision.DAY:
            return self.at.date().isoformat()
        return self.at.isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture that belongs to an article.

    `url` is its public address; `file` the absolute path of a picture that lies on this machine
    (folder sources). An image may have neither: its caption was found, the picture was not.
    """

    url: str | None = None
    file: str | None = None
    width: int | None = None
    height: int | None = None
    mime: str | None = None
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None

    @property
    def shown(self) -> bool:
        return bool(self.url or self.file)

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return self.url or self.file or "a picture without address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote it. `bio` by language; in a draft the whole raw text stands under "und"."""

    name: str
    url: str | None = None
    avatar: Image | None = None
    bio: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something an editor should know about how an article was read."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An article's HTML page as it was fetched. `url` is where the redirects ended."""

    url: str | None
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a source hands over, as found: raw strings, HTML not cleaned, dates not parsed.

    `origin` prefixes the provenance of its fields ("feed", "jsonfeed", "front_matter", "page",
    "text"). `page` fills what the other fields leave out; `text` is a page as a reader copied it.
    Drafts with one `translation_key` in different languages are one story, whatever their source.
    `remarks` tell what the source could not do for this draft (a page that was not to be had).
    """

    source: str
    origin: str
    url: str | None = None
    guid: str | None = None
    language: str | None = None
    title: str | None = None
    summary: str | None = None
    content: str | None = None
    images: tuple[Image, ...] = ()
    authors: tuple[Author, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    translations: Mapping[str, str | None] = field(default_factory=dict)
    translation_key: str | None = None
    site: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    page: Page | None = None
    text: str | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One published text in one language, cleaned. The fields are those of the article's JSON.

    `other_images` are not among them: the next best pictures, for when the lead picture turns out
    to be none. Nobody may have looked at them yet.
    """

    id: str
    source: str
    guid: str | None = None
    url: str | None = None
    canonical_url: str | None = None
    language: str = UNKNOWN_LANGUAGE
    translations: Mapping[str, str | None] = field(default_factory=dict)
    translation_key: str | None = None
    title: str
    standfirst: str | None = None
    excerpt: str
    body_html: str = ""
    body_text: str = ""
    lead_image: Image | None = None
    other_images: tuple[Image, ...] = ()
    authors: tuple[Author, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    published: Moment | None = None
    updated: Moment | None = None
    site: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    provenance: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()

    @property
    def address(self) -> str | None:
        """Where a reader is sent."""
        return self.url or self.canonical_url


@dataclass(frozen=True, slots=True)
class NotAnArticle:
    """A draft in which no article could be found, and why."""

    reason: str


class Pairing(StrEnum):
    """How two articles were recognised as one story."""

    MUTUAL = "mutual"  # each names the other as its translation
    ONE_WAY = "one-way"  # only one names the other, nothing contradicts it
    TRANSLATION_KEY = "translation-key"
    EDITOR = "editor"  # said so
    APART = "apart"  # an editor said that it is a story of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An article in the store, with what the program itself knows of it.

    `news_since` is when it was first seen, or published where it had been announced before, or
    let go by an editor. `sources` are all that brought it, its own among them. `held` says why an
    editor has to let it go, `withdrawn` why it is no longer published.
    """

    article: Article
    story: int
    first_seen: datetime
    news_since: datetime
    baseline: bool = False
    pairing: Pairing | None = None
    sources: frozenset[str] = frozenset()
    held: str | None = None
    withdrawn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What tells one article from another in the store, without the article itself.

    `keys` are "id:…", the source's own id, and "at:…", addresses. `title_key` and `opening_key`
    are those of its headline's words and of its text's first ones: "" for too few.
    """

    id: str
    source: str
    keys: frozenset[str]
    fingerprint: str
    content_hash: str
    title_key: str
    opening_key: str

    @property
    def addresses(self) -> frozenset[str]:
        return frozenset(key for key in self.keys if key.startswith(AT))

    @property
    def ids(self) -> frozenset[str]:
        return self.keys - self.addresses


AT = "at:"  # begins a key that is an address
ID = "id:"  # begins a key that is a source's own id


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An article that the store holds, beside one that may be the same. Its stamp has every key
    that it ever had; `sources` are all that brought it."""

    stamp: Stamp
    article: Article
    first_seen: datetime
    sources: frozenset[str]
