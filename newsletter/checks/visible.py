"""What of a page is seen: hidden elements, and the text that is left."""

import re
from collections.abc import Iterator

from newsletter.checks.cascade import Style, Styles
from newsletter.checks.page import Element, Page, Text

_NEVER = frozenset({"script", "style", "template", "title", "head", "noscript", "object", "select"})
# Any of these hides an element and all that is in it. Preheaders use several at once.
_HIDING = {
    "display": re.compile(r"none"),
    "visibility": re.compile(r"hidden|collapse"),
    "font-size": re.compile(r"0+(\.0+)?(px|em|rem|pt|%)?|(0*\.\d+|0*1(\.0+)?)px"),
    "max-height": re.compile(r"0(px|em|rem)?"),
    "height": re.compile(r"0(px|em|rem)?"),  # with what overflows hidden
    "opacity": re.compile(r"0+(\.0+)?%?"),
    "mso-hide": re.compile(r"all"),
}
_ALONE = _HIDING.keys() - {"font-size", "height"}


def hides(style: Style, name: str) -> bool:
    """Whether a style hides by this property."""
    declared = style.get(name)
    return declared is not None and _HIDING[name].fullmatch(declared.value.lower()) is not None


def hidden_elements(page: Page, styles: Styles) -> frozenset[int]:
    """The indexes of all elements that are not seen, with what is in them."""
    hidden: set[int] = set()
    for element in page.elements:
        within = element.parent is not None and element.parent.index in hidden
        if within or _hidden(element, styles.get(element.index, {})):
            hidden.add(element.index)
    return frozenset(hidden)


def silent_elements(page: Page, styles: Styles) -> frozenset[int]:
    """The indexes of all elements whose own text is not seen: hidden, or with a font of one
    pixel or none.
    That holds until an element within sets another; columns are written so."""
    tiny: set[int] = set()
    for element in page.elements:
        style = styles.get(element.index, {})
        within = element.parent is not None and element.parent.index in tiny
        if hides(style, "font-size") or (within and "font-size" not in style):
            tiny.add(element.index)
    return hidden_elements(page, styles) | tiny


def _hidden(element: Element, style: Style) -> bool:
    if element.tag in _NEVER or "hidden" in element.attributes:
        return True
    return _squeezed(style) or any(hides(style, name) for name in _ALONE)


def _squeezed(style: Style) -> bool:
    overflow = style.get("overflow", style.get("overflow-y"))
    return hides(style, "height") and overflow is not None and "hidden" in overflow.value.lower()


def visible_texts(page: Page, styles: Styles) -> Iterator[Text]:
    """The pieces of text that are seen, blank ones left out."""
    silent = silent_elements(page, styles)
    for text in page.texts:
        if text.owner.index not in silent and text.content.strip():
            yield text
