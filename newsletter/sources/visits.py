"""One reading of one source, politely: nothing is fetched again that has not changed.

A source knows nothing of this. It is given `fetch`; while it is `reading`, what it asks for are its
own documents (a feed, a sitemap, a page of an API), and they are asked on condition. Otherwise they
are pages of articles, which are read once.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus

from newsletter.lib.urls import bare_host
from newsletter.model.poll import Document
from newsletter.sources.polling import BUSY, validators
from newsletter.sources.port import Fetch, Fetched, NotModified, SourceFault

Ask = Callable[[str, Mapping[str, str]], Fetched]
"""Fetch an address, with conditions."""

_MOST = 100  # documents that are remembered of a source


class Visits:
    """A Fetch that remembers. `known` are the documents of the last reading, all of them, or none
    when everything is to be read; `page` fetches what is no document of the source; `address` is
    where the source is configured to be, if that is one document. With `secret`, for addresses that
    hold a key, no document is remembered: what is remembered is stored."""

    def __init__(
        self,
        ask: Ask,
        known: tuple[Document, ...] = (),
        *,
        page: Fetch | None = None,
        address: str | None = None,
        secret: bool = False,
    ) -> None:
        self._ask = ask
        self._known = known
        self._address = address
        self._moved: str | None = None
        self._page = page or (lambda url: ask(url, {}))
        self._reading = False
        self._first: Fetched | None = None
        self._last: Fetched | None = None
        self._found: dict[str, Document] = {}
        self._kept: dict[str, Fetched] = {}
        self._whole = not secret
        self._resting: set[str] = set()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """What is fetched here are the source's own documents."""
        self._reading = True
        try:
            yield
        finally:
            self._reading = False

    def fetch(self, url: str) -> Fetched:
        """The answer. NotModified when the source asks for its first document and neither that nor
        any other of the last reading has changed."""
        if not self._reading:
            return self._page_at(url)
        if self._first is None and self._known and self._known[0].url == url:
            self._look()
        fetched = self._kept.pop(url, None) or self._asked(url)
        self._note(url, fetched)
        return fetched

    @property
    def documents(self) -> tuple[Document, ...]:
        """What was read, to be known next time; nothing where a part was not to be had."""
        whole = self._whole and len(self._found) <= _MOST
        return tuple(self._found.values()) if whole else ()

    @property
    def moved(self) -> str | None:
        """Where the source's address has moved for good, as its server says."""
        return self._moved

    @property
    def conditional(self) -> bool:
        """Whether the source could be asked for changes alone."""
        return bool(self._known)

    @property
    def first(self) -> Fetched | None:
        """The answer that the first document got, without its content: what it says of itself
        counts for the source."""
        return self._first

    @property
    def last(self) -> Fetched | None:
        """The last answer, without its content; None when the last document could not be fetched
        at all."""
        return self._last

    def _page_at(self, url: str) -> Fetched:
        """A page, unless its host has asked for a rest since we began."""
        host = bare_host(url)
        if host in self._resting:
            raise SourceFault(
                "fetch_failed", f"{url}: not fetched, {host} asks for a rest just now"
            )
        fetched = self._page(url)
        if fetched.status in BUSY:
            self._resting.add(host)
        return fetched

    def _look(self) -> None:
        """Raise NotModified when all documents are as they were. The first one that is not is kept;
        those before it have to be fetched again where the source wants them too."""
        refreshed: dict[str, Document] = {}
        for place, document in enumerate(self._known):
            try:
                fetched = self._asked(document.url, _conditions(document))
            except SourceFault:
                if place == 0:
                    raise
                return
            if not _same(document, fetched):
                self._kept[document.url] = fetched
                return
            refreshed[document.url] = _refreshed(document, fetched)
        self._found = refreshed
        raise NotModified("nothing has changed")

    def _asked(self, url: str, conditions: Mapping[str, str] | None = None) -> Fetched:
        self._last = None
        try:
            fetched = self._ask(url, conditions or {})
        except SourceFault:
            self._whole = False
            raise
        self._last = replace(fetched, content=b"")  # megabytes, while the articles are read
        self._first = self._first or self._last
        if url == self._address:
            self._moved = fetched.moved
        return fetched

    def _note(self, url: str, fetched: Fetched) -> None:
        self._last = replace(fetched, content=b"")
        if _good(fetched):
            self._found[url] = _document(url, fetched)
        else:
            self._whole = False


def _conditions(document: Document) -> dict[str, str]:
    told = {"If-None-Match": document.etag, "If-Modified-Since": document.last_modified}
    return {name: value for name, value in told.items() if value}


def _same(document: Document, fetched: Fetched) -> bool:
    if fetched.status == HTTPStatus.NOT_MODIFIED:
        return True
    return _good(fetched) and _digest(fetched.content) == document.digest


def _good(fetched: Fetched) -> bool:
    return HTTPStatus.OK <= fetched.status < HTTPStatus.MULTIPLE_CHOICES


def _document(url: str, fetched: Fetched) -> Document:
    etag, last_modified = validators(fetched.headers)
    digest = _digest(fetched.content)
    return Document(url=url, digest=digest, etag=etag, last_modified=last_modified)


def _refreshed(document: Document, fetched: Fetched) -> Document:
    """With the validators of a newer answer: of a 304 as far as it has any (RFC 9110, 15.4.5)."""
    if _good(fetched):
        return _document(document.url, fetched)
    etag, last_modified = validators(fetched.headers)
    return Document(
        url=document.url,
        digest=document.digest,
        etag=etag or document.etag,
        last_modified=last_modified or document.last_modified,
    )


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
