"""OPML (opml.org/spec2.opml): the list of feeds that a feed reader hands out."""

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.lib.urls import absolute
from newsletter.sources.languages import language_tag
from newsletter.sources.port import ItemFault, SourceFault
from newsletter.sources.safe_xml import read_xml

_LIMIT = 5_000_000  # bytes
_MOST = 2_000  # feeds


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A feed of a list: its address, what it is called there, its language where that is told."""

    url: str
    title: str
    language: str | None = None


def parse_opml(content: bytes) -> tuple[list[Subscribed], list[ItemFault]]:
    """The feeds of a list in its order, those in folders too, each address once; and what of it
    could not be taken. SourceFault ("decode", "not_article", "too_large") when it is no OPML.
    """
    if len(content) > _LIMIT:
        raise SourceFault("too_large", f"has more than {_LIMIT} bytes; not read")
    reading = _Reading()
    broken = read_xml(content, reading.start, lambda name, text: None, what="OPML")
    if reading.root != "opml":
        raise SourceFault("decode", f"is not OPML: its root is <{reading.root}>")
    if broken:
        reading.faults.append(ItemFault("the end of the file", broken))
    return list(reading.feeds.values()), reading.faults


class _Reading:
    def __init__(self) -> None:
        self.root = ""
        self.feeds: dict[str, Subscribed] = {}
        self.faults: list[ItemFault] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.root = self.root or name.lower()
        known = {key.lower(): value.strip() for key, value in attributes.items()}
        written = known.get("xmlurl")
        if name.lower() != "outline" or not written:
            return  # a folder, or what is no feed
        title = known.get("title") or known.get("text") or ""
        url = absolute(written.replace("feed://", "http://", 1), None)
        if url is None or len(self.feeds) >= _MOST:
            reason = "is not an address of the web" if url is None else f"is beyond {_MOST} feeds"
            self.faults.append(ItemFault(title or written[:200], reason))
            return
        language = language_tag(known.get("language", ""))
        self.feeds.setdefault(url, Subscribed(url, title, language))
