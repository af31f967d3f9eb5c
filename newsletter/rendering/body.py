"""The whole text of an article, taken apart into what a letter can show, block by block.

What comes in has been through the sanitiser, but nothing here relies on it: every tag is written
anew from a short list, every text escaped, every address looked at.
"""

import quopri
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup, escape
from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsletter.lib.text import printable
from newsletter.model.article import Image
from newsletter.rendering.lines import line, part_of_line

# What may stand within a line, and as what; the rest gives its text only.
_INLINE = {
    "em": "em", "i": "em", "cite": "em", "strong": "strong", "b": "strong",
    "sub": "sub", "sup": "sup", "s": "s", "del": "s",
}  # fmt: skip
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BOXES = frozenset({"body", "div", "section", "article", "figure", "thead", "tbody", "tfoot"})
_NOTHING = Markup()
MAX_TEXT = 50_000  # encoded bytes of a lead in full: half of what Gmail shows of a letter

_FRAME = 250  # bytes of the cell around a block
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


def blocks_of(html: str) -> Iterator[Block]:
    """The blocks of an article's `body_html`, in order; those with nothing in them are left out."""
    body = LexborHTMLParser(html).body
    if body is not None:
        yield from _blocks(body, 0)


def pictures_in(html: str) -> tuple[Image, ...]:
    """The pictures of an article's `body_html`, as its blocks show them."""
    return tuple(block.image for block in beginning(blocks_of(html), MAX_TEXT)[0] if block.image)


def beginning(blocks: Iterable[Block], budget: int) -> tuple[tuple[Block, ...], bool]:
    """As many blocks from the start as fit into `budget` bytes of a mail, and whether that is all.

    Counted as quoted-printable has them (RFC 2045 §6.7): three bytes for each beyond ASCII.
    """
    kept: list[Block] = []
    for block in blocks:
        budget -= _FRAME + len(quopri.encodestring(f"{block.html}{block.text}".encode()))
        if budget < 0:
            return tuple(kept), False
        kept.append(block)
    return tuple(kept), True


def _blocks(box: LexborNode, depth: int) -> Iterator[Block]:
    """The blocks in a box; text between them is a paragraph of its own."""
    loose: list[LexborNode] = []
    for node in box.iter(include_text=True):
        if _is_inline(node):
            loose.append(node)
            continue
        yield from _paragraph(loose, depth)
        loose = []
        yield from _block(node, depth)
    yield from _paragraph(loose, depth)


def _block(node: LexborNode, depth: int) -> Iterator[Block]:
    tag = node.tag
    if depth > _DEPTH:
        yield from _plain(node)
    elif tag in _HEADINGS:
        yield from _lines(node, Kind.HEADING, depth)
    elif tag in ("ul", "ol"):
        yield from _items(node, depth)
    elif tag == "blockquote":
        for inner in _blocks(node, depth + 1):
            yield Block(kind=Kind.QUOTE, html=inner.html, text=inner.text)
    elif tag == "table":
        yield from _table(node, depth)
    elif tag == "hr":
        yield Block(kind=Kind.RULE)
    elif tag == "img":
        yield from _picture(node)
    elif tag == "figcaption":
        yield from _lines(node, Kind.CAPTION, depth)
    elif tag in _BOXES:
        yield from _blocks(node, depth + 1)
    else:
        yield from _lines(node, Kind.TEXT, depth)


def _is_inline(node: LexborNode) -> bool:
    return node.tag in _INLINE or node.tag in ("-text", "a", "span", "br", "code", "q", "abbr", "u")


def _paragraph(nodes: list[LexborNode], depth: int) -> Iterator[Block]:
    html = _NOTHING.join(_inline(node, depth) for node in nodes).strip()
    text = line("".join(node.text() for node in nodes))
    if text:
        yield Block(kind=Kind.TEXT, html=html, text=text)


def _lines(node: LexborNode, kind: Kind, depth: int) -> Iterator[Block]:
    """A block of running text; the pictures in it come after it."""
    text = line(node.text())
    if text:
        html = _NOTHING.join(_inline(each, depth) for each in node.iter(include_text=True)).strip()
        yield Block(kind=kind, html=html, text=text)
    for image in node.css("img"):
        yield from _picture(image)


def _plain(node: LexborNode) -> Iterator[Block]:
    if text := line(node.text()):
        yield Block(kind=Kind.TEXT, html=escape(text), text=text)


def _items(box: LexborNode, depth: int) -> Iterator[Block]:
    """The items of a list, and of the lists in it."""
    number = 0
    for node in box.iter():
        if node.tag != "li":
            continue
        number += 1
        mark = f"{number}." if box.tag == "ol" else "•"
        for block in _blocks(node, depth + 1):
            if block.kind is not Kind.TEXT:
                yield block
                continue
            yield Block(kind=Kind.ITEM, html=block.html, text=block.text, mark=mark)
            mark = ""


def _table(node: LexborNode, depth: int) -> Iterator[Block]:
    found = [
        (_is_head(row), tuple(_cell(cell, depth) for cell in _children(row, "td", "th")))
        for row in _rows(node)
    ]
    rows = [(is_head, row) for is_head, row in found if any(row)]
    if rows:
        text = "\n".join(" | ".join(cell.striptags() for cell in row) for _, row in rows)
        head = rows[0][1] if rows[0][0] else ()
        body = tuple(row for _, row in rows[1 if head else 0 :])
        yield Block(kind=Kind.TABLE, head=head, rows=body, text=text)


def _is_head(row: LexborNode) -> bool:
    return all(cell.tag == "th" for cell in _children(row, "td", "th"))


def _rows(table: LexborNode) -> Iterator[LexborNode]:
    for group in _children(table, "thead", "tbody", "tfoot"):
        yield from _children(group, "tr")


def _cell(node: LexborNode, depth: int) -> Markup:
    return _NOTHING.join(_inline(each, depth) for each in node.iter(include_text=True)).strip()


def _children(node: LexborNode, *tags: str) -> Iterator[LexborNode]:
    return (child for child in node.iter() if child.tag in tags)


def _picture(node: LexborNode) -> Iterator[Block]:
    source = node.attributes.get("src") or ""
    if source.startswith(("https://", "http://")):
        sizes = (_number(node.attributes.get(name)) for name in ("width", "height"))
        width, height = sizes
        alt = line(node.attributes.get("alt"))
        yield Block(kind=Kind.PICTURE, image=Image(url=source, width=width, height=height, alt=alt))


def _inline(node: LexborNode, depth: int) -> Markup:
    """What stands within a line, in the few tags that every mail program knows."""
    if node.tag == "-text":
        return escape(part_of_line(node.text()))
    if node.tag == "br":
        return Markup("<br/>")
    if depth > _DEPTH:
        return escape(part_of_line(node.text()))
    inner = _NOTHING.join(_inline(each, depth + 1) for each in node.iter(include_text=True))
    if tag := _INLINE.get(node.tag or ""):
        return Markup("<{0}>{1}</{0}>").format(tag, inner)
    if node.tag == "a":
        return _link(node.attributes.get("href") or "", inner)
    return inner


def _link(address: str, inner: Markup) -> Markup:
    if not address.startswith(("https://", "http://", "mailto:", "tel:")):
        return inner
    return Markup('<a class="link" href="{}">{}</a>').format(printable(address), inner)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and 0 < int(text) < 10_000 else None
