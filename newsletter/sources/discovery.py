"""From a site's address to its feed: one that its page names, else one where feeds usually are."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from newsletter.lib.urls import absolute
from newsletter.sources.decode import html_text
from newsletter.sources.port import Fetched
from newsletter.sources.tree import tree_of

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
# Of WordPress, old habits, JSON Feed, Hugo, Jekyll, Ghost. Below a folder only the first of them.
_USUAL = ("feed/", "rss.xml", "atom.xml", "feed.json", "index.xml", "feed.xml", "rss/")
_IN_FOLDERS = 5
_MOST = 5  # feeds of a page that are tried
# What readers said about the articles: by address in WordPress and Blogger, by title elsewhere.
_COMMENTS = re.compile(r"comment|coment", re.IGNORECASE)


class LinkedFeed(NamedTuple):
    """A feed that a page names in its head."""

    url: str
    title: str
    language: str  # as declared by hreflang; "" mostly


def linked_feeds(html: str, url: str | None) -> Iterator[LinkedFeed]:
    """The feeds that a page names in its head, in its order."""
    for link in tree_of(html).css("link[rel~=alternate][href]"):
        if (link.attributes.get("type") or "").lower().startswith(FEED_TYPES):
            with suppress(ValueError):
                yield LinkedFeed(
                    urljoin(url or "", link.attributes.get("href") or ""),
                    link.attributes.get("title") or "",
                    (link.attributes.get("hreflang") or "").lower(),
                )


def is_page(fetched: Fetched) -> bool:
    """Whether the answer is a web page, whatever its server calls it."""
    start = html_text(fetched.content[:4096], fetched.charset).lstrip("\ufeff \t\r\n").lower()
    return start.startswith("<!doctype html") or "<html" in start


def feed_addresses(page: Fetched, language: str | None) -> list[str]:
    """Where to look for the feed of a site, the most likely place first.

    The page's own feeds, those of comments last, those in the source's language first; the usual
    places only where it names none.
    """
    html = html_text(page.content, page.charset)
    named = [
        (each, link)
        for each in linked_feeds(html, page.url)
        if (link := absolute(each.url, page.url))
    ]
    named.sort(key=lambda pair: (_is_of_comments(pair[0]), not _is_in(pair[0], language)))
    if named:
        return list(dict.fromkeys(link for _, link in named))[:_MOST]
    return _usual_places(page.url)


def _usual_places(url: str) -> list[str]:
    """Those beside the page, whose folder is a language's or a section's, then the site's."""
    path = urlsplit(url).path
    is_file = not path.endswith("/") and "." in path.rpartition("/")[2]
    folder = path.rpartition("/")[0] if is_file else path.rstrip("/")
    places = [f"{folder}/{place}" for place in _USUAL[:_IN_FOLDERS]] if folder else []
    return [urljoin(url, place) for place in (*places, *(f"/{place}" for place in _USUAL))]


def _is_of_comments(feed: LinkedFeed) -> bool:
    return bool(_COMMENTS.search(urlsplit(feed.url).path) or _COMMENTS.search(feed.title))


def _is_in(feed: LinkedFeed, language: str | None) -> bool:
    """Whether a feed is in a language, by what declares it, or by a part of its address."""
    if language is None:
        return False
    base = language.partition("-")[0].lower()
    if feed.language:
        return feed.language.partition("-")[0] == base
    parts = urlsplit(feed.url)
    words = re.split(r"[/.?&=_-]", f"{parts.netloc.partition('.')[0]}/{parts.path}?{parts.query}")
    return base in [word.lower() for word in words]
