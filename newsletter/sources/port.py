"""What every source can do, and what it may use for it."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, Protocol

from newsletter.lib.errors import NewsletterError
from newsletter.model.article import Draft

FaultCode = Literal[
    "fetch_refused", "fetch_failed", "too_large", "decode", "timeout", "not_article"
]


class SourceFault(NewsletterError):
    """A source, or one of its pages, that could not be read. `code` says in one word why."""

    def __init__(self, code: FaultCode, message: str) -> None:
        super().__init__(message)
        self.code: FaultCode = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer: `url` is where the redirects ended, `content` is decompressed.

    `content_type` is the media type alone, in lower case; `charset` its parameter.
    """

    url: str
    status: int
    content: bytes
    content_type: str | None = None
    charset: str | None = None


Fetch = Callable[[str], Fetched]


@dataclass(frozen=True, slots=True)
class ItemFault:
    """One entry or file that could not be read, or a part of it: where it stands, and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one reading of a source found, in the order of the source."""

    drafts: tuple[Draft, ...] = ()
    title: str | None = None
    language: str | None = None
    faults: tuple[ItemFault, ...] = ()


class Source(Protocol):
    """Where articles come from."""

    @property
    def name(self) -> str:
        """The identity of the source: addresses may change, the name stays."""

    def read(self) -> Found:
        """All that the source offers now. SourceFault when nothing of it can be read."""

    def complete(self, draft: Draft) -> Draft:
        """The draft with the page of its article attached, where that can add something.

        A page that cannot be had is told in `remarks` (code "page_unread"); never raises.
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
    )


def _status_words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
