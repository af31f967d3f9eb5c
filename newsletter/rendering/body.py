"""The whole text of an article, taken apart into what a letter can show, block by block.

What comes in has been through the sanitiser, but nothing here relies on it: every tag is written
anew from a short list, every text escaped, every address looked at.
"""

import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from markupsafe import Markup, escape
from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsletter.lib.text import printable, shortened
from newsletter.model.article import Image
from newsletter.rendering.lines import line, part_of_line

# What may stand within a line, and as what; the rest gives its text only.
_INLINE = {
    "em": "em", "i": "em", "cite": "em", "strong": "strong", "b": "strong",
    "sub": "sub", "sup": "sup", "s": "s", "del": "s",
}  # fmt: skip
_WORDS = frozenset(
    {"-text", "a", "abbr", "bdi", "br", "code", "ins", "mark", "q", "small", "span", "u", *_INLINE}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BOXES = frozenset({"body", "div", "section", "article", "figure", "li"})
_NOTHING = Markup()
_BLANK, _BREAK = Markup(" "), Markup("<br/>")
_TAG = re.compile(r"<[^>]*>")  # of ours: no value in it has a bare ">"
MAX_TEXT = 50_000  # encoded bytes of a lead in full: half of what Gmail shows of a letter

_LONGEST = 8 * MAX_TEXT  # characters of markup that are looked at; no text needs as many
_DEPTH = 40  # of boxes in boxes; nobody writes so, and the stack has an end


class Kind(StrEnum):
    TEXT = "text"
    HEADING = "heading"
    QUOTE = "quote"
    ITEM = "item"
    PICTURE = "picture"
    CAPTION = "caption"
    TABLE = "table"
    RULE = "rule"


_QUOTABLE = frozenset({Kind.TEXT, Kind.HEADING, Kind.ITEM, Kind.QUOTE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, or what stands in the place of one. `mark` is an item's number or dot,
    `head` the names of a table's columns, where it has them.
    """

    kind: Kind
    html: Markup = _NOTHING
    text: str = ""
    mark: str = ""
    image: Image | None = None
    head: tuple[Markup, ...] = ()
    rows: tuple[tuple[Markup, ...], ...] = ()


# Bytes around a block, a cell of a table and a link, as the shipped layouts have them, and a few.
_FRAME = {Kind.QUOTE: 400, Kind.ITEM: 550, Kind.PICTURE: 450, Kind.TABLE: 500}
_PLAIN_FRAME, _CELL, _LINK = 250, 300, 110
_ALT = 500  # characters


def text_of(html: str) -> tuple[tuple[Block, ...], bool]:
    """As much of an article's `body_html` as a letter has room for, and whether that is all."""
    blocks, whole = beginning(blocks_of(html[:_LONGEST]), MAX_TEXT)
    return blocks, whole and len(html) <= _LONGEST


def blocks_of(html: str) -> Iterator[Block]:
    """The blocks of an article's `body_html`, in order; those with nothing in them are left out."""
    body = LexborHTMLParser(html).body
    if body is not None:
        yield from _blocks(body.iter(include_text=True), 0)


def pictures_in(html: str) -> tuple[Image, ...]:
    """The pictures of an article's `body_html`, as its blocks show them."""
    return tuple(block.image for block in text_of(html)[0] if block.image)


def beginning(blocks: Iterable[Block], budget: int) -> tuple[tuple[Block, ...], bool]:
    """As many blocks from the start as fit into `budget` bytes of a mail, and whether that is all.

    Counted as quoted-printable has them (RFC 2045 §6.7): three bytes for each beyond ASCII.
    """
    kept: list[Block] = []
    for block in blocks:
        budget -= _weight(block)
        if budget < 0:
            return tuple(kept), False
        kept.append(block)
    return tuple(kept), True


def _weight(block: Block) -> int:
    """About what a block adds to the letter."""
    cells = [cell for row in (block.head, *block.rows) for cell in row]
    image = f"{block.image.url}{block.image.alt}" if block.image else ""
    said = _NOTHING.join((block.html, *cells)) + image + block.text
    frame = _FRAME.get(block.kind, _PLAIN_FRAME) + _CELL * len(cells) + _LINK * said.count("<a ")
    return frame + len(quopri.encodestring(said.encode()))


def _blocks(nodes: Iterable[LexborNode], depth: int) -> Iterator[Block]:
    """The blocks that these are; text between them is a paragraph of its own."""
    for is_loose, group in groupby(nodes, _is_inline):
        if is_loose:
            yield from _lines(tuple(group), Kind.TEXT, depth)
        else:
            for node in group:
                yield from _block(node, depth)


def _within(box: LexborNode, depth: int) -> Iterator[Block]:
    return _blocks(box.iter(include_text=True), depth + 1)


def _block(node: LexborNode, depth: int) -> Iterator[Block]:
    tag = node.tag
    if depth > _DEPTH:
        yield from _plain(node)
    elif tag in _HEADINGS:
        yield from _lines((node,), Kind.HEADING, depth)
    elif tag in ("ul", "ol"):
        yield from _items(node, depth)
    elif tag == "blockquote":
        for inner in _within(node, depth):
            yield replace(inner, kind=Kind.QUOTE) if inner.kind in _QUOTABLE else inner
    elif tag == "table":
        yield from _table(node, depth)
    elif tag == "hr":
        yield Block(kind=Kind.RULE)
    elif tag == "img":
        yield from _picture(node)
    elif tag == "figcaption":
        yield from _lines((node,), Kind.CAPTION, depth)
    elif tag in _BOXES:
        yield from _within(node, depth)
    else:
        yield from _lines((node,), Kind.TEXT, depth)


def _is_inline(node: LexborNode) -> bool:
    return node.tag in _WORDS


def _lines(nodes: tuple[LexborNode, ...], kind: Kind, depth: int) -> Iterator[Block]:
    """A block of running text; the pictures in it come after it."""
    html = _NOTHING.join(_inline(node, depth) for node in nodes).strip()
    if text := _text(html):
        yield Block(kind=kind, html=html, text=text)
    for node in nodes:
        for image in node.css("img"):
            yield from _picture(image)


def _plain(node: LexborNode) -> Iterator[Block]:
    if text := line(node.text()):
        yield Block(kind=Kind.TEXT, html=escape(text), text=text)


def _items(box: LexborNode, depth: int) -> Iterator[Block]:
    """The items of a list, and of the lists in it; what stands between them is as outside."""
    number = 0
    for node in box.iter(include_text=True):
        if node.tag != "li":
            yield from _blocks((node,), depth + 1)
            continue
        number += 1
        mark = f"{number}." if box.tag == "ol" else "•"
        for block in _within(node, depth):
            if block.kind is not Kind.TEXT:
                yield block
                continue
            yield replace(block, kind=Kind.ITEM, mark=mark)
            mark = ""


def _table(node: LexborNode, depth: int) -> Iterator[Block]:
    """What has columns of lines; one that only says where pictures and tables stand is a box."""
    if node.css_first("img, td table, th table"):
        for row in _rows(node):
            for cell in _children(row, "td", "th"):
                yield from _within(cell, depth)
        return
    found = [
        (_is_head(row), [tuple(_within(cell, depth)) for cell in _children(row, "td", "th")])
        for row in _rows(node)
    ]
    rows = [(is_head, cells) for is_head, cells in found if any(cells)]
    if rows:
        text = "\n".join(" | ".join(map(_cell_text, cells)) for _, cells in rows)
        shown = [tuple(map(_cell, cells)) for _, cells in rows]
        head = shown[0] if rows[0][0] else ()
        yield Block(kind=Kind.TABLE, head=head, rows=tuple(shown[1 if head else 0 :]), text=text)


def _is_head(row: LexborNode) -> bool:
    return all(cell.tag == "th" for cell in _children(row, "td", "th"))


def _rows(table: LexborNode) -> Iterator[LexborNode]:
    for group in _children(table, "thead", "tbody", "tfoot"):
        yield from _children(group, "tr")


def _cell(blocks: tuple[Block, ...]) -> Markup:
    return _BREAK.join(_BLANK.join(filter(None, (each.mark, each.html))) for each in blocks)


def _cell_text(blocks: tuple[Block, ...]) -> str:
    return " ".join(" ".join(filter(None, (each.mark, each.text))) for each in blocks)


def _children(node: LexborNode, *tags: str) -> Iterator[LexborNode]:
    return (child for child in node.iter() if child.tag in tags)


def _picture(node: LexborNode) -> Iterator[Block]:
    source = node.attributes.get("src") or ""
    if source.startswith(("https://", "http://")):
        sizes = (_number(node.attributes.get(name)) for name in ("width", "height"))
        width, height = sizes
        alt = shortened(line(node.attributes.get("alt")) or "", _ALT)
        yield Block(kind=Kind.PICTURE, image=Image(url=source, width=width, height=height, alt=alt))


def _inline(node: LexborNode, depth: int) -> Markup:
    """What stands within a line, in the few tags that every mail program knows."""
    if node.tag == "-text":
        return escape(part_of_line(node.text()))
    if node.tag == "br":
        return _BREAK
    if depth > _DEPTH:
        return escape(part_of_line(node.text()))
    inner = _NOTHING.join(_inline(each, depth + 1) for each in node.iter(include_text=True))
    if tag := _INLINE.get(node.tag or ""):
        return Markup("<{0}>{1}</{0}>").format(tag, inner)
    if node.tag == "a":
        return _link(node.attributes.get("href") or "", inner)
    # A block among words ends one and begins another.
    return inner if _is_inline(node) else _BLANK + inner + _BLANK


def _text(html: Markup) -> str:
    """The same without tags."""
    return line(Markup(_TAG.sub("", html.replace(_BREAK, _BLANK))).unescape()) or ""  # noqa: S704


def _link(address: str, inner: Markup) -> Markup:
    """Of words; a link without any is a riddle to whoever hears the letter read."""
    if not inner.strip() or not address.startswith(("https://", "http://", "mailto:", "tel:")):
        return inner
    return Markup('<a class="link" href="{}">{}</a>').format(printable(address), inner)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and 0 < int(text) < 10_000 else None
