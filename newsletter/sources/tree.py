"""HTML from strangers as a tree, unless building one is an attack."""

import re

from selectolax.lexbor import LexborHTMLParser

from newsletter.sources.port import SourceFault

_DEEPEST = 1_000  # 100,000 levels cost the parser 20 seconds
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
# Those that have no end, or whose end the next one of their kind implies.
_NOT_NESTING = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr", "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "thead", "tbody",
    "tfoot", "path", "use", "circle", "rect", "line", "polygon", "g",
})  # fmt: skip


def tree_of(html: str) -> LexborHTMLParser:
    """The parsed page. SourceFault ("too_large") when it nests too deep to be read."""
    depth = 0
    for closing, name in _TAG.findall(html):
        if name.lower() not in _NOT_NESTING:
            depth = max(0, depth - 1) if closing else depth + 1
            if depth > _DEEPEST:
                raise SourceFault("too_large", "the page nests too deep to be read")
    return LexborHTMLParser(html)
