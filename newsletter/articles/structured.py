"""A page as its makers describe it to machines: JSON-LD, meta elements, microdata."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsletter.articles.json_ld import Graph, read_graph
from newsletter.articles.markup import attribute, parsed, plain, words
from newsletter.lib.text import one_line
from newsletter.lib.urls import absolute
from newsletter.model.article import Page

# Microdata (and its look-alikes) that stand for the item in the page, not for a part of it.
_ARTICLE_SCOPE = "[itemtype*=Article], [itemtype*=BlogPosting], [itemtype*=CreativeWork]"
_VALUE_OF = {"meta": "content", "link": "href", "a": "href", "img": "src", "time": "datetime"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """An article's page, opened. A draft without a page has an empty sheet."""

    url: str | None
    base: str | None  # what relative addresses start from
    html: str
    tree: LexborHTMLParser
    metas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    graph: Graph = field(default_factory=Graph)

    def meta(self, *names: str) -> str:
        """The first content of the first of these meta names that has one; "" for none."""
        return next((self.metas[name][0] for name in names if name in self.metas), "")

    @property
    def is_article(self) -> bool:
        """Whether the page says that it is one: what shows a film or a post may have no text."""
        kind = self.meta("og:type").partition(".")[0].lower()
        declared = kind in ("article", "video") and self.meta("og:description")
        return self.graph.is_article or bool(declared)

    @property
    def title(self) -> str:
        """The content of <title>, that of the page: pictures drawn in it have titles too."""
        node = self.first("head title") or self.first("title")
        return one_line(node.text()) if node is not None else ""

    def select(self, query: str) -> list[LexborNode]:
        return self.tree.css(query)

    def first(self, query: str) -> LexborNode | None:
        return self.tree.css_first(query)

    def item(self, name: str) -> list[LexborNode]:
        """Nodes of a microdata property, those of an article's scope first."""
        scope = self.first(_ARTICLE_SCOPE)
        inside = scope.css(f"[itemprop~={name}]") if scope else []
        return inside or self.select(f"[itemprop~={name}]")

    def link(self, query: str) -> str | None:
        """The absolute address of the first node that matches."""
        href = attribute(self.first(query), "href")
        return absolute(href, self.base) if href else None


def open_sheet(page: Page | None, url: str | None) -> Sheet:
    """The page, parsed; `url` is the draft's address, for pages that do not know their own."""
    html = page.html if page else ""
    tree = parsed(html)
    address = (page.url if page else None) or url
    declared = attribute(tree.css_first("base[href]"), "href")
    return Sheet(
        url=address,
        base=(absolute(declared, address) if declared else None) or address,
        html=html,
        tree=tree,
        metas=_metas(tree),
        graph=read_graph(_scripts(tree), address),
    )


def item_value(node: LexborNode) -> str:
    """What a microdata node says: its content, its address or date, else its text."""
    declared = attribute(node, "content")
    if declared:
        return plain(declared)
    return attribute(node, _VALUE_OF.get(node.tag or "", "")) or words(node)


def in_comments(node: LexborNode) -> bool:
    """Whether readers wrote what a node holds."""
    above = node.parent
    while above is not None and above.tag != "body":
        if "comment" in f"{attribute(above, 'class')} {attribute(above, 'id')}".lower():
            return True
        above = above.parent
    return False


def _scripts(tree: LexborHTMLParser) -> list[str]:
    return [node.text() for node in tree.css("script[type*='ld+json' i]")]


def _metas(tree: LexborHTMLParser) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for node in tree.css("meta[content]"):
        content = attribute(node, "content")
        if not content:
            continue
        for key in ("property", "name", "itemprop", "http-equiv"):
            for name in attribute(node, key).lower().split():  # RDFa names several at once
                found[name] = (*found.get(name, ()), content)
    return found
