"""The way from a draft to an article, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.articles.author import find_authors, in_languages
from newsletter.articles.blocks import Block, as_html, as_text
from newsletter.articles.body import find_body
from newsletter.articles.boilerplate import article_only
from newsletter.articles.captions import Caption
from newsletter.articles.copied_text import unfolded
from newsletter.articles.dates import find_published, find_updated, remarks_on
from newsletter.articles.excerpt import find_standfirst, make_excerpt
from newsletter.articles.found import Found, value_of
from newsletter.articles.identity import article_id, identity_of
from newsletter.articles.labels import (
    find_canonical,
    find_section,
    find_site,
    find_tags,
    find_url,
)
from newsletter.articles.language import declared_language, find_language
from newsletter.articles.lead_image import find_lead_image, without_lead_image
from newsletter.articles.markup import plain, too_deep
from newsletter.articles.structured import open_sheet
from newsletter.articles.title import find_title
from newsletter.articles.translations import find_translations, settled
from newsletter.model.article import Article, Author, Draft, NotAnArticle, Remark

_SHORT = 30  # words: a body below this is told to the editor


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How drafts of one source are read. `language` fixed by its configuration wins always;
    `languages` are those of the publication; `timezone` is for dates that name none."""

    languages: tuple[str, ...]
    language: str | None = None
    timezone: str = "UTC"


def read_article(draft: Draft, reading: Reading) -> Article | NotAnArticle:
    """The article in a draft, or why there is none. Whatever the draft holds, nothing is raised.

    Belief goes from the source's own fields over the page's JSON-LD, meta elements and microdata
    to its visible text (a page fills what the source leaves out); `provenance` tells which it was.
    """
    if any(too_deep(html) for html in (draft.content, draft.page and draft.page.html) if html):
        return NotAnArticle("its markup nests too deep to be read")
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
    text = _tidied(body.value, title.value, authors.value, caption)
    text = without_lead_image(text, value_of(lead))
    if not (text or draft.summary or draft.content or sheet.graph.is_article):
        return NotAnArticle("it has a headline, but no text")
    standfirst = find_standfirst(draft, sheet, title.value, as_text(text))
    excerpt = make_excerpt(value_of(standfirst), text, title.value)
    published = find_published(draft, sheet, reading.timezone, language.value)
    since = published.value.moment if published else None
    updated = find_updated(draft, sheet, reading.timezone, language.value, since)
    section, tags = find_section(draft, sheet), find_tags(draft, sheet)
    site = find_site(draft, sheet)
    return Article(
        id=article_id(draft.source, identity_of(draft, url, title.value)),
        source=draft.source,
        guid=draft.guid,
        url=url,
        canonical_url=canonical,
        language=language.value,
        translations=translations,
        translation_key=draft.translation_key,
        title=title.value,
        standfirst=value_of(standfirst),
        excerpt=excerpt.value,
        body_html=as_html(text),
        body_text=as_text(text),
        lead_image=value_of(lead),
        authors=people,
        section=value_of(section),
        tags=tags.value if tags else (),
        published=since,
        updated=updated.value.moment if updated else None,
        site=value_of(site),
        provenance=_provenance(
            title=title,
            lang=language,
            translations=offered if translations else None,
            standfirst=standfirst,
            excerpt=excerpt,
            body_text=body if text else None,
            lead_image=lead,
            authors=authors if people else None,
            section=section,
            tags=tags,
            published=published,
            updated=updated,
            site=site,
        ),
        remarks=(
            *draft.remarks,
            *copy,
            *doubt,
            *remarks_on(value_of(published), reading.timezone),
            *_shortness(as_text(text)),
        ),
    )


def _tidied(
    body: tuple[Block, ...], title: str, authors: tuple[Author, ...], caption: Caption
) -> tuple[Block, ...]:
    bios = [plain(bio) for author in authors for bio in author.bio.values()]
    names = [author.name for author in authors]
    return article_only(body, title=title, names=names, elsewhere=(caption.shown, *bios))


def _provenance(**found: Found[object] | None) -> Mapping[str, str]:
    return {name: one.where for name, one in found.items() if one is not None}


def _shortness(text: str) -> tuple[Remark, ...]:
    words = len(text.split())
    if words >= _SHORT:
        return ()
    return (Remark("body_short", f"its text has only {words} words"),)
