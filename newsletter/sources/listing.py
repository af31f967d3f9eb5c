"""A page that lists articles: which of its links lead to them.

The rule. Looked at are the links in <main> (or what has its role), and in the whole body where that
has none to articles; but not those in navigation, asides, headers and footers of the page, and only
those to the same site. A link leads to an article when its address looks like one's (a date, a long
number, or a last part of three words or more), or when it stands in a heading inside an <article>.
Never taken: the list itself, the front page, addresses below which others of the list lie (these
are sections), and what is plainly something else (tags, authors, log-in, terms, files).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from newsletter.lib.urls import absolute, same_site, url_key, without_tracking
from newsletter.sources.tree import tree_of

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


@dataclass(slots=True)
class _Link:
    """A link of the page; `headline` when it stands in a heading of an article, or around one."""

    href: str
    in_main: bool
    headline: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """What a node of the page stands in."""

    main: bool = False
    article: bool = False
    heading: bool = False
    link: _Link | None = None


def article_links(html: str, url: str) -> list[str]:
    """The addresses of the articles that a page lists, in its order, each once. SourceFault when it
    nests too deep."""
    links = _links(tree_of(html).body)
    within = [link for link in links if link.in_main]
    return _leading_to_articles(within, url) or _leading_to_articles(links, url)


def _links(body: LexborNode | None) -> list[_Link]:
    """The links of a page but for those that are about the site.

    One walk with an explicit stack: looking upwards from each link takes long in deep pages.
    """
    found: list[_Link] = []
    stack = [(body, _Place())] if body is not None else []
    while stack:
        node, place = stack.pop()
        role = node.attributes.get("role") or ""
        if _is_around(node.tag or "", role, place):
            continue
        place = _inside(node, role, place)
        if node.tag == "a" and place.link is not None:
            found.append(place.link)
        if place.link is not None and place.article and place.heading:
            place.link.headline = True
        stack.extend((child, place) for child in reversed(list(node.iter())))
    return found


def _is_around(tag: str, role: str, place: _Place) -> bool:
    """Whether a part of the page is about the site; a header of an article is about that."""
    return tag in _AROUND or role in _ROLES or (tag == "header" and not place.article)


def _inside(node: LexborNode, role: str, place: _Place) -> _Place:
    tag = node.tag or ""
    main = place.main or tag == "main" or role == "main"
    link = place.link
    if tag == "a":
        link = _Link(node.attributes.get("href") or "", main)
    return _Place(
        main=main,
        article=place.article or tag == "article",
        heading=place.heading or tag in _HEADINGS,
        link=link,
    )


def _leading_to_articles(links: Iterable[_Link], url: str) -> list[str]:
    found: dict[str, str] = {}
    for each in links:
        link = absolute(each.href, url)
        if link is None:
            continue
        link = without_tracking(link.partition("#")[0])
        if _may_lead(link, url) and (each.headline or _looks_like_article(link)):
            found.setdefault(url_key(link), link)
    found.pop(url_key(url), None)
    sections = _above(found)
    return [link for key, link in found.items() if key not in sections][:MOST_LINKS]


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


def _above(found: dict[str, str]) -> set[str]:
    """The keys below which others of them lie."""
    return {
        "/".join(parts[:end])
        for key in found
        for parts in [key.split("/")]
        for end in range(1, len(parts))
    }
