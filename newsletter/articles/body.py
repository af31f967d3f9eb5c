"""The text itself: as its source gave it, else as it can be found on the page."""

import re

from newsletter.articles.blocks import Block, as_text, blocks
from newsletter.articles.excerpt import LONGEST_STANDFIRST
from newsletter.articles.found import Found
from newsletter.articles.furniture import cleared, without_furniture
from newsletter.articles.markup import plain
from newsletter.articles.opening import with_opening
from newsletter.articles.pieces import all_pieces
from newsletter.articles.sanitise import sanitise
from newsletter.articles.structured import Sheet
from newsletter.model.article import Draft

_TEASER = 80  # words: a feed's "content" below this is a summary if the page says more
_THIN = 40  # words: a page's text below this was probably not found


def find_body(draft: Draft, sheet: Sheet) -> Found[tuple[Block, ...]]:
    """The blocks of the body, sanitised, furniture still among them. Empty where there is none."""
    told = _given(draft)
    own = _own(told.value, sheet.base or draft.url) if told.value else ()
    given = Found(own, told.where)
    if own and (_size(own) >= _TEASER or not sheet.html):
        return given
    on_page = _on_page(sheet)
    return on_page if _size(on_page.value) > _size(own) else given


def _own(html: str, base: str | None) -> tuple[Block, ...]:
    return blocks(sanitise(without_furniture(html), base))


def _given(draft: Draft) -> Found[str]:
    """The source's own markup; a summary too long to be one is the text."""
    if not draft.content and draft.summary and len(plain(draft.summary)) > LONGEST_STANDFIRST:
        return Found(draft.summary, f"{draft.origin}.summary")
    return Found(draft.content or "", f"{draft.origin}.content")


def _size(body: tuple[Block, ...]) -> int:
    return len(as_text(body).split())


def _on_page(sheet: Sheet) -> Found[tuple[Block, ...]]:
    page = cleared(sheet.html, sheet.base)
    body = blocks(sanitise(page.dressed(_extracted(page.html)), sheet.base))
    if pieces := all_pieces(page.tree, as_text(body)):
        body = blocks(sanitise(page.dressed(pieces), sheet.base))
    told = sheet.graph.article.get("articleBody")
    if _size(body) < _THIN and isinstance(told, str) and len(told.split()) > _size(body):
        html = told if "<p" in told else "".join(f"<p>{p}</p>" for p in re.split(r"\n+", told))
        return Found(blocks(sanitise(html, sheet.base)), "jsonld.articleBody")
    return Found(with_opening(sheet, body), "page.body")


def _extracted(html: str) -> str:
    """The article's part of a page, as HTML; "" where none is found."""
    if not html.strip():
        return ""
    import trafilatura  # a tenth of a second and 30 MB, and only the child that reads needs it

    try:
        found = trafilatura.extract(
            html,
            fast=False,
            output_format="html",
            include_comments=False,
            include_formatting=True,
            include_links=True,
            include_images=True,
        )
    except MemoryError:  # no fault of the text: it is asked again where there is room
        raise
    except Exception:  # a foreign parser: whatever it trips over, it found no body
        return ""
    return found if isinstance(found, str) else ""
