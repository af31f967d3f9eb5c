"""The headline: what the page prints large, when what it tells machines agrees."""

import re
from collections.abc import Iterator

from newsletter.articles.blocks import same_words, word_key
from newsletter.articles.found import Found, first
from newsletter.articles.markup import plain, words
from newsletter.articles.structured import Sheet, item_value
from newsletter.model.article import Draft

# Between a headline and the name of the site. A hyphen needs blanks: "Afro-Cuban" is one word.
_SEPARATOR = re.compile(r"\s+(?:[|–—·•»«:]|::|-|\\|/|>)\s+|\s*\|\s*")
_LONGEST_SITE = 5  # words that a name of a site or section has at most
_LONGEST = 300  # characters: longer is no headline


def find_title(draft: Draft, sheet: Sheet) -> Found[str] | None:
    """The article's headline in plain text, without the site's name. None if there is none."""
    return first((_own(draft), *_on_page(sheet)))


def _own(draft: Draft) -> Found[str] | None:
    title = plain(draft.title or "")
    return Found(title, f"{draft.origin}.title") if title else None


def _on_page(sheet: Sheet) -> Iterator[Found[str] | None]:
    """Candidates in the order of how often each was right on pages with known headlines."""
    site = plain(sheet.meta("og:site_name"))
    declared = [
        Found(plain(sheet.graph.text("headline")), "jsonld.headline"),
        Found(_without_site(plain(sheet.meta("og:title")), site), "og.title"),
        Found(_without_site(words(sheet.first("head title, title")), site), "page.title"),
    ]
    printed = _printed(sheet)
    yield _agreeing(printed, declared, sheet)
    if sheet.graph.is_article:
        yield _usable(declared[0])
    yield from (Found(text, "page.h1") for text in printed if len(printed) == 1)
    yield from (_usable(Found(item_value(n), "microdata.headline")) for n in sheet.item("headline"))
    yield from map(_usable, (declared[0], declared[1]))
    yield from (Found(text, "page.h1") for text in printed)
    yield _usable(Found(plain(sheet.meta("twitter:title", "dc.title")), "meta.title"))
    yield _usable(declared[2])


def _printed(sheet: Sheet) -> list[str]:
    """The page's h1 headings, those inside the article first."""
    nodes = [*sheet.select("article h1, main h1"), *sheet.select("h1")]
    texts = dict.fromkeys(words(node) for node in nodes)
    return [text for text in texts if text and len(text) <= _LONGEST]


def _agreeing(printed: list[str], declared: list[Found[str]], sheet: Sheet) -> Found[str] | None:
    """A printed heading that one of the declared titles repeats, whole or with the site's name."""
    raw = [*(found.value for found in declared), plain(sheet.meta("og:title"))]
    raw.append(words(sheet.first("head title, title")))
    for text in printed:
        if any(same_words(text, title) or _begins(title, text) for title in raw):
            return Found(text, "page.h1")
    return None


def _begins(title: str, text: str) -> bool:
    """Whether `title` is `text` with something after it (three words at least: not a section)."""
    key = word_key(text)
    return key.count(" ") >= 2 and f"{word_key(title)} ".startswith(f"{key} ")


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
