"""A page without its furniture: what its own markup names as no part of the text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsletter.articles.markup import attribute, parsed, words
from newsletter.articles.players import put_players, take_players
from newsletter.articles.sanitise import show_pictures

# Names (classes, ids) that pages give to their furniture, and how many characters of text it holds
# at most: themes call a whole page "has-sidebar" and an article "newsletter". Each is matched as
# whole words of one name: "share" is in "post-share" and "shareBar", not in "shared-ownership".
_NAMES: dict[int, tuple[str, ...]] = {
    300: (
        "share|sharing|sharedaddy|social|addtoany|addthis|sociable|follow us|siguenos",
        "compartir|compartilhar|partage|partager|teilen|condividi|feedflare",
        "tags|tag ?list|tag links|keywords|categories|cat links|etiquetas|schlagworte",
        "breadcrumbs?|pagination|post nav|post navigation|prev next",
        "byline|dateline|timestamp|pub ?date|photo credit|image credit|trust badge",
    ),
    600: (
        "newsletter|boletin|subscribe|subscription|sign ?up|opt in|paywall|donate|donation",
        "disclosure|disclaimer|cta|promo|subvert|cookie|consent",
        "advert|advertisement|ad|ads|werbung|publicidad|publicidade|publicite|anzeige|sponsored",
    ),
    1500: (
        "author box|author bio|author info|author card|about author|about the author|bio autor",
        "toc|table of contents|toc container",
        "related|relacionad[ao]s?|recommended|recommendations?|recirc|read ?more|read also",
        "more from|most read|most popular|trending|popular posts|recent posts|rec posts",
        "saiba mais|leia mais|leia tambem|lee tambien|lire aussi|a lire aussi|mas leidas|see also",
        "link ?list|outbrain|taboola|yarpp|jp relatedposts",
    ),
}
_LIMITS = tuple(
    (limit, re.compile(rf"(?:^| )(?:{'|'.join(names)})(?: |$)")) for limit, names in _NAMES.items()
)
_MOST = max(_NAMES)
# A state or a wish of the theme, not what the element is: "has-related", "no-share".
# And what is "embedded" is part of a text, were it from a "social" network.
_STATE = re.compile(
    r"^(?:has|no|not|with|without|is|enabled?|show|hide|js|single|post type)\b|\bembed(?:ded)?\b"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PARTS = re.compile(r"[^a-z0-9]+")
_NEVER = frozenset({"html", "head", "body", "article", "main", "h1", "meta", "link", "script"})
# Nothing of these is text, and the void ones among them have no end for the parser that comes
# next: it would nest all that follows in them. (JSON-LD stays: some pages have their text there.)
_UNREAD = (
    "script:not([type*=json]), style, svg, iframe, object, embed, source, track, template, canvas, "
    "wbr"
)
_CAPTIONS = (
    "figcaption, .wp-caption-text:not(figcaption), "
    "[itemprop=caption]:not(figcaption, .wp-caption-text)"
)
_PICTURE = re.compile(r'<img\b[^<>]*?\ssrc="([^"<>]*)"[^<>]*>')
_WHOLE = frozenset({"figure", "article", "main", "body"})  # no larger box is a picture's own
_HIGHEST = 4  # ancestors between a caption and the box with its picture


@dataclass(frozen=True, slots=True)
class Cleared:
    """A page to look for its text in; what was taken off comes back with `dressed`."""

    tree: LexborHTMLParser
    captions: Mapping[str, str]  # by the address of their picture
    players: list[str]

    @property
    def html(self) -> str:
        return self.tree.html or ""

    def dressed(self, found: str) -> str:
        """The text that was found, its pictures with their captions, and its players as links."""
        html = put_players(found, self.players)
        return _PICTURE.sub(self._with_caption, html) if self.captions else html

    def _with_caption(self, picture: re.Match[str]) -> str:
        caption = self.captions.get(unescape(picture[1]))
        if not caption:
            return picture[0]
        return f"<figure>{picture[0]}<figcaption>{escape(caption)}</figcaption></figure>"


def cleared(html: str, base: str | None) -> Cleared:
    """The page with its pictures in sight, and without captions, players and furniture."""
    tree = parsed(html)
    show_pictures(tree, base)
    players = take_players(tree, base)
    for node in reversed(tree.css(_UNREAD)):
        node.decompose()
    for anchor in tree.css("a[href^='#'], a:not([href])"):
        anchor.unwrap()  # it leads to a place on its own page, or is one
    captions = _taken_captions(tree)
    _remove_furniture(tree)
    return Cleared(tree, captions, players)


def without_furniture(html: str) -> str:
    """A text as its source gave it, without the furniture that its program put there."""
    tree = parsed(html)
    removed = _remove_furniture(tree)
    return tree.html or "" if removed else html


def _remove_furniture(tree: LexborHTMLParser) -> int:
    """Inner ones first: what stood in a removed element must not be looked at any more, and what
    holds an element with too much text holds too much itself."""
    removed = 0
    large: set[int] = set()
    for node in reversed(tree.css("[class], [id]:not([class])")):
        limit = 0 if node.tag in _NEVER or node.mem_id in large else _most_text(names_of(node))
        if limit == 0 or node.css_first("h1, article, [itemprop~=articleBody]") is not None:
            continue
        length = len(words(node))
        if length > _MOST:
            large.update([*_not_yet(node, large)])
        elif length <= limit:
            node.decompose()
            removed += 1
    return removed


def _not_yet(node: LexborNode, seen: set[int]) -> Iterator[int]:
    """The ids of all elements around a node, up to the first that was seen."""
    around = node.parent
    while around is not None and around.mem_id not in seen:
        yield around.mem_id
        around = around.parent


def _taken_captions(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in reversed(tree.css(_CAPTIONS)):
        picture = _picture_of(node)
        if picture:
            found.setdefault(picture, words(node))
        if node.css_first("img, p + p") is None:
            node.decompose()
    return found


def _picture_of(caption: LexborNode) -> str:
    """The address of the picture that shares the smallest box with its caption."""
    box = caption.parent
    for _ in range(_HIGHEST):
        img = box.css_first("img[src]") if box is not None else None
        if img is not None:
            return attribute(img, "src")
        if box is None or box.tag in _WHOLE:
            break
        box = box.parent
    return ""


def names_of(node: LexborNode) -> tuple[str, ...]:
    """What a page calls an element (classes, id, itemprop), in lower-case words: "post share"."""
    attributes = node.attributes
    given = " ".join(attributes.get(name) or "" for name in ("class", "id", "itemprop"))
    return _in_words(given)


@lru_cache(maxsize=4096)
def _in_words(names: str) -> tuple[str, ...]:
    return tuple(_PARTS.sub(" ", _CAMEL.sub(" ", name).lower()).strip() for name in names.split())


@lru_cache(maxsize=4096)
def _most_text(names: tuple[str, ...]) -> int:
    """How many characters an element with these names may hold as furniture; 0 for text."""
    telling = [name for name in names if not _STATE.search(name)]
    return max(
        (limit for limit, named in _LIMITS for name in telling if named.search(name)), default=0
    )
