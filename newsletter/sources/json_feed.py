"""JSON Feed 1.0 and 1.1 (jsonfeed.org), as real feeds write it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.lib.urls import absolute
from newsletter.model.article import Author, Draft, Image
from newsletter.sources.port import Found, ItemFault, SourceFault
from newsletter.sources.xml_feed import html_of_text

Object = Mapping[str, Any]


def parse_json(
    content: bytes, *, source: str, url: str | None, language: str | None = None
) -> Found:
    """The items in document order. SourceFault ("decode") for what is no JSON or no feed."""
    feed = _feed(content)
    reading = _Feed(feed, source, url, language)
    drafts: list[Draft] = []
    faults: list[ItemFault] = []
    for number, item in enumerate(feed["items"], start=1):
        if isinstance(item, dict):
            drafts.append(reading.draft(item))
        else:
            faults.append(ItemFault(f"item {number}", "is not an object"))
    return Found(
        drafts=tuple(drafts),
        title=_text(feed.get("title")),
        language=_text(feed.get("language")),
        faults=tuple(faults),
    )


def _feed(content: bytes) -> Object:
    try:
        feed = json.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise SourceFault("decode", f"the feed is broken JSON ({error})") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise SourceFault("decode", 'this JSON is no JSON Feed: it has no list of "items"')
    return feed


class _Feed:
    def __init__(self, feed: Object, source: str, url: str | None, language: str | None) -> None:
        self._feed = feed
        self._source = source
        self._base = _url(feed.get("home_page_url"), url) or url
        self._language = language

    def draft(self, item: Object) -> Draft:
        html, text = _text(item.get("content_html")), _text(item.get("content_text"))
        url = _url(item.get("url"), self._base) or _url(item.get("external_url"), self._base)
        return Draft(
            source=self._source,
            origin="jsonfeed",
            url=url or _url(item.get("id"), None),
            guid=_text(item.get("id")),
            language=self._language
            or _text(item.get("language"))
            or _text(self._feed.get("language")),
            title=_text(item.get("title")),
            summary=_text(item.get("summary")),
            content=html or (html_of_text(text) if text else None),
            images=tuple(self._images(item)),
            authors=tuple(self._authors(item) or self._authors(self._feed)),
            tags=tuple(dict.fromkeys(filter(None, map(_text, _list(item.get("tags")))))),
            published=_text(item.get("date_published")) or _text(item.get("date_modified")),
            updated=_text(item.get("date_modified")),
            site=_text(self._feed.get("title")),
        )

    def _images(self, item: Object) -> Iterator[Image]:
        for key in ("image", "banner_image"):
            if url := _url(item.get(key), self._base):
                yield Image(url=url)
        for attachment in _objects(item.get("attachments")):
            mime = _text(attachment.get("mime_type")) or ""
            url = _url(attachment.get("url"), self._base)
            if url and mime.startswith("image/"):
                yield Image(url=url, mime=mime)

    def _authors(self, holder: Object) -> list[Author]:
        """1.1 has a list, 1.0 a single one."""
        written = _objects(holder.get("authors")) or _objects([holder.get("author")])
        return [
            Author(
                name=name,
                url=_url(author.get("url"), self._base),
                avatar=Image(url=avatar)
                if (avatar := _url(author.get("avatar"), self._base))
                else None,
            )
            for author in written
            if (name := _text(author.get("name")))
        ]


def _text(value: object) -> str | None:
    """The text; ids are numbers in some feeds."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() or None if isinstance(value, str) else None


def _url(value: object, base: str | None) -> str | None:
    return absolute(value, base) if isinstance(value, str) and value.strip() else None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _objects(value: object) -> list[Object]:
    return [each for each in _list(value) if isinstance(each, dict)]
