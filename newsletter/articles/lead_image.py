"""The picture an editor would put above the story, with its caption and its credit."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import unescape

from selectolax.lexbor import LexborNode

from newsletter.articles.blocks import Block
from newsletter.articles.captions import Caption, caption_of
from newsletter.articles.credits import split_credit, without_lead
from newsletter.articles.found import Found, first
from newsletter.articles.json_ld import Thing, texts
from newsletter.articles.markup import attribute, body_of, plain
from newsletter.articles.pictures import (
    is_furniture,
    picture_key,
    pixels,
    read_picture,
    same_picture,
)
from newsletter.articles.structured import Sheet, item_value
from newsletter.lib.urls import absolute
from newsletter.model.article import Draft, Image

OTHERS = 4  # pictures kept for the case that the lead picture is none
_SOURCE = re.compile(r"<img [^>]*?src=\"([^\"]*)\"")
_IN_TEXT = (
    "article figure img, main figure img, [itemprop=articleBody] img, .entry-content img, "
    "article img, main img"
)

_PHOTO = re.compile(r"\.(?:jpe?g|webp|avif)(?:[?#]|$)", re.IGNORECASE)
_WIDTH_IN_NAME = re.compile(r"(?<!\d)(\d{2,4})x\d{2,4}(?!\d)")
_WIDE_ENOUGH = 300  # pixels
_FRAME = frozenset({"header", "nav", "footer", "aside", "form"})


def find_lead_image(
    draft: Draft, sheet: Sheet, content: str
) -> tuple[Found[Image] | None, Caption]:
    """The lead picture and what stood with it. `content` is the draft's own markup.

    Order of belief: what the source names, what the page names, the first that fits in the text.
    """
    found = first(
        Found(image, where)
        for image, where in (
            *_given(draft, sheet),
            *_declared(sheet),
            *_in_page(sheet),
            *_in_content(content, sheet.base or draft.url),
        )
        if _shows_something(image, sheet) and not is_furniture(image)
    )
    if found is None:
        return None, Caption()
    caption = _caption(found.value, sheet, content, draft)
    return Found(_with(found.value, caption), found.where), caption


def find_other_images(
    draft: Draft, sheet: Sheet, body: Iterable[Block], lead: Image | None
) -> tuple[Image, ...]:
    """What may take the place of a lead picture that turns out to be none, the best first.

    The same picture at another address, then what the source and the page name, then the pictures
    of the text; those that a page shows beside it belong to other stories. Each has what stands
    with it, and none is one of the others in a new size.
    """
    offered = (
        *(image for image, _ in (*_given(draft, sheet), *_declared(sheet))),
        *(image for block in body for image in _inside(block)),
    )
    usable = [image for image in offered if _may_stand_in(image, sheet)]
    again = (_once_more(image, lead) for image in usable if lead and _same(image, lead))
    found: list[Image] = [image for image in again if image][:1]
    roots, base = _roots(sheet, draft.content or ""), sheet.base or draft.url
    for image in usable:
        if len(found) < OTHERS and not any(_same(image, one) for one in (lead, *found) if one):
            found.append(_with(image, caption_of(roots, image, base, any_figure=False)))
    return tuple(found)


def _once_more(image: Image, lead: Image) -> Image | None:
    """The lead picture at another address, with the words of the lead picture."""
    if picture_key(image) == picture_key(lead):
        return None
    return replace(image, alt=image.alt or lead.alt, caption=lead.caption, credit=lead.credit)


def _may_stand_in(image: Image, sheet: Sheet) -> bool:
    return image.shown and _shows_something(image, sheet) and not is_furniture(image)


def _same(one: Image, other: Image) -> bool:
    if one.url and other.url:
        return same_picture(one.url, other.url)
    return (one.url, one.file) == (other.url, other.file)


def _inside(block: Block) -> Iterator[Image]:
    for img in body_of(block.html).css("img") if block.has_picture else ():
        image = read_picture(img, None)
        if image:
            yield image


def _shows_something(image: Image, sheet: Sheet) -> bool:
    """A picture, or the caption of one; pages at times give their own address as their picture."""
    return bool(image.caption) or (image.shown and image.url != (sheet.url or ""))


def _with(image: Image, caption: Caption) -> Image:
    """The picture with its caption; what it said of itself goes before what stood beside it."""
    text, credit = split_credit(plain(image.caption)) if image.caption else (None, None)
    said = without_lead(plain(image.credit)) if image.credit else None
    return replace(
        image,
        alt=(plain(image.alt) if image.alt else None) or caption.alt,
        caption=text or caption.text,
        credit=said or credit or caption.credit,
    )


def _caption(image: Image, sheet: Sheet, content: str, draft: Draft) -> Caption:
    """From the page, else from the draft's own markup."""
    if not image.shown:
        return Caption(shown=image.caption or "")
    alone = image.file is None and image.caption is None
    return caption_of(_roots(sheet, content), image, sheet.base or draft.url, any_figure=alone)


def _roots(sheet: Sheet, content: str) -> list[LexborNode]:
    return [root for root in (sheet.tree.body, body_of(content) if content else None) if root]


def _given(draft: Draft, sheet: Sheet) -> Iterator[tuple[Image, str]]:
    for image in draft.images:
        url = absolute(image.url, sheet.base or draft.url) if image.url else None
        if url or image.file or not image.url:
            yield replace(image, url=url), f"{draft.origin}.image"


def _declared(sheet: Sheet) -> Iterator[tuple[Image, str]]:
    """What the page tells machines: JSON-LD, OpenGraph, then the older ways."""
    yield from ((image, "jsonld.image") for image in _from_graph(sheet))
    og = absolute(sheet.meta("og:image:secure_url", "og:image", "og:image:url"), sheet.base)
    if og:
        yield _from_open_graph(sheet, og), "og.image"
    for raw, where in (
        (sheet.meta("twitter:image", "twitter:image:src"), "twitter.image"),
        (sheet.graph.text("thumbnailUrl"), "jsonld.thumbnailUrl"),
        (sheet.link("link[rel=image_src]") or "", "page.image_src"),
        (_from_items(sheet), "microdata.image"),
    ):
        url = absolute(raw, sheet.base) if raw else None
        if url:
            yield Image(url=url), where


def _from_open_graph(sheet: Sheet, url: str) -> Image:
    return Image(
        url=url,
        width=pixels(sheet.meta("og:image:width")),
        height=pixels(sheet.meta("og:image:height")),
        mime=sheet.meta("og:image:type") or None,
        alt=sheet.meta("og:image:alt", "twitter:image:alt") or None,
    )


def _from_graph(sheet: Sheet) -> Iterator[Image]:
    things = sheet.graph.things("image") or sheet.graph.things("primaryImageOfPage")
    for thing in things:
        url = next(texts(thing.get("contentUrl")), "") or next(texts(thing.get("url")), "")
        address = absolute(url, sheet.base) if url else None
        if address:
            yield Image(
                url=address,
                width=_size(thing, "width"),
                height=_size(thing, "height"),
                credit=_credit(thing),
            )


def _from_items(sheet: Sheet) -> str:
    """The image property, or the address inside it where it is an item of its own."""
    for node in sheet.item("image"):
        inner = node.css_first("[itemprop~=url], [itemprop~=contentUrl], img[src]")
        if "itemscope" not in node.attributes or inner is not None:
            return item_value(inner if inner is not None else node)
    return ""


def _size(thing: Thing, name: str) -> int | None:
    return pixels(next(texts(thing.get(name)), ""))


def _credit(thing: Thing) -> str | None:
    """ImageObject's own words for it (schema.org: creditText, copyrightNotice, creator)."""
    names = ("creditText", "copyrightNotice", "creator")
    return next((text for name in names for text in texts(thing.get(name))), None)


def _in_page(sheet: Sheet) -> Iterator[tuple[Image, str]]:
    """The pictures of the text, then the still that stands for a film."""
    for img in sheet.select(_IN_TEXT):
        image = read_picture(img, sheet.base)
        if image:
            yield image, "page.figure"
    for video in sheet.select("video[poster]"):
        still = absolute(attribute(video, "poster"), sheet.base)
        if still:
            yield Image(url=still), "page.video"
    for img in sheet.select("body img"):
        image = None if _is_around(img) else read_picture(img, sheet.base)
        if image and _is_photo(image):
            yield image, "page.img"


def _is_photo(image: Image) -> bool:
    """Whether a picture that stands anywhere is likely one of the story: as wide as that as
    declared, or in the format of photographs."""
    url = image.url or ""
    told = _WIDTH_IN_NAME.search(url)
    width = image.width or (int(told[1]) if told else None)
    return width >= _WIDE_ENOUGH if width else _PHOTO.search(url) is not None


def _is_around(node: LexborNode) -> bool:
    """Whether a node belongs to the frame of a page, not to what it is about."""
    above = node.parent
    while above is not None and above.tag not in _FRAME:
        above = above.parent
    return above is not None


def _in_content(content: str, base: str | None) -> Iterator[tuple[Image, str]]:
    for img in body_of(content).css("img") if content else ():
        image = read_picture(img, base)
        if image:
            yield image, "body.image"


def without_lead_image(body: Iterable[Block], lead: Image | None) -> tuple[Block, ...]:
    """The body without the blocks that show nothing but the lead picture, in any of its sizes."""
    return tuple(block for block in body if not _shows_only(block, lead))


def _shows_only(block: Block, lead: Image | None) -> bool:
    if lead is None or lead.url is None or not block.has_picture:
        return False
    sources = _SOURCE.findall(block.html)
    shown = bool(sources) and all(same_picture(unescape(url), lead.url) for url in sources)
    return shown and (block.tag in ("figure", "img") or not block.text)
