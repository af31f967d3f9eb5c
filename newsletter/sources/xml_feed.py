"""RSS 0.9x–2.0, RDF and Atom with their usual extensions, read by feedparser.

feedparser gets bytes only (a string may be a file or an address to it) and none of its comforts:
its cleaning corrupts text, its parsed dates are wrong for three odd ones in five.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape, unescape
from typing import Any
from urllib.parse import urljoin

import feedparser

from newsletter.lib.urls import absolute, bare_host
from newsletter.model.article import Author, Draft, Image
from newsletter.sources.port import Found, ItemFault, SourceFault

Entry = Mapping[str, Any]
"""One of feedparser's dictionaries, made plain (see `_plain`)."""

# feedparser takes a picture's caption for a text of the entry, which then hides its real text.
# As `media:caption`, an element that it does not know, it is kept apart.
# (These patterns look a bounded way ahead: a feed of nothing but openings must not take minutes.)
_CAPTION = re.compile(rb"<(/?)media:description\b[^<>]{0,200}?(/?)>")
# It also looks for mail addresses in names, knows only top-level domains of four letters, and
# leaves "ess (Ana Ruiz" of ana@meridian.press (Ana Ruiz). So they are taken out before.
_AUTHOR = re.compile(
    rb"<(?:author|dc:creator|itunes:author)\b[^<>]{0,200}>(?:\s{0,20}<!\[CDATA\[)?"
    rb"[^<@]{0,200}<?[^<@]{1,80}@[^<]{0,200}",
    re.IGNORECASE,
)
_MAIL_BYTES = re.compile(rb"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DECLARES_ENCODING = re.compile(rb"^\s*<\?xml[^>]*encoding\s*=", re.IGNORECASE)
_PREFIXED = re.compile(rb"<([a-zA-Z][\w-]{0,30}):(?:item|entry)[\s>]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")
_ADDRESS_IN_TAG = re.compile(
    r"""(<[^<>]*?\s(?:src|href|poster)\s*=\s*)(["'])([^"'<>]*)\2""", re.IGNORECASE
)
_IMAGE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$", re.IGNORECASE)
_BARE_HOST = re.compile(r"((?:[a-z0-9-]+\.)+[a-z]{2,})/", re.IGNORECASE)
_LONGEST_NAME = 300
_MAIL = re.compile(r"\S+@\S+")


def parse_xml(
    content: bytes,
    *,
    source: str,
    url: str | None,
    language: str | None = None,
    charset: str | None = None,
) -> Found | None:
    """The entries of a feed in document order; None when the bytes are no feed at all.

    Broken XML gives as much as can be recovered. SourceFault ("decode") when even that fails.
    """
    parsed = _parsed(content, charset)
    if not parsed["entries"] and (bare := _without_undeclared(content)) is not None:
        parsed = _parsed(bare, charset)
    entries = [_plain(entry) for entry in parsed["entries"]]
    if not (parsed.get("version") or entries):
        return None
    feed = _plain(parsed["feed"])
    reading = _Feed(feed, str(parsed.get("version") or ""), source, url, language)
    drafts: list[Draft] = []
    faults: list[ItemFault] = []
    for number, entry in enumerate(entries, start=1):
        try:
            drafts.append(reading.draft(entry))
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            faults.append(ItemFault(f"entry {number}", f"cannot be read ({error})"))
    return Found(
        drafts=tuple(drafts),
        title=_text(feed.get("title")),
        language=_text(feed.get("language")),
        faults=tuple(faults),
        ttl=_minutes(feed.get("ttl")),
    )


def _minutes(ttl: object) -> int | None:
    text = _text(ttl) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _without_undeclared(content: bytes) -> bytes | None:
    """The feed without a prefix that stands before every element and is declared nowhere: it means
    nothing. None where its entries have no such prefix."""
    match = _PREFIXED.search(content)
    if match is None or b"xmlns:" + match[1] in content:
        return None
    return re.sub(rb"(</?)" + re.escape(match[1]) + rb":(?=[a-zA-Z])", rb"\1", content)


def _parsed(content: bytes, charset: str | None) -> Any:
    """What feedparser makes of it. It is given no address: it would join it to entries' ids."""
    headers = {}
    if charset and not _DECLARES_ENCODING.match(content):
        headers["content-type"] = f"application/xml; charset={charset}"
    try:
        return feedparser.parse(
            io.BytesIO(_prepared(content)),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except MemoryError:  # no fault of the text: it is asked again where there is room
        raise
    except Exception as error:  # hostile bytes bring it to faults of any kind
        raise SourceFault("decode", f"the feed cannot be read ({error!r})") from error


def _prepared(content: bytes) -> bytes:
    with_captions = _CAPTION.sub(rb"<\1media:caption\2>", content)
    return _AUTHOR.sub(lambda match: _MAIL_BYTES.sub(b"", match[0]), with_captions)


class _Feed:
    """One feed's own facts, which its entries fall back on."""

    def __init__(
        self, feed: Entry, version: str, source: str, url: str | None, language: str | None
    ) -> None:
        self._feed = feed
        self._atom = version.startswith("atom")
        self._source = source
        self._language = language
        home = absolute(_with_scheme(_text(feed.get("link")) or "", None), url)
        # RFC 4287 resolves against the document, RSS by custom against the site that it names.
        self._base = (url or home) if self._atom else (home or url)

    def draft(self, entry: Entry) -> Draft:
        language = self._language or self._language_of(entry)
        url = self._url(entry)
        content, summary = self._texts(entry)
        published = _first_text(entry, "published", "updated", "created")
        return Draft(
            source=self._source,
            origin="feed",
            url=url,
            guid=_text(entry.get("id")),
            language=language,
            title=_text(entry.get("title")),
            summary=summary,
            content=content,
            images=tuple(self._images(entry)),
            authors=tuple(self._authors(entry)),
            tags=tuple(dict.fromkeys(_tags(entry.get("tags", ())))),
            published=published,
            updated=_text(entry.get("updated")),
            translations=self._translations(entry, language),
            site=_text(self._feed.get("title")),
        )

    def _absolute(self, url: object) -> str | None:
        text = _text(url)
        return absolute(_with_scheme(text, self._base), self._base) if text else None

    def _url(self, entry: Entry) -> str | None:
        """FeedBurner's original, the page, the guid where it is an address."""
        guid = entry.get("id") if re.match("https?://", str(entry.get("id"))) else None
        links = [link for link in entry.get("links", ()) if link.get("rel") == "alternate"]
        pages = [link.get("href") for link in links if "html" in str(link.get("type"))]
        candidates = (
            entry.get("feedburner_origlink"),
            *(pages[:1] or [link.get("href") for link in links[:1]]),
            self._permanent(entry),
            guid if entry.get("guidislink") else None,
        )
        return next((url for url in map(self._absolute, candidates) if url), None)

    def _permanent(self, entry: Entry) -> object:
        """What feedparser took for the link; an id without a scheme is none."""
        link = entry.get("link")
        return None if link == entry.get("id") and ":" not in str(link) else link

    def _language_of(self, entry: Entry) -> str | None:
        details = (*entry.get("content", ()), entry.get("title_detail") or {})
        declared = [detail.get("language") for detail in details]
        candidates = (entry.get("language"), *declared, self._feed.get("language"))
        return next((text for text in map(_text, candidates) if text), None)

    def _texts(self, entry: Entry) -> tuple[str | None, str | None]:
        """The text as HTML, and the summary where it is another one.

        A lone description is given as both: only its reader can tell a teaser from a full text.
        """
        contents = [detail for detail in entry.get("content", ()) if detail.get("value")]
        summary = _text(entry.get("summary")) or _text(entry.get("media_caption"))
        if not contents:
            described = entry.get("summary_detail") or {"value": summary or ""}
            return self._based(_as_html(described), described) or None, summary
        body = max(contents, key=lambda detail: (_is_html(detail), len(detail["value"])))
        others = [summary, *(_text(detail["value"]) for detail in contents)]
        other = next((text for text in others if text and text != body["value"]), None)
        return self._based(_as_html(body), body), other

    def _based(self, html: str | None, detail: Entry | None) -> str | None:
        """With the addresses in it resolved where the feed gives the text a base of its own."""
        base = _text((detail or {}).get("base"))
        start = absolute(base, self._base) if base else None
        return _rebased(html, start) if html and start else html

    def _images(self, entry: Entry) -> Iterator[Image]:
        """media:content, the widest first; enclosures; what podcasts show; thumbnails."""
        credit = _only(credit.get("content") for credit in entry.get("media_credit", ()))
        caption = _text(entry.get("media_caption"))
        media = [medium for medium in entry.get("media_content", ()) if _is_picture(medium)]
        for medium in sorted(media, key=lambda medium: -(_pixels(medium.get("width")) or 0)):
            yield from self._image(medium, "url", credit=credit, caption=caption)
        for link in entry.get("links", ()):
            if link.get("rel") == "enclosure" and _is_picture(link):
                yield from self._image(link, "href")
        yield from self._image(entry.get("image") or {}, "href")
        for thumbnail in entry.get("media_thumbnail", ()):
            yield from self._image(thumbnail, "url", credit=credit)

    def _image(self, medium: Entry, key: str, **words: str | None) -> Iterator[Image]:
        url = self._absolute(medium.get(key))
        mime = _text(medium.get("type")) or ""
        if url:
            yield Image(
                url=url,
                width=_pixels(medium.get("width")),
                height=_pixels(medium.get("height")),
                mime=mime if mime.startswith("image/") else None,
                **words,
            )

    def _authors(self, entry: Entry) -> Iterator[Author]:
        """Names only: who gives nothing but a mail address is not shown with it."""
        found = entry.get("authors") or (self._feed.get("authors", ()) if self._atom else ())
        seen: set[str] = set()
        for author in found:
            written = (_text(author.get("name")) or "")[:_LONGEST_NAME]
            name = _MAIL.sub("", written).strip(" ()<>")
            if name and name not in seen and not name.startswith(("http://", "https://")):
                seen.add(name)
                yield Author(name=name, url=self._absolute(author.get("href")))

    def _translations(self, entry: Entry, language: str | None) -> dict[str, str | None]:
        """Atom's alternate links in other languages (RFC 4287, 4.2.7.4)."""
        links = (link for link in entry.get("links", ()) if link.get("rel") == "alternate")
        found = {_text(link.get("hreflang")): self._absolute(link.get("href")) for link in links}
        return {other: url for other, url in found.items() if other and url and other != language}


def _with_scheme(url: str, base: str | None) -> str:
    """Some feeds write www.example.com/story; taken for a path only where it is not the host's."""
    match = _BARE_HOST.match(url)
    if match and (base is None or match[1].lower().endswith(bare_host(base))):
        return f"https://{url}"
    return url


def _plain(entry: Any) -> Entry:
    """Without feedparser's look-ups by other names: those warn, and take one date for another."""
    return {key: dict.__getitem__(entry, key) for key in dict.keys(entry)}


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _first_text(entry: Entry, *keys: str) -> str | None:
    return next((text for key in keys if (text := _text(entry.get(key)))), None)


def _only(values: Iterable[object]) -> str | None:
    """The text, if there is just one: two credits belong to two pictures."""
    texts = {text for text in map(_text, values) if text}
    return texts.pop() if len(texts) == 1 else None


def _tags(tags: Iterable[Entry]) -> Iterator[str]:
    for tag in tags:
        if text := _text(tag.get("label")) or _text(tag.get("term")):
            yield text


def _is_html(detail: Entry) -> bool:
    return "html" in str(detail.get("type")) or bool(_TAG.search(detail["value"]))


def _as_html(detail: Entry) -> str:
    """Whatever its declared type: text without a single tag or entity is plain."""
    value = str(detail["value"])
    return value if _TAG.search(value) else html_of_text(value)


def html_of_text(text: str) -> str:
    """Plain text as paragraphs: blank lines part them, single line ends stay."""
    paragraphs = (part.strip() for part in re.split(r"\n\s*\n", text))
    return "".join(
        f"<p>{escape(paragraph, quote=False).replace(chr(10), '<br>')}</p>"
        for paragraph in paragraphs
        if paragraph
    )


def _rebased(html: str, base: str) -> str:
    def joined(match: re.Match[str]) -> str:
        try:
            url = urljoin(base, unescape(match[3]))
        except ValueError:
            url = match[3]
        return f"{match[1]}{match[2]}{escape(url)}{match[2]}"

    return _ADDRESS_IN_TAG.sub(joined, html)


def _is_picture(medium: Entry) -> bool:
    kind = str(medium.get("medium") or medium.get("type") or "")
    path = str(medium.get("url") or medium.get("href") or "").partition("?")[0]
    return kind.startswith("image") or (not kind and bool(_IMAGE_NAME.search(path)))


def _pixels(value: object) -> int | None:
    match = re.match(r"\s*(\d{1,5})\b", str(value))
    return int(match[1]) if match else None
