"""A page that lists articles: which of its links lead to them.

The rule. Looked at are the links in <main> (or what has its role), and in the whole body where that
has none to articles; but not those in navigation, asides, headers and footers of the page, and only
those to the same site. A link leads to an article when its address looks like one's (a date, a long
number, or a last part of three words or more), or when it stands in a heading inside an <article>.
Never taken: the list itself, the front page, addresses below which others of the list lie (these
are sections), and what is plainly something else (tags, authors, log-in, terms, files).
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsletter.lib.urls import absolute, same_site, url_key, without_tracking

MOST_LINKS = 100
_AROUND = frozenset({"nav", "aside", "footer"})
_ROLES = frozenset({"navigation", "complementary", "contentinfo", "banner", "search"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_DATED = re.compile(r"/(?:19|20)\d\d[/-](?:0?[1-9]|1[0-2])(?:[/-]|$)")
_NUMBERED = re.compile(r"\d{5,}")
_WORDS = 3
# Parts of an address below which no articles lie.
_ELSEWHERE = frozenset({
    "tag", "tags", "etiqueta", "etiquetas", "category", "categories", "categoria", "categorias",
    "author", "authors", "autor", "autores", "autora", "topic", "topics", "tema", "temas", "page",
    "pagina", "search", "buscar", "busqueda", "login", "signin", "sign-in", "register", "account",
    "subscribe", "suscripcion", "newsletter", "newsletters", "contact", "contacto", "about",
    "privacy", "privacidad", "terms", "cookies", "feed", "rss", "wp-admin", "wp-login.php", "cart",
    "cdn-cgi",
})  # fmt: skip
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|pdf|zip|mp[34]|m4a|docx?|xlsx?|pptx?|xml|json|css|js|ics)$",
    re.IGNORECASE,
)


def article_links(html: str, url: str) -> list[str]:
    """The addresses of the articles that a page lists, in its order, each once."""
    tree = LexborHTMLParser(html)
    roots = (tree.css_first("main, [role=main]"), tree.body)
    return next((found for root in roots if root and (found := _articles_in(root, url))), [])


def _articles_in(root: LexborNode, url: str) -> list[str]:
    found: dict[str, str] = {}
    for node in root.css("a[href]"):
        link = absolute(node.attributes.get("href") or "", url)
        if link is None or any(_is_around(above) for above in _ancestors(node)):
            continue
        link = without_tracking(link.partition("#")[0])
        if _may_lead(link, url) and (_looks_like_article(link) or _is_headline(node)):
            found.setdefault(url_key(link), link)
    found.pop(url_key(url), None)
    sections = _above(found)
    return [link for key, link in found.items() if key not in sections][:MOST_LINKS]


def _is_around(node: LexborNode) -> bool:
    """Whether a part of a page is about the site; a header of an article is about that."""
    if node.tag == "header":
        return not any(above.tag == "article" for above in _ancestors(node))
    return node.tag in _AROUND or (node.attributes.get("role") or "") in _ROLES


def _ancestors(node: LexborNode) -> Iterator[LexborNode]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def _may_lead(link: str, url: str) -> bool:
    path = urlsplit(link).path
    parts = {part for part in path.lower().split("/") if part}
    return bool(
        same_site(link, url)
        and (parts or urlsplit(link).query)
        and not parts & _ELSEWHERE
        and not _NO_PAGE.search(path)
    )


def _looks_like_article(link: str) -> bool:
    parts = urlsplit(link)
    path = unquote(parts.path)
    last = path.rstrip("/").rpartition("/")[2]
    if _DATED.search(path) or _NUMBERED.search(last) or re.search(r"(?:^|&)p=\d+", parts.query):
        return True
    return len([word for word in re.split(r"[-_]", last.partition(".")[0]) if word]) >= _WORDS


def _is_headline(node: LexborNode) -> bool:
    """Whether it stands in a heading, or around one, inside an <article>."""
    above = list(_ancestors(node))
    headed = any(each.tag in _HEADINGS for each in above) or node.css_first(
        "h1, h2, h3, h4, h5, h6"
    )
    return bool(headed) and any(each.tag == "article" for each in above)


def _above(found: dict[str, str]) -> set[str]:
    """The keys below which others of them lie."""
    return {
        "/".join(parts[:end])
        for key in found
        for parts in [key.split("/")]
        for end in range(1, len(parts))
    }
