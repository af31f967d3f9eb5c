"""The headline: what the page prints large, when what it tells machines agrees."""

import re
from collections.abc import Iterator
from itertools import chain

from selectolax.lexbor import LexborNode

from newsletter.articles.blocks import same_words, word_key
from newsletter.articles.found import Found, first
from newsletter.articles.markup import plain, words
from newsletter.articles.masthead import Masthead, read_masthead
from newsletter.articles.structured import Sheet, item_value
from newsletter.lib.text import shortened
from newsletter.model.article import Draft

# Between a headline and the name of the site. A hyphen needs blanks: "Afro-Cuban" is one word.
# Between Chinese words it has none, and neither has the underscore that parts sections there.
_SEPARATOR = re.compile(r"\s+(?:[|–—·•»«:]|::|-|\\|//?|>)\s+|\s*\|\s*|(?<=[\u3000-\uffef])[_-]")
_COLON = re.compile(r":[\s\"'“”»]*$")
_EDGES = " |–—·•»«:-\\/>_"
_LONGEST_SITE = 5  # words that a name of a site or section has at most
_LONGEST = 300  # characters: longer is no headline
_LONGEST_OWN = 500  # of a source's own, which is believed and cut
_LIBRARY_TITLES = ("dc:title", "dc.title", "dcterms.title")
_META_TITLES = ("parsely-title", "sailthru.title", "twitter:title", "title")
_CALLED_HEADLINE = "h1[class*=title i], h1[class*=headline i], h1[class*=heading i]"
# Parts of a heading that are not the headline: the words above it, below it, its date.
_BESIDE = (
    "kicker", "topline", "toptitle", "top-title", "overline", "roofline", "dachzeile", "eyebrow",
    "pretitle", "pre-title", "antetitulo", "surtitre", "occhiello", "entry-section", "subtitle",
    "sub-title", "subheadline", "subline",
)  # fmt: skip
_SIDELINES = ", ".join(
    ["time, .date, [class$=-date i]", *(f"[class*={name} i]" for name in _BESIDE)]
)


def find_title(draft: Draft, sheet: Sheet) -> Found[str] | None:
    """The article's headline in plain text, without the site's name. None if there is none."""
    return first(chain([_own(draft)], _on_page(draft, sheet)))


def _own(draft: Draft) -> Found[str] | None:
    title = shortened(plain(draft.title or ""), _LONGEST_OWN)
    return Found(title, f"{draft.origin}.title") if title else None


def _on_page(draft: Draft, sheet: Sheet) -> Iterator[Found[str] | None]:
    """Candidates in the order of how often each was right on pages with known headlines."""
    masthead = read_masthead(sheet, draft.site)
    headline = Found(plain(sheet.graph.text("headline")), "jsonld.headline")
    library = Found(plain(sheet.meta(*_LIBRARY_TITLES)), "meta.dc.title")
    og = Found(_without_site(plain(sheet.meta("og:title")), masthead), "og.title")
    other = Found(_without_site(plain(sheet.meta(*_META_TITLES)), masthead), "meta.title")
    named = Found(_without_site(sheet.title, masthead), "page.title")
    declared = [
        one for one in (headline, library, og, other, named) if not masthead.says(one.value)
    ]
    large, small = _printed(sheet, "h1", masthead), _printed(sheet, "h2", masthead)
    full = [headline.value, plain(sheet.meta("og:title")), sheet.title]
    short = [found.value for found in declared]
    yield _agreeing(large, [*short, *full], "page.h1")
    yield _repeated_in(large, [found for found in declared if found.value])
    if sheet.graph.is_article and headline in declared:
        yield _usable(headline)
    yield _agreeing(small, [*short, *full], "page.h2")
    yield from (Found(text, "page.h1") for text in large if _related(text, [*short, *full]))
    yield from (Found(text, "page.h1") for text in _printed(sheet, _CALLED_HEADLINE, masthead)[:1])
    yield from (_usable(Found(item_value(n), "microdata.headline")) for n in sheet.item("headline"))
    yield from map(_usable, declared)
    yield from (Found(text, "page.h1") for text in _printed(sheet, "h1", Masthead((), "")))
    yield from map(_usable, (og, named))


def _printed(sheet: Sheet, query: str, masthead: Masthead) -> list[str]:
    """The page's headings of one kind, those inside the article first, without the site's name."""
    within = f":is(article, main) :is({query})"
    nodes = [*sheet.select(within), *sheet.select(query)]
    texts = dict.fromkeys(_without_names(_headline_in(node), masthead) for node in nodes)
    usable = [text for text in texts if text and len(text) <= _LONGEST]
    return [text for text in usable if not masthead.says(text)]


def _headline_in(heading: LexborNode) -> str:
    """A heading without what stands above and below the headline inside it, and its own link."""
    text = words(heading)
    for node in heading.css(_SIDELINES):
        side = words(node)
        rest = text.removeprefix(side).removesuffix(side)
        text = rest.strip(" :|–—-") or text if rest != text else text
    return text.rstrip("¶ ")


def _agreeing(printed: list[str], declared: list[str], where: str) -> Found[str] | None:
    """A printed heading that a declared title repeats, whole or with the site's name behind it."""
    for text in printed:
        if any(same_words(text, title) or _begins(title, text) for title in declared):
            return Found(text, where)
    return None


def _begins(title: str, text: str) -> bool:
    """Whether `title` is `text` with something after it (three words at least: not a section)."""
    key = word_key(text)
    return key.count(" ") >= 2 and f"{word_key(title)} ".startswith(f"{key} ")


def _repeated_in(printed: list[str], declared: list[Found[str]]) -> Found[str] | None:
    """A declared title that is most of a heading which begins with a kicker or ends in a date; or
    the heading, if a colon makes what stands before a part of it."""
    for found in declared:
        key = word_key(found.value)
        for text in printed if key.count(" ") >= 2 else ():
            if _is_heart(key, word_key(text)):
                whole = _COLON.search(text[: len(text) - len(found.value)])
                return Found(text, "page.h1") if whole else _usable(found)
    return None


def _is_heart(key: str, heading: str) -> bool:
    if len(key) * 2 <= len(heading):
        return False
    rest = heading.removeprefix(key)
    return heading.endswith(key) or (rest != heading and any(map(str.isdigit, rest)))


def _related(text: str, declared: list[str]) -> bool:
    """Whether half of a heading's words stand in a declared title; true where none is declared.
    A heading that has nothing to do with them is the site's or a section's."""
    told = {word for title in declared for word in word_key(title).split()}
    own = word_key(text).split()
    return not told or sum(word in told for word in own) * 2 > len(own)


def _usable(found: Found[str]) -> Found[str] | None:
    return found if found.value and len(found.value) <= _LONGEST else None


def _without_site(title: str, masthead: Masthead) -> str:
    """The title without the site's name at its end or beginning, and a section's before that."""
    bare = _without_names(title, masthead)
    last = _SEPARATOR.split(bare)[-1]
    short = len(last.split()) <= _LONGEST_SITE and len(last) < len(bare) / 2
    return bare[: -len(last)].rstrip(_EDGES) if short and title.startswith(bare) else bare


def _without_names(title: str, masthead: Masthead) -> str:
    """The title without a name of the site that something parts from the rest."""
    for name in masthead.names:
        start, end = title[: -len(name)].rstrip(), title[len(name) :].lstrip()
        if title[-len(name) :].casefold() == name.casefold() and start[-1:] in _EDGES:
            return start.rstrip(_EDGES) or title
        if title[: len(name)].casefold() == name.casefold() and end[:1] in _EDGES:
            return end.lstrip(_EDGES) or title
    return title
