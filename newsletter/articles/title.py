"""The headline: what the page prints large, when what it tells machines agrees."""

import re
from collections.abc import Iterator

from newsletter.articles.blocks import same_words, word_key
from newsletter.articles.found import Found, first
from newsletter.articles.markup import plain, words
from newsletter.articles.structured import Sheet, item_value
from newsletter.lib.text import shortened
from newsletter.model.article import Draft

# Between a headline and the name of the site. A hyphen needs blanks: "Afro-Cuban" is one word.
_SEPARATOR = re.compile(r"\s+(?:[|–—·•»«:]|::|-|\\|/|>)\s+|\s*\|\s*|(?<=[\u3000-\uffef])_")
_LONGEST_SITE = 5  # words that a name of a site or section has at most
_LONGEST = 300  # characters: longer is no headline
_LONGEST_OWN = 500  # of a source's own, which is believed and cut


def find_title(draft: Draft, sheet: Sheet) -> Found[str] | None:
    """The article's headline in plain text, without the site's name. None if there is none."""
    return first((_own(draft), *_on_page(sheet)))


def _own(draft: Draft) -> Found[str] | None:
    title = shortened(plain(draft.title or ""), _LONGEST_OWN)
    return Found(title, f"{draft.origin}.title") if title else None


def _on_page(sheet: Sheet) -> Iterator[Found[str] | None]:
    """Candidates in the order of how often each was right on pages with known headlines."""
    site = plain(sheet.meta("og:site_name"))
    headline = Found(plain(sheet.graph.text("headline")), "jsonld.headline")
    og = Found(_without_site(plain(sheet.meta("og:title")), site), "og.title")
    named = Found(_without_site(sheet.title, site), "page.title")
    large, small = _printed(sheet, "h1"), _printed(sheet, "h2")
    full = [headline.value, plain(sheet.meta("og:title")), sheet.title]
    short = [found.value for found in (headline, og, named)]
    yield _agreeing(large, [*short, *full], "page.h1")
    yield _repeated_in(large, [found for found in (headline, og, named) if found.value])
    if sheet.graph.is_article:
        yield _usable(headline)
    yield _agreeing(small, [*short, *full], "page.h2")
    yield from (Found(text, "page.h1") for text in large if _related(text, [sheet.title, *full]))
    yield from (_usable(Found(item_value(n), "microdata.headline")) for n in sheet.item("headline"))
    yield from map(_usable, (headline, og, named))
    yield _usable(Found(plain(sheet.meta("twitter:title", "dc.title")), "meta.title"))
    yield from (Found(text, "page.h1") for text in large)


def _printed(sheet: Sheet, tag: str) -> list[str]:
    """The page's headings of one size, those inside the article first."""
    nodes = [*sheet.select(f"article {tag}, main {tag}"), *sheet.select(tag)]
    texts = dict.fromkeys(words(node) for node in nodes)
    return [text for text in texts if text and len(text) <= _LONGEST]


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
    """A declared title that is most of a heading which begins with a kicker or ends in a date."""
    for found in declared:
        key = word_key(found.value)
        if key.count(" ") >= 2 and any(_is_heart(key, word_key(text)) for text in printed):
            return _usable(found)
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


def _without_site(title: str, site: str) -> str:
    """The title without the site's name (and a section's) at its end or beginning."""
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    if site and same_words(parts[0], site):
        return title[len(parts[0]) :].lstrip(" |–—·•»«:-\\/>")
    last = parts[-1]
    named = bool(site) and same_words(last, site)
    short = len(last.split()) <= _LONGEST_SITE and len(last) < len(title) / 2
    if not (named or short):
        return title
    shorter = title[: len(title) - len(last)].rstrip(" |–—·•»«:-\\/>")
    return _without_site(shorter, "") if named and len(parts) > 2 else shorter
