"""The way from a draft to an article, step by step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from newsletter.articles.author import find_authors, in_languages
from newsletter.articles.blocks import Block, as_html, as_text
from newsletter.articles.body import find_body
from newsletter.articles.captions import Caption
from newsletter.articles.copied_text import unfolded
from newsletter.articles.dates import Dated, find_published, find_updated
from newsletter.articles.excerpt import find_standfirst, make_excerpt
from newsletter.articles.found import Found, value_of
from newsletter.articles.identity import article_id, identity_of
from newsletter.articles.labels import (
    find_canonical,
    find_section,
    find_site,
    find_tags,
    find_url,
    find_visibility,
)
from newsletter.articles.language import declared_language, find_language
from newsletter.articles.lead_image import (
    find_lead_image,
    find_other_images,
    without_lead_image,
)
from newsletter.articles.learned import NOTHING, Learned, without_learned
from newsletter.articles.markup import plain, too_deep, too_long
from newsletter.articles.structured import open_sheet
from newsletter.articles.tidy import article_only
from newsletter.articles.title import find_title
from newsletter.articles.translations import find_translations, settled
from newsletter.lib.text import printable
from newsletter.model.article import Article, Author, Draft, Image, NotAnArticle, Remark, Visibility

_SHORT = 30  # words: a body below this is told to the editor


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How drafts of one source are read. `language` fixed by its configuration wins always;
    `languages` are those of the publication; `timezone` is for dates that name none; dates long
    after `now` are none; `learned` are the lines that the source hangs on its articles."""

    languages: tuple[str, ...]
    language: str | None = None
    timezone: str = "UTC"
    now: datetime | None = None
    learned: Learned = NOTHING


def read_article(draft: Draft, reading: Reading) -> Article | NotAnArticle:
    """The article in a draft, or why there is none. Whatever the draft holds, nothing is raised.

    Belief goes from the source's own fields over the page's JSON-LD, meta elements and microdata
    to its visible text (a page fills what the source leaves out); `provenance` tells which it was.
    """
    if any(too_deep(html) for html in _markup(draft)):
        return NotAnArticle("its markup nests too deep to be read")
    if any(too_long(html) for html in _markup(draft)):
        return NotAnArticle("its markup has too many tags to be read")
    draft = unfolded(draft, reading.languages)
    sheet = open_sheet(draft.page, draft.url)
    title = find_title(draft, sheet)
    if title is None:
        return NotAnArticle("it has no headline")
    url = find_url(draft, sheet)
    canonical, copy = find_canonical(sheet, url)
    body = find_body(draft, sheet)
    # Language before authors: a bio is parted by the languages it can be in.
    language, doubt = find_language(
        declared_language(draft, sheet),
        fixed=reading.language,
        title=title.value,
        text=as_text(body.value),
        languages=reading.languages,
    )
    offered = find_translations(draft, sheet)
    translations = settled(
        offered.value if offered else {}, language.value, (url, canonical), reading.languages
    )
    lead, caption = find_lead_image(draft, sheet, draft.content or "")
    authors = find_authors(draft, sheet)
    spoken = reading.languages or (language.value, *translations)
    people = in_languages(authors.value, spoken, language.value)
    # Last, for it drops from the body whatever is shown elsewhere.
    told = _tidied(body.value, title.value, authors.value, caption)
    text = without_learned(without_lead_image(told, value_of(lead)), reading.learned)
    visibility = find_visibility(draft, sheet)
    readable = text or draft.summary or draft.content or sheet.is_article
    if not readable and visibility is Visibility.PUBLIC:
        return NotAnArticle("it has a headline, but no text")
    standfirst = find_standfirst(draft, sheet, title.value, text)
    published, unsure = find_published(draft, sheet, reading.timezone, language.value, reading.now)
    return _assembled(
        draft,
        _Parts(
            title=title,
            url=url,
            canonical=canonical,
            language=language,
            translations=Found(translations, offered.where) if offered else None,
            body=Found(text, body.where),
            lead=lead,
            others=find_other_images(draft, sheet, body.value, value_of(lead)),
            authors=Found(people, authors.where),
            standfirst=standfirst,
            excerpt=make_excerpt(value_of(standfirst), text, title.value),
            published=published,
            updated=find_updated(draft, sheet, reading.timezone, language.value, published),
            section=find_section(draft, sheet),
            tags=find_tags(draft, sheet),
            site=find_site(draft, sheet),
            visibility=visibility,
            remarks=(*copy, *doubt, *unsure),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What was found of an article, each with where it was."""

    title: Found[str]
    url: str | None
    canonical: str | None
    language: Found[str]
    translations: Found[Mapping[str, str | None]] | None
    body: Found[tuple[Block, ...]]
    lead: Found[Image] | None
    others: tuple[Image, ...]
    authors: Found[tuple[Author, ...]]
    standfirst: Found[str] | None
    excerpt: Found[str]
    published: Found[Dated] | None
    updated: Found[Dated] | None
    section: Found[str] | None
    tags: Found[tuple[str, ...]] | None
    site: Found[str] | None
    visibility: Visibility
    remarks: tuple[Remark, ...]


def _assembled(draft: Draft, parts: _Parts) -> Article:
    return Article(
        id=article_id(draft.source, identity_of(draft, parts.url, parts.title.value)),
        source=draft.source,
        guid=draft.guid and printable(draft.guid),
        url=parts.url,
        canonical_url=parts.canonical,
        language=parts.language.value,
        translations=value_of(parts.translations) or {},
        translation_key=draft.translation_key and printable(draft.translation_key),
        title=parts.title.value,
        standfirst=value_of(parts.standfirst),
        excerpt=parts.excerpt.value,
        body_html=as_html(parts.body.value),
        body_text=as_text(parts.body.value),
        lead_image=value_of(parts.lead),
        other_images=parts.others,
        authors=parts.authors.value,
        section=value_of(parts.section),
        tags=value_of(parts.tags) or (),
        published=parts.published.value.moment if parts.published else None,
        updated=parts.updated.value.moment if parts.updated else None,
        site=value_of(parts.site),
        visibility=parts.visibility,
        provenance=_provenance(parts),
        remarks=(*draft.remarks, *parts.remarks, *_shortness(as_text(parts.body.value))),
    )


def _provenance(parts: _Parts) -> dict[str, str]:
    """Where each value came from, under the names that the article's JSON has for them."""
    found: dict[str, Found[object] | None] = {
        "title": parts.title,
        "lang": parts.language,
        "translations": parts.translations,
        "standfirst": parts.standfirst,
        "excerpt": parts.excerpt,
        "body_text": parts.body,
        "lead_image": parts.lead,
        "authors": parts.authors,
        "section": parts.section,
        "tags": parts.tags,
        "published": parts.published,
        "updated": parts.updated,
        "site": parts.site,
    }
    return {name: one.where for name, one in found.items() if one is not None and one.value}


def _markup(draft: Draft) -> Iterator[str]:
    """Every text of a draft that will be parsed as HTML."""
    yield from filter(None, (draft.title, draft.summary, draft.content, *draft.tags))
    yield draft.page.html if draft.page else ""
    for author in draft.authors:
        yield from (author.name, *author.bio.values())
    for image in draft.images:
        yield from filter(None, (image.alt, image.caption, image.credit))


def _tidied(
    body: tuple[Block, ...], title: str, authors: tuple[Author, ...], caption: Caption
) -> tuple[Block, ...]:
    bios = [plain(bio) for author in authors for bio in author.bio.values()]
    names = [author.name for author in authors]
    return article_only(body, title=title, names=names, elsewhere=(caption.shown, *bios))


def _shortness(text: str) -> tuple[Remark, ...]:
    words = len(text.split())
    if words >= _SHORT:
        return ()
    return (Remark("body_short", f"its text has only {words} words"),)
