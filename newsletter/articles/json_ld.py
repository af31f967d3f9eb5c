"""JSON-LD as publishers write it: graphs, references, broken commas, and the article in it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from newsletter.articles.markup import plain
from newsletter.lib.urls import url_key

Thing = Mapping[str, object]

_ARTICLE = re.compile(
    r"(?:Article|BlogPosting|LiveBlogPosting|Report|Review|Recipe|SocialMediaPosting|DiscussionForumPosting)$"
)
_PAGE = re.compile(r"(?:WebPage|ItemPage|CreativeWork|VideoObject|PodcastEpisode|Event|Book)$")
_WRAPPING = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|/\*.*?\*/)+|(?:-->|//\]\]>|;)+\s*$", re.DOTALL)
_LOOSE_COMMA = re.compile(r",(\s*[}\]])")
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Graph:
    """All things that a page describes. `article` is the one the page is about, or empty."""

    article: Thing = field(default_factory=dict)
    by_id: Mapping[str, Thing] = field(default_factory=dict)
    is_article: bool = False  # its type says so; else it is only the page

    def resolved(self, value: object) -> object:
        """What a bare reference {"@id": …} stands for, with what the reference itself says."""
        if isinstance(value, Mapping) and isinstance(value.get("@id"), str):
            return {**self.by_id.get(str(value["@id"]), {}), **value}
        return value

    def things(self, name: str) -> list[Thing]:
        """The things under a property of the article, references followed; strings by name."""
        return [*self._things(self.article.get(name), 0)]

    def text(self, name: str) -> str:
        """The first text under a property of the article; "" where there is none."""
        return next(texts(self.article.get(name)), "")

    def _things(self, value: object, depth: int) -> Iterator[Thing]:
        value = self.resolved(value)
        if isinstance(value, str) and value.strip():
            known = self.by_id.get(value)
            yield known or {"name": value, "url": value}
        elif isinstance(value, Mapping):
            yield value
        elif isinstance(value, list) and depth < _DEEPEST:
            for one in value:
                yield from self._things(one, depth + 1)


def texts(value: object) -> Iterator[str]:
    """The texts of a JSON-LD value: strings, numbers, @value, names; in order, none empty."""
    if isinstance(value, list):
        for one in value[:50]:
            yield from texts(one) if not isinstance(one, list) else ()
    elif isinstance(value, Mapping):
        yield from texts(value.get("@value") or value.get("name") or value.get("url"))
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        shown = plain(str(value))
        if shown:
            yield shown


def read_graph(scripts: list[str], url: str | None) -> Graph:
    """The graph of all JSON-LD scripts of the page at `url`; unreadable scripts are passed over."""
    found = [thing for script in scripts for thing in _all_things(_loaded(script), 0)]
    by_id: dict[str, Thing] = {}
    for thing in found:
        name = thing.get("@id")
        if isinstance(name, str):
            by_id[name] = {**by_id.get(name, {}), **thing}
    articles = [thing for thing in found if _is_a(thing, _ARTICLE)]
    pages = [thing for thing in found if _is_a(thing, _PAGE) and thing.get("headline")]
    best = max(articles, key=lambda thing: _claim(thing, url), default=None)
    return Graph(best or next(iter(pages), {}), by_id, best is not None)


def _loaded(script: str) -> object:
    text = _WRAPPING.sub("", script)
    for attempt in (text, _LOOSE_COMMA.sub(r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _all_things(value: object, depth: int) -> Iterator[Thing]:
    """Every object with a type or an id, outermost first."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            yield from _all_things(one, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value or "@id" in value:
            yield value
        for inner in value.values():
            if isinstance(inner, dict | list):
                yield from _all_things(inner, depth + 1)


def _is_a(thing: Thing, kind: re.Pattern[str]) -> bool:
    types = thing.get("@type")
    return any(isinstance(t, str) and kind.search(t) for t in _listed(types))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _claim(thing: Thing, url: str | None) -> tuple[bool, int]:
    """How strongly a thing claims to be this page's article: by address, then by what it tells.

    Lists of related articles are articles too, but they tell less.
    """
    addresses = [*texts(thing.get("url")), *_ids(thing), *_ids(thing.get("mainEntityOfPage"))]
    here = url is not None and any(url_key(a) == url_key(url) for a in addresses)
    tells = ("headline", "datePublished", "author", "image", "articleBody", "publisher")
    return here, sum(1 for name in tells if thing.get(name))


def _ids(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    name = value.get("@id") if isinstance(value, Mapping) else None
    return [name.partition("#")[0]] if isinstance(name, str) else []
