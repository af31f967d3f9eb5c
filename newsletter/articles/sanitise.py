"""Foreign markup → the little HTML that a mail can hold. The only way in for article bodies."""

import re

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsletter.articles.markup import attribute, body_of, parsed
from newsletter.articles.pictures import is_tracker, read_picture
from newsletter.articles.players import link_players
from newsletter.lib.urls import absolute

_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "em", "strong", "b", "i",
    "u",
    "s", "sub", "sup", "a", "img", "figure", "figcaption", "pre", "code", "table", "thead", "tbody",
    "tr", "td", "th", "cite", "q", "small", "mark", "abbr", "del", "ins", "span",
}  # fmt: skip
# Boxes: they only say where one paragraph ends and the next begins.
_BOXES = "div|section|article|main|header|center|address|details|summary|dl|dt|dd|hgroup|h5|h6"
_DROPPED = {
    "script", "style", "iframe", "object", "embed", "form", "svg", "math", "noscript", "template",
    "button", "select", "textarea", "video", "audio", "nav", "aside", "footer", "canvas", "title",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_NUMBERS = {"width", "height", "colspan", "rowspan"}
_SCHEMES = {"http", "https", "mailto", "tel"}
_OTHER_LINK = re.compile(r"^(?:mailto|tel):", re.IGNORECASE)
_BOX = re.compile(rf"<(/?)(?:{_BOXES})\b[^>]*>")
_TWO_BREAKS = re.compile(r"(?:<br>\s*){2,}")
_BLOCK_END = re.compile(r"(</(?:p|ul|ol|h[2-4]|blockquote|figure|pre|table)>|<hr>)")
_LINE_OF_TITLE = re.compile(r"<(/?)h1\b[^>]*>")


def sanitise(html: str, base: str | None) -> str:
    """Markup of any kind → paragraphs, headings, lists, quotes, tables, pictures and links, with
    absolute addresses; nothing that runs, nothing that loads but pictures, no styles.

    Boxes become paragraphs. Players (iframes) become links. Sanitising twice changes nothing more.
    """
    tree = parsed(html)
    show_pictures(tree, base)
    link_players(tree, base)
    body = tree.body
    return _cleaned(_in_paragraphs(_cleaned(body.html or "" if body else "", base)), base)


def _cleaned(html: str, base: str | None) -> str:
    def kept(tag: str, name: str, value: str) -> str | None:
        if name in _NUMBERS:
            return value if value.isdecimal() and len(value) < 6 else None
        if name == "href" and _OTHER_LINK.match(value):
            return value
        return absolute(value, base) if name in ("href", "src") else value

    return nh3.clean(
        html,
        tags=_TAGS | set(_BOXES.split("|")) | {"h1"},
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=kept,
        url_schemes=_SCHEMES,
        link_rel=None,  # a mail has no opener to protect
    )


def _in_paragraphs(html: str) -> str:
    """Every run of text in a paragraph of its own.

    The HTML parser does the work: a <p> is closed by whatever block comes next, so paragraphs may
    be opened generously, and those that stay empty are dropped afterwards.
    """
    html = _LINE_OF_TITLE.sub(r"<\1h2>", html)
    html = _TWO_BREAKS.sub("<p>", _BOX.sub("<p>", html))
    # Without a doctype a table would not close the paragraph before it (quirks mode).
    body = body_of("<!doctype html><p>" + _BLOCK_END.sub(r"\1<p>", html))
    for node in body.css("a:not([href]), span:not([lang]):not([dir])"):
        node.unwrap()
    for node in body.css("img:not([src]), script"):
        node.decompose()
    for node in reversed(body.css("p, h2, h3, h4, figure, li, ul, ol, blockquote, figcaption")):
        if not node.text(strip=True) and node.css_first("img, table, hr") is None:
            node.decompose()
    return "".join(child.html or "" for child in body.iter(include_text=True))


def show_pictures(tree: LexborHTMLParser, base: str | None) -> None:
    """What lazy loaders would do: the real address into `src`, else the <noscript> copy. What is
    only there to be counted goes."""
    for img in tree.css("img"):
        image = read_picture(img, base)
        if image is not None and image.url and is_tracker(image):
            img.decompose()
        elif image is not None and image.url:
            img.attrs["src"] = image.url
    for copy in tree.css("noscript"):
        if copy.css_first("img") and not _follows_a_picture(copy):
            copy.unwrap()


def _follows_a_picture(node: LexborNode) -> bool:
    before = node.prev
    while before is not None and before.tag == "-text":
        before = before.prev
    if before is None:
        return False
    img = before if before.tag == "img" else before.css_first("img")
    return attribute(img, "src").startswith("http")
