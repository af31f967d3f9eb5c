"""One file as one draft, for looking at how an article is read."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath

from newsletter.lib.urls import absolute
from newsletter.model.article import Draft, Image
from newsletter.sources.decode import html_text
from newsletter.sources.feed import parse_feed
from newsletter.sources.manuscript import HTML, MARKDOWN, TEXT, Surroundings, draft_of_manuscript
from newsletter.sources.page import draft_of_page
from newsletter.sources.port import SourceFault

_FEEDS = frozenset({".json", ".xml", ".rss", ".atom", ".rdf"})
_KNOWN = _FEEDS | MARKDOWN | HTML | TEXT


def draft_of_file(
    content: bytes,
    name: str,
    *,
    url: str | None,
    source: str = "file",
    charset: str | None = None,
) -> Draft:
    """The article of a file, by the ending of its name, or by its first characters where that
    tells nothing (story.php, an address, standard input).

    `url` is the address that it came from, `charset` what a server said. A feed gives its first
    entry. SourceFault ("not_article", "decode") when there is none; nothing but the given bytes
    is read.
    """
    ending = PurePosixPath(name).suffix.lower()
    ending = ending if ending in _KNOWN else _ending_of(content)
    if ending in _FEEDS:
        return _first_entry(content, name, url, source, charset)
    if ending in HTML and not content.lstrip().startswith((b"---", b"+++")):
        return draft_of_page(html_text(content, charset), source=source, url=url)
    around = Surroundings(
        source=source,
        path=PurePosixPath(PurePosixPath(name).stem + ending),
        find_picture=_picture_of(url),
    )
    draft = draft_of_manuscript(html_text(content, charset), around)
    if draft is None:
        raise SourceFault("not_article", f"{name}: its front matter says `draft: true`")
    return replace(draft, url=draft.url or url)


def _first_entry(
    content: bytes, name: str, url: str | None, source: str, charset: str | None
) -> Draft:
    found = parse_feed(content, source=source, url=url, charset=charset)
    if not found.drafts:
        raise SourceFault("not_article", f"{name}: a feed without entries")
    return found.drafts[0]


def _ending_of(content: bytes) -> str:
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1000].lower()
    if start.startswith(b"{"):
        return ".json"
    if start.startswith((b"---", b"+++")):
        return ".md"
    if any(mark in start for mark in (b"<rss", b"<feed", b"<rdf:rdf")):
        return ".xml"
    return ".html" if start.startswith(b"<") else ".txt"


def _picture_of(url: str | None) -> Callable[[str], Image | None]:
    """Pictures by address only: nothing beside the file is opened."""

    def find(written: str) -> Image | None:
        address = absolute(written, url)
        return Image(url=address) if address else None

    return find
