"""Where an article belongs: its address, its site, its section, its tags."""

import re
from collections.abc import Iterable

from newsletter.articles.found import Found, first
from newsletter.articles.json_ld import texts
from newsletter.articles.markup import plain, words
from newsletter.articles.structured import Sheet
from newsletter.lib.urls import absolute, same_site, without_tracking
from newsletter.model.article import Draft, Remark, Visibility

# Values of the meta elements that tell apps and networks who may read an article.
_TIERS = ("article:content_tier", "article.access", "article:access", "isaccessibleforfree")
# "metered" is none of them: every reader may open some of what is called so.
_NOT_FREE = frozenset({"locked", "paid", "premium", "subscriber", "subscribers", "false"})
_MOST_TAGS = 30
_LONGEST_TAG = 60


def find_url(draft: Draft, sheet: Sheet) -> str | None:
    """The address as its source gave it, without tracking; what has no web address has none."""
    url = absolute(draft.url, None) if draft.url else None
    url = url or (absolute(sheet.url, None) if sheet.url else None)
    return without_tracking(url) if url else None


def find_canonical(sheet: Sheet, url: str | None) -> tuple[str | None, tuple[Remark, ...]]:
    """The address that the page calls its own. One on another site marks a copy: it is told, not
    used."""
    declared = sheet.link("link[rel~=canonical]")
    og = sheet.meta("og:url")
    found = declared or (absolute(og, sheet.base) if og else None)
    if found is None:
        return None, ()
    if url and not same_site(found, url):
        return None, (Remark("canonical_cross_site", f"the page says it is a copy of {found}"),)
    return without_tracking(found), ()


def find_site(draft: Draft, sheet: Sheet) -> Found[str] | None:
    publisher = sheet.graph.things("publisher")
    return _first_text(
        (draft.site or "", f"{draft.origin}.site"),
        (sheet.meta("og:site_name"), "og.site_name"),
        (next(texts(publisher[0].get("name")), "") if publisher else "", "jsonld.publisher"),
        (sheet.meta("application-name"), "meta.application-name"),
    )


def find_section(draft: Draft, sheet: Sheet) -> Found[str] | None:
    return _first_text(
        (draft.section or "", f"{draft.origin}.section"),
        (sheet.graph.text("articleSection"), "jsonld.articleSection"),
        (sheet.meta("article:section"), "og.section"),
        (sheet.meta("parsely-section", "section"), "meta.section"),
    )


def find_tags(draft: Draft, sheet: Sheet) -> Found[tuple[str, ...]] | None:
    """The tags, each once, whatever its case."""
    for raw, where in (
        (draft.tags, f"{draft.origin}.tags"),
        (sheet.metas.get("article:tag", ()), "og.tag"),
        (tuple(texts(sheet.graph.article.get("keywords"))), "jsonld.keywords"),
        (tuple(words(node) for node in sheet.select("a[rel~=tag]")), "page.rel-tag"),
        (sheet.metas.get("keywords", ()), "meta.keywords"),
    ):
        tags = _each_once(raw if where == f"{draft.origin}.tags" else _parted(raw))
        if tags:
            return Found(tags, where)
    return None


def _parted(raw: Iterable[str]) -> list[str]:
    return [piece for text in raw for piece in re.split(r"[,;]", text)]


def _each_once(raw: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for text in raw:
        tag = plain(text).strip("# ")
        if tag and len(tag) <= _LONGEST_TAG:
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:_MOST_TAGS]


def _first_text(*candidates: tuple[str, str]) -> Found[str] | None:
    return first(Found(text, where) for raw, where in candidates if (text := plain(raw)))


def find_visibility(draft: Draft, sheet: Sheet) -> Visibility:
    """Who may read it: what its source says, else whether its page tells that reading costs (of
    the whole or of a part of it)."""
    if draft.visibility is not Visibility.PUBLIC:
        return draft.visibility
    things = (sheet.graph.article, *sheet.graph.things("hasPart"))
    told = [str(thing.get("isAccessibleForFree")) for thing in things]
    told += [content for name in _TIERS for content in sheet.metas.get(name, ())]
    closed = any(value.strip().casefold() in _NOT_FREE for value in told)
    return Visibility.PAID if closed else Visibility.PUBLIC
