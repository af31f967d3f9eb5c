"""Captions: what stands beside a picture, with the credit that its markup names."""

import re
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborNode

from newsletter.articles.credits import split_credit, unwrapped, without_lead
from newsletter.articles.markup import attribute, words
from newsletter.articles.pictures import is_furniture, picture_url, read_picture, same_picture
from newsletter.model.article import Image

_CAPTION_QUERY = (
    "[itemprop=caption], figcaption, [class*=caption i], [class*=leyenda i], [class*=pie-foto i]"
)
# What buttons and advertisements say in the place of a caption.
_NO_CAPTION = re.compile(
    r"^(?:advertisement|publicidad|anzeige|werbung|publicité|pubblicità|(?:view|open) gallery|"
    r"show captions?|full ?screen|close|media playback is unsupported.*)\W*$",
    re.IGNORECASE,
)
# Names of elements that hold a credit wherever they stand beside a picture …
_SURELY = ("credit", "copyright", "photographer", "fotograf", "creator", "attribution",
    "bildquelle", "bildnachweis")  # fmt: skip
# … and those that hold one in a caption, but elsewhere the author or the origin of the article.
_IN_CAPTION = (*_SURELY, "source", "agency", "author", "firma", "autor", "quelle", "fuente")
_HIGHEST = 7  # ancestors between a picture and the box that holds its caption
_MOST = 5  # of the places where a page shows one picture
_LONGEST = 600  # characters: more is a text beside a picture
_FEWEST_WORDS, _LONGEST_BARE = 4, 300  # words, characters of a figure without a caption element
_LONGEST_CREDIT = 120
_LONGEST_BOX = 1_500  # characters around a picture: more is the article


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands with a picture. `shown` is it as printed, to be kept out of the body."""

    text: str | None = None
    credit: str | None = None
    alt: str | None = None
    shown: str = ""


def caption_of(
    roots: list[LexborNode], image: Image, base: str | None, *, any_figure: bool
) -> Caption:
    """What the page says under a picture: beside the same one in any size, else (if `any_figure`
    will do, for a page's own picture) under the first figure."""
    images = [img for root in roots for img in root.css("img")]
    same = [img for img in images if _shows(img, image, base)]
    for img in same[:_MOST]:
        found = _around(img)
        if found is not None:
            return found
    if same:
        return Caption(alt=_alt(same))
    if not any_figure:
        return Caption()
    return next((found for root in roots if (found := _under_first(root, base))), Caption())


def _under_first(root: LexborNode, base: str | None) -> Caption | None:
    """What stands under the first picture of the article, which its page shows in another crop:
    in its first figure (some hold no picture before scripts run), else beside its first <img>."""
    figures = _within_article(root, "figure", base)
    images = _within_article(root, "img", base)
    found = _in_box(figures[0], None) if figures else None
    return found or (_around(images[0]) if images else None)


def _within_article(root: LexborNode, tag: str, base: str | None) -> list[LexborNode]:
    """The elements of the article, or of the whole page where there is none, that may show it."""
    nodes = root.css(f"article {tag}, main {tag}") or root.css(tag)
    return [node for node in nodes if not _is_logo(node, base)]


def _is_logo(node: LexborNode, base: str | None) -> bool:
    img = node if node.tag == "img" else node.css_first("img")
    picture = read_picture(img, base) if img is not None else None
    return picture is not None and is_furniture(picture)


def _shows(img: LexborNode, image: Image, base: str | None) -> bool:
    """Whether an <img> shows the picture, which may be a file whose page has no address."""
    wanted = image.url or image.file or ""
    address = picture_url(img, base) or attribute(img, "src")
    return bool(wanted and address) and same_picture(address, wanted)


def _alt(images: list[LexborNode]) -> str | None:
    return next((alt for img in images if (alt := attribute(img, "alt"))), None)


def _around(img: LexborNode) -> Caption | None:
    """The caption next to a picture, or in the smallest box around it that has one."""
    node, small = img, True
    for _ in range(_HIGHEST):
        box = node.parent
        if box is None or node.tag in ("body", "article", "main"):
            return None
        small = small and _is_small(box)
        found = _behind(node) or (_in_box(box, img) if small else None)
        if found is not None:
            return replace(found, alt=_alt([img]))
        node = box
    return None


def _is_small(box: LexborNode) -> bool:
    whole = box.tag in ("body", "article", "main", "html")
    return not whole and len(words(box)) <= _LONGEST_BOX


def _behind(node: LexborNode) -> Caption | None:
    """What the next element says, if that is a caption or holds one and no other picture."""
    beside = node.next
    while beside is not None and (beside.tag or "").startswith("-"):
        beside = beside.next
    if beside is None or not _says_something(beside) or beside.css_first("img"):
        return None
    box = node.parent if node.parent is not None and _is_small(node.parent) else None
    if beside.css_matches(_CAPTION_QUERY):
        return _read(beside, box or beside)
    if box is None and beside.css_matches(_called(_SURELY)):
        return _parted(words(beside))
    return _in_box(beside, None)


def _in_box(box: LexborNode, img: LexborNode | None) -> Caption | None:
    node = next(
        (
            caption
            for caption in box.css(_CAPTION_QUERY)
            if _says_something(caption) and not _is_nearer_another(caption, box, img)
        ),
        None,
    )
    if node is None and box.tag == "figure" and _is_said(box):
        node = box  # all that a figure says is about its picture
    return _read(node, box, img)


def _is_said(figure: LexborNode) -> bool:
    """Whether a figure's own words are a caption: no button, no text, no link to another page."""
    text = words(figure)
    links = figure.css("a, button")
    fits = len(text.split()) >= _FEWEST_WORDS and len(text) <= _LONGEST_BARE
    linked = any(words(link) == text for link in links)
    return fits and not linked and not _NO_CAPTION.match(text)


def _read(
    node: LexborNode | None, box: LexborNode, img: LexborNode | None = None
) -> Caption | None:
    """A caption that is `node`, with the credit that it or its box names; None for neither."""
    inside = _marked_credit(node, node, _IN_CAPTION) if node is not None else ""
    marked = inside or _marked_credit(box, node, _SURELY, img=img)
    if node is None:
        return _parted(marked or _marked_credit(box, None, _SURELY, _LONGEST, img=img))
    printed = words(node)
    text, credit = split_credit(_once(_minus(_once(printed), marked)))
    return Caption(text, without_lead(marked) or credit, shown=printed)


def _parted(marked: str) -> Caption | None:
    """A credit line, which may be a caption with a credit at its end."""
    text, credit = split_credit(marked)
    if credit:
        return Caption(text, credit, shown=marked)
    known = without_lead(marked) if len(marked) <= _LONGEST_CREDIT else ""
    return Caption(credit=known, shown=marked) if known else None


def _is_nearer_another(node: LexborNode, box: LexborNode, img: LexborNode | None) -> bool:
    """Whether a node in the box stands closer to another picture than to this one."""
    above = node.parent
    while img is not None and above is not None and above.mem_id != box.mem_id:
        shown = [one.mem_id for one in above.css("img")]
        if shown and img.mem_id not in shown:
            return True
        above = above.parent
    return False


def _says_something(node: LexborNode) -> bool:
    text = words(node)
    return 0 < len(text) <= _LONGEST and not _NO_CAPTION.match(text)


def _marked_credit(
    box: LexborNode,
    caption: LexborNode | None,
    names: tuple[str, ...],
    longest: int = _LONGEST_CREDIT,
    *,
    img: LexborNode | None = None,
) -> str:
    """The credit that the markup itself names: the innermost, when they nest; what holds the
    caption too is none, nor what stands closer to another picture."""
    nodes = [
        node
        for node in box.css(_called(names))
        if not _holds(node, caption or box) and not _is_nearer_another(node, box, img)
    ]
    said = [text for node in nodes if len(text := words(node)) <= longest]
    return min(filter(without_lead, said), key=len, default="")


def _called(names: tuple[str, ...]) -> str:
    return ", ".join(f"[class*={name} i], [itemprop*={name} i]" for name in names)


def _holds(node: LexborNode, other: LexborNode) -> bool:
    ids = {other.mem_id}
    return node.mem_id in ids or any(one.mem_id in ids for one in node.css(other.tag or "*"))


def _once(text: str) -> str:
    """A text that a page prints twice, for wide and for narrow screens."""
    half = text[: len(text) // 2].strip()
    return half if text in (half * 2, f"{half} {half}") else text


def _minus(printed: str, marked: str) -> str:
    return unwrapped(printed.replace(marked, " ", 1)) if marked else printed
