"""Markup as text: what a reader sees of a node, block by block."""

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsletter.lib.text import one_line, printable

BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hgroup", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_UNSEEN = frozenset({"script", "style", "template", "noscript", "head", "title", "textarea"})
_BLANKS = re.compile(r"[^\S\n]+")
_EDGES = re.compile(r" *\n *")
_GAPS = re.compile(r"\n{2,}")
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
# Void elements, and those whose end HTML lets authors leave out: they do not nest by themselves.
_NOT_NESTING = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "option", "path",
})  # fmt: skip
_MOST_TAGS = 100_000  # long pages have some 10,000
_DEEPEST = 2_000  # real pages stay below 100; parsers take quadratic time (200,000: 219 s)


def parsed(html: str) -> LexborHTMLParser:
    """The tree of a document or a piece of one; anything at all gives a tree."""
    return LexborHTMLParser(printable(html) or "<body></body>")


def body_of(html: str) -> LexborNode:
    """The body of the tree of `html`; lexbor always makes one, but for framesets."""
    tree = parsed(html)
    found = tree.body or parsed("<body></body>").body
    assert found is not None
    return found


def too_deep(html: str) -> bool:
    """Whether elements nest so deep that parsing them is an attack, not a reading."""
    depth = 0
    for closing, name in _ANY_TAG.findall(html):
        if name.lower() not in _NOT_NESTING:
            depth = max(0, depth - 1) if closing else depth + 1
            if depth > _DEEPEST:
                return True
    return False


def too_long(html: str) -> bool:
    """Whether there are more tags than in any article: parsers take 0.1 ms and 3 kB for each."""
    return html.count("<") > _MOST_TAGS and len(_ANY_TAG.findall(html)) > _MOST_TAGS


def words(node: LexborNode | None) -> str:
    """All visible text of a node on one line; "" for no node."""
    return "" if node is None else one_line(_seen(node))


def blocks_of_text(node: LexborNode) -> list[str]:
    """The visible text of a node, a string for each block; line breaks inside stay."""
    lines = _EDGES.sub("\n", _BLANKS.sub(" ", _seen(node)))
    return [block for raw in _GAPS.split(lines) if (block := raw.strip())]


def plain(text: str) -> str:
    """A title or a name as its source wrote it → one line of plain text.

    Entities are decoded twice: one title in a hundred comes doubly encoded. Tags are dropped.
    """
    decoded = unescape(unescape(text))
    return one_line(words(body_of(decoded)) if _TAG.search(decoded) else decoded)


def attribute(node: LexborNode | None, name: str) -> str:
    """The value of an attribute without blanks around it; "" where there is none."""
    if node is None:
        return ""
    return (node.attributes.get(name) or "").strip()


def _seen(top: LexborNode) -> str:
    """The text with a blank line at every block's edge and a line end for every <br>.

    An explicit stack: pages nest deeper than Python recurses.
    """
    out: list[str] = []
    stack: list[LexborNode | str] = [top]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            out.append(item)
        elif item.tag == "-text":
            out.append(item.text_content or "")
        elif item.tag == "br":
            out.append("\n")
        elif item.tag not in _UNSEEN:
            stack.extend(reversed(_inside(item)))
    return "".join(out)


def _inside(node: LexborNode) -> list[LexborNode | str]:
    children: list[LexborNode | str] = list(node.iter(include_text=True))
    if node.tag == "pre" or node.tag not in BLOCKS:
        return children
    return ["\n\n", *children, "\n\n"]
