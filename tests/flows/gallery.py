"""Pictures at their addresses, to be looked at."""

from collections.abc import Mapping

from newsletter.lib.errors import NewsletterError
from newsletter.model.article import Image
from newsletter.sources.port import SourceFault
from tests.pictures import photo

Shown = bytes | NewsletterError


class Gallery:
    """A look over a table, with a photograph at any other address; `asked` are the addresses in
    the order in which they were asked for."""

    def __init__(self, table: Mapping[Image, Shown] | None = None) -> None:
        self.table = {image.url: content for image, content in (table or {}).items()}
        self.asked: list[str | None] = []

    def __call__(self, image: Image) -> bytes:
        self.asked.append(image.url)
        content = self.table.get(image.url, photo())
        if isinstance(content, NewsletterError):
            raise content
        return content


def gone(image: Image) -> SourceFault:
    return SourceFault("fetch_failed", f"{image.url}: the server answered 404", status=404)


def silent(image: Image) -> SourceFault:
    return SourceFault("timeout", f"{image.url}: too slow")
