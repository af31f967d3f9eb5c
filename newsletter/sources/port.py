"""What every source can do, and what it may use for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Literal, Protocol

from newsletter.lib.errors import NewsletterError
from newsletter.model.article import Draft

FaultCode = Literal[
    "fetch_refused", "fetch_failed", "too_large", "decode", "timeout", "not_article"
]


# What a server answers that has no time just now (RFC 9110, 15.5.9; RFC 8470; RFC 6585).
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


class SourceFault(NewsletterError):
    """A source, or one of its pages, that could not be read. `code` says in one word why; `status`
    is what a server answered, None where none did."""

    def __init__(self, code: FaultCode, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.code: FaultCode = code
        self.status = status

    @property
    def passing(self) -> bool:
        """Whether it may be over the next time: no answer, or one that says so."""
        if self.status is not None:
            return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR or self.status in _LATER
        return self.code in ("timeout", "fetch_failed")

    def __reduce__(self) -> tuple[type["SourceFault"], tuple[FaultCode, str]]:
        return SourceFault, (self.code, str(self))  # comes back from another process whole


class NotModified(NewsletterError):
    """All that a source consists of is as it was when it was last read: there is nothing to do.

    Raised by the Fetch that a source was given, and let through by it.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer: `url` is where the redirects ended, `content` is decompressed.

    `content_type` is the media type alone, in lower case; `charset` its parameter. `headers` have
    their names in lower case. `moved` is where the address has moved for good: as far as every
    redirect from the first one on says so.
    """

    url: str
    status: int
    content: bytes
    content_type: str | None = None
    charset: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    moved: str | None = None


Fetch = Callable[[str], Fetched]


@dataclass(frozen=True, slots=True)
class ItemFault:
    """One entry or file that could not be read, or a part of it: where it stands, and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one reading of a source found, in the order of the source. `ttl` are the minutes for
    which the source says that it will not change."""

    drafts: tuple[Draft, ...] = ()
    title: str | None = None
    language: str | None = None
    faults: tuple[ItemFault, ...] = ()
    ttl: int | None = None


class Source(Protocol):
    """Where articles come from."""

    @property
    def name(self) -> str:
        """The identity of the source: addresses may change, the name stays."""

    def read(self, since: datetime | None = None) -> Found:
        """What the source offers now. SourceFault when nothing of it can be read; NotModified is
        let through.

        `since` is when it was last read without a fault: a source that can be asked for changes
        alone answers with those, and with a little more for clocks that differ.
        """

    def complete(self, draft: Draft) -> Draft:
        """The draft with the page of its article attached, where that can add something.

        A page that cannot be had is told in `remarks` (code "page_unread"); never raises.
        """

    def withdrawn(self, guid: str | None, url: str | None) -> str | None:
        """Why the article with this id or at this address is no longer published, as asked just
        now; None while it is, and where that cannot be told. Never raises.
        """


def answered(fetch: Fetch, url: str) -> Fetched:
    """The content behind an address. SourceFault when it is not to be had (any status but 2xx)."""
    fetched = fetch(url)
    if HTTPStatus.OK <= fetched.status < HTTPStatus.MULTIPLE_CHOICES:
        return fetched
    raise SourceFault(
        "fetch_failed",
        f"{url}: the server answered {_status_words(fetched.status)}; open the address in a "
        f"browser, and correct it where it is configured if the page has moved",
        status=fetched.status,
    )


def _status_words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
