"""HTML → a flat list of its elements, in order: what all checks look at.

lexbor reads as browsers do (HTML 5), whatever the markup is. What is nested so deep that reading it
would take minutes is not read at all, and `Page.fault` says so.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from newsletter.lib.text import one_line, printable

MAX_HTML = 8_000_000  # characters
MAX_ELEMENTS = 300_000
# Steps: the sum over all tags of how many elements were open around them, and of how many of those
# a parser would open again in the next block (HTML 13.2.4.3). A real mail of 100 kB needs 60,000
# and none; 20,000 nested elements need 200,000,000 and make parsers take minutes.
_MAX_STEPS = 60_000_000
_MAX_REOPENED = 3_000_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_NOT_NESTING = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "option", "path",
})  # fmt: skip
_REOPENED = frozenset({
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
})  # fmt: skip
_SILENT = frozenset({"script", "style", "template", "noscript", "title", "head"})


@dataclass(slots=True, eq=False)
class Element:
    """One element. `texts` and `inside` are the ranges of what it holds, in the page's lists."""

    tag: str
    attributes: Mapping[str, str]
    parent: "Element | None"
    index: int
    texts: range = range(0)
    inside: range = range(0)

    def around(self) -> Iterator["Element"]:
        """The element itself and those that it stands in, outwards."""
        at: Element | None = self
        while at is not None:
            yield at
            at = at.parent


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A piece of text, and the element that it stands in."""

    content: str
    owner: Element


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A read mail. `fault` says why there are no elements."""

    html: str
    elements: tuple[Element, ...] = ()
    texts: tuple[Text, ...] = ()
    fault: str | None = None
    tree: LexborHTMLParser | None = None
    numbers: Mapping[int, int] = field(default_factory=dict)  # of elements, by lexbor's own id

    def tagged(self, *tags: str) -> Iterator[Element]:
        """The elements of these names, in order."""
        return (element for element in self.elements if element.tag in tags)

    def select(self, selector: str) -> list[Element]:
        """The elements that a CSS selector means; none for one that nobody can read."""
        if self.tree is None:
            return []
        try:
            nodes = self.tree.css(selector)
        except (SelectolaxError, ValueError, RuntimeError):
            return []
        return [self.elements[n] for node in nodes if (n := self.numbers.get(node.mem_id, -1)) >= 0]

    def text(self, element: Element) -> str:
        """The text in an element on one line, scripts and styles within it left out."""
        said = (self.texts[at] for at in element.texts)
        heard = (each for each in said if each.owner is element or each.owner.tag not in _SILENT)
        return one_line("".join(each.content for each in heard))

    def within(self, element: Element, *tags: str) -> Iterator[Element]:
        """The elements of these names inside another."""
        found = (self.elements[at] for at in element.inside)
        return (each for each in found if each.tag in tags)

    def css(self) -> str:
        """The style sheets in the page, as one text."""
        return "\n".join(css for css, _ in self.sheets())

    def sheets(self, *, merged: bool = False) -> Iterator[tuple[str, str]]:
        """The style sheets in the page, each with its medium ("" for all); `merged`: only those
        that an inliner takes."""
        for sheet in self.tagged("style"):
            if not merged or _everywhere(sheet):
                yield self._raw(sheet), sheet.attributes.get("media", "").strip()

    def _raw(self, element: Element) -> str:
        return "".join(self.texts[at].content for at in element.texts)


def _everywhere(sheet: Element) -> bool:
    media = sheet.attributes.get("media")
    return media in (None, "all") and sheet.attributes.get("data-premailer") != "ignore"


def read_page(html: str) -> Page:
    """The page of an HTML document or a piece of one; anything at all gives a page."""
    clean = printable(html)[:MAX_HTML]
    if tangled(clean):
        return Page(clean, fault="its elements are nested too deep to be read")
    tree = LexborHTMLParser(clean or "<body></body>")
    return _flattened(clean, tree)


def tangled(html: str) -> bool:
    """Whether reading this would take minutes, or memory without end."""
    depth = reopened = steps = again = 0
    for closing, name in _TAG.findall(html):
        name = name.lower()
        step = -1 if closing else 1
        if name in _REOPENED:
            reopened = max(0, reopened + step)
        if name not in _NOT_NESTING:
            depth = max(0, depth + step)
        steps += depth
        again += reopened
        if steps > _MAX_STEPS or again > _MAX_REOPENED:
            return True
    return False


def _flattened(html: str, tree: LexborHTMLParser) -> Page:
    elements: list[Element] = []
    texts: list[Text] = []
    numbers: dict[int, int] = {}
    opened: list[Element] = []
    for node in _nodes(tree):
        parent = numbers.get(node.parent.mem_id) if node.parent else None
        owner = None if parent is None else elements[parent]
        while opened and opened[-1] is not owner:
            _close(opened.pop(), elements, texts)
        if node.is_element_node:
            numbers[node.mem_id] = len(elements)
            element = Element(node.tag or "", _attributes(node), owner, len(elements))
            element.texts, element.inside = range(len(texts), 0), range(len(elements) + 1, 0)
            elements.append(element)
            opened.append(element)
        elif owner is not None:
            texts.append(Text(node.text_content or "", owner))
    for element in opened:
        _close(element, elements, texts)
    return Page(html, tuple(elements), tuple(texts), None, tree, numbers)


def _nodes(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    """Elements and texts in the order of the document, the first 300,000 elements of it."""
    left = MAX_ELEMENTS
    if tree.root is None:
        return
    for node in tree.root.traverse(include_text=True):
        if node.is_element_node or node.is_text_node:
            left -= node.is_element_node
            if left < 0:
                return
            yield node


def _attributes(node: LexborNode) -> dict[str, str]:
    return {name: value or "" for name, value in node.attributes.items()}


def _close(element: Element, elements: list[Element], texts: list[Text]) -> None:
    """Only now is it known how far the element goes."""
    element.texts = range(element.texts.start, len(texts))
    element.inside = range(element.inside.start, len(elements))
