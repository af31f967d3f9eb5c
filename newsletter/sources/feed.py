"""Feeds: whatever announces a publisher's articles at an address."""

from datetime import datetime

from newsletter.lib.isolation import Isolation, here
from newsletter.model.article import Draft
from newsletter.model.specs import FeedSpec
from newsletter.sources.decode import html_text
from newsletter.sources.discovery import feed_addresses, is_page, linked_feeds
from newsletter.sources.json_feed import parse_json
from newsletter.sources.page import gone_page, with_page
from newsletter.sources.port import Fetch, Fetched, Found, SourceFault, answered
from newsletter.sources.xml_feed import parse_xml

_LIMIT = 5_000_000  # bytes; what the parser is given at most


def parse_feed(
    content: bytes,
    *,
    source: str,
    url: str | None,
    language: str | None = None,
    charset: str | None = None,
) -> Found:
    """The entries of a feed of any kind, in document order, as it has them.

    `url` is where it was fetched, `language` what all its entries are in, where that is known
    better than the feed knows it, `charset` what the server said. SourceFault ("too_large",
    "decode", "not_article") when there is nothing that can be read as a feed.
    """
    if len(content) > _LIMIT:
        raise SourceFault("too_large", f"{_place(url)}: more than {_LIMIT} bytes; not read")
    try:
        found = _parsed(content, source, url, language, charset)
    except SourceFault as fault:
        raise SourceFault(fault.code, f"{_place(url)}: {fault}") from fault
    if found is None:
        raise _no_feed(content, url, charset)
    return found


def _parsed(
    content: bytes, source: str, url: str | None, language: str | None, charset: str | None
) -> Found | None:
    if content[:2] in (b"<\0", b"\0<"):  # UTF-16 without its mark, which the parser misses
        content = html_text(content).encode()
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return parse_json(content, source=source, url=url, language=language)
    return parse_xml(content, source=source, url=url, language=language, charset=charset)


def read_feed(
    fetch: Fetch,
    url: str,
    *,
    source: str,
    language: str | None = None,
    isolated: Isolation = here,
) -> Found:
    """The entries of the feed at an address, or of the feed of the site at it. `isolated` is how
    bytes are parsed.

    SourceFault as of `parse_feed`, and when the address is not to be had; for a page without a feed
    it says so, wherever else was looked.
    """
    fetched = answered(fetch, url)
    try:
        return _entries(fetched, source, language, isolated)
    except SourceFault as fault:
        if not is_page(fetched):
            raise
        nothing = fault
    for address in feed_addresses(fetched, language):
        try:
            return _entries(answered(fetch, address), source, language, isolated)
        except SourceFault:
            continue
    raise nothing


def _entries(fetched: Fetched, source: str, language: str | None, isolated: Isolation) -> Found:
    return isolated(
        parse_feed,
        fetched.content,
        source=source,
        url=fetched.url,
        language=language,
        charset=fetched.charset,
    )


class FeedSource:
    """RSS, Atom or JSON Feed at an address, and the pages of its articles. `isolated` is how its
    bytes are parsed."""

    def __init__(self, spec: FeedSpec, fetch: Fetch, isolated: Isolation = here) -> None:
        self._spec = spec
        self._fetch = fetch
        self._isolated = isolated

    @property
    def name(self) -> str:
        return self._spec.name

    def read(self, since: datetime | None = None) -> Found:
        return read_feed(
            self._fetch,
            self._spec.url,
            source=self.name,
            language=self._spec.language,
            isolated=self._isolated,
        )

    def complete(self, draft: Draft) -> Draft:
        """Two thirds of all entries have no picture and half no author: their pages have."""
        return with_page(draft, self._fetch) if self._spec.enrich else draft

    def withdrawn(self, guid: str | None, url: str | None) -> str | None:
        return gone_page(self._fetch, url)


def _no_feed(content: bytes, url: str | None, charset: str | None) -> SourceFault:
    html = html_text(content, charset)
    if "<html" not in html.lower():
        return SourceFault("decode", f"{_place(url)}: neither RSS, Atom nor JSON Feed")
    feed = next(linked_feeds(html, url), None)
    way_out = f"it names this feed: {feed.url}" if feed else 'it names no feed; use kind = "pages"'
    return SourceFault("not_article", f"{_place(url)}: is a web page, not a feed; {way_out}")


def _place(url: str | None) -> str:
    return url or "this file"
