"""What a site calls itself, to be told from the headlines and the authors of its articles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from newsletter.articles.blocks import same_words
from newsletter.articles.bylines import is_address
from newsletter.articles.json_ld import Thing, texts
from newsletter.articles.markup import attribute, plain, words
from newsletter.articles.structured import Sheet
from newsletter.lib.urls import bare_host

_NO_LETTER = re.compile(r"[\W_]+")
_LONG = 5  # letters of a host's name: a shorter one may be a part of anybody's


@dataclass(frozen=True, slots=True)
class Masthead:
    """The names of a site, and its host without `www.`."""

    names: tuple[str, ...]
    host: str

    def says(self, text: str) -> bool:
        """Whether a text is a name of the site."""
        return any(same_words(text, name) for name in self.names)

    def signs(self, name: str) -> bool:
        """Whether a byline is the site's own: its name, an address, or made of its host."""
        return self.says(name) or is_address(name) or self._is_host(name)

    def _is_host(self, name: str) -> bool:
        """ "Theharbour Online" of theharbour.example, "HT" of ht-online.example; but a site that
        is called exactly like a person in two words is that person's."""
        label = _squeezed(max(self.host.split(".")[:-1], key=len, default=""))
        own = _squeezed(name)
        if " " not in name:
            return label.startswith(own) and (name.isupper() or label == own)
        return len(label) >= _LONG and label in own and label != own


def read_masthead(sheet: Sheet, *known: str | None) -> Masthead:
    """By the page's markup, its address, the heading that leads home, and what else is `known`."""
    publishers = [
        name for one in sheet.graph.things("publisher") for name in texts(one.get("name"))
    ]
    host = bare_host(sheet.url or "")
    heads = [words(node) for node in sheet.select("h1, h2") if _leads_home(node)]
    told = (sheet.meta("og:site_name"), sheet.meta("application-name"), host, *publishers, *heads)
    names = (plain(name) for name in (*told, *known) if name)
    return Masthead(tuple(dict.fromkeys(name for name in names if name)), host)


def _names(thing: Thing) -> Iterator[str]:
    return texts(thing.get("name"))


def _squeezed(name: str) -> str:
    return _NO_LETTER.sub("", name.casefold())


def _leads_home(heading: LexborNode) -> bool:
    """Whether all of a heading is a link to a front page: it is the site's name, no headline."""
    link = heading.css_first("a[href]")
    target = attribute(link, "href")
    if link is None or target[:1] in ("", "#", "?") or words(link) != words(heading):
        return False
    return not urlsplit(target).path.strip("/")
