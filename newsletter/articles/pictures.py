"""Pictures in markup: their real address, whether two are the same, which are furniture."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from newsletter.articles.markup import attribute, plain
from newsletter.lib.urls import absolute
from newsletter.model.article import Image

# Where lazy loaders keep the address while `src` holds a placeholder.
_LAZY = (
    "data-src", "data-lazy-src", "data-original", "data-orig-file", "data-hi-res-src",
    "data-large-file", "data-full-src", "data-image", "data-url", "data-img-src", "data-lazy",
    "data-defer-src",
)  # fmt: skip
_MODERN = frozenset({"image/webp", "image/avif"})
_CANDIDATE = re.compile(r"(\S*[^\s,])(?:\s+([\d.]+)([wx]))?\s*(?:,\s+|,$|$)")
_WIDEST = 2_000  # pixels: more is waste, even on a sharp screen

_TRACKERS = re.compile(
    r"^(?:pixel|stats?|b|track(?:ing)?|beacon|counter|analytics|ad|ads)\.|feedburner|doubleclick|gravatar"
    r"|scorecardresearch|google-analytics|quantserve|chartbeat|/emoji/|s\.w\.org|feedsportal|/pixel[./]"
)
_FURNITURE = re.compile(
    # WordPress names the crops for a site's head and icon "cropped-…".
    r"^cropped-|(?:^|[^a-z])(?:logo|default|placeholder|fallback|spacer|blank|share|sharing|icon|favicon|avatar|"
    r"sprite|transparent|badge|button|btn|flags?|loading|loader|creativecommons|1x1|noimage|no-image|watermark(?:ed)?|apple-touch)(?:[^a-z]|$)"
)
_NOT_A_PHOTO = re.compile(r"\.(?:svg|ico|mp4|m4v|mov|webm|ogv|m3u8|mp3|pdf)$")
_NARROWEST, _LOWEST = 200, 100  # pixels, as declared
_WIDE, _TALL = 4.0, 1 / 3  # proportions that only banners have

_FORMAT = re.compile(r"\.(?:jpe?g|png|webp|gif|avif|bmp|jfif)$")
_SIZE = re.compile(
    r"[-_@.](?:\d{2,4}x\d{2,4}(?:[-_]?c)?|scaled|w?\d{3,4}w?|[whq]_?\d{2,4}|large|medium|small|"
    r"thumb(?:nail)?|orig(?:inal)?|crop(?:ped)?|full|master|social|16x9|4x3|1x1|3x2|"
    r"e\d{13})$"  # WordPress: when it was cropped there
)
# TYPO3 writes its copies as csm_NAME_HASH.
_COPY = re.compile(r"^csm_(.+)_[0-9a-f]{10}$")
_ID = re.compile(r"(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{13,}")
_ONLY_SIZE = re.compile(
    r"^(?:\d{2,4}x\d{2,4}|raw_?image|original|master|large|medium|small|thumb)$"
)
_DULL_STEM = re.compile(
    r"^(?:image|photo|default|picture|cover|header|hero|img|foto|file)?[\d_-]*$"
)


def picture_url(img: LexborNode, base: str | None) -> str | None:
    """The address of the picture that an <img> stands for, once its page's scripts have run.

    The widest in srcset up to 2,000 pixels, else what lazy loaders remember, else `src`, else what
    its <picture> offers; what is plainly a placeholder only where there is nothing else.
    """
    urls = [*_addresses(img, base)]
    return next((url for url in urls if not is_furniture(Image(url=url))), next(iter(urls), None))


def read_picture(img: LexborNode, base: str | None) -> Image | None:
    """The picture of an <img> with what the element declares of it; None without an address."""
    url = picture_url(img, base)
    if url is None:
        return None
    return Image(
        url=url,
        width=pixels(attribute(img, "width")),
        height=pixels(attribute(img, "height")),
        alt=plain(attribute(img, "alt")) or None,
    )


def pixels(declared: object) -> int | None:
    """A declared width or height as a number; None for percentages and nonsense."""
    match = re.match(r"^\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*$", str(declared))
    return int(match[1]) or None if match else None


def is_furniture(image: Image) -> bool:
    """Whether an address or a declared size tells that this is no picture of a story."""
    parts = urlsplit((image.url or image.file or "").lower())
    if _TRACKERS.search(parts.netloc + parts.path) or _NOT_A_PHOTO.search(parts.path):
        return True
    return bool(_FURNITURE.search(parts.path.rpartition("/")[2])) or not _fits(image)


def stem(url: str) -> str:
    """What all sizes, crops and formats of one picture have in common: the heart of its file's
    name, with its folders where the name says nothing."""
    path = unquote(urlsplit(url).path).lower()
    wrapped = re.search(r"https?:/+[^/]+(/.+)$", path)  # a resizer with the original inside
    path = wrapped[1] if wrapped else path
    folder, _, file = path.rstrip("/").rpartition("/")
    name = _FORMAT.sub("", file)
    name = _COPY.sub(r"\1", name)
    while (shorter := _SIZE.sub("", name)) != name:
        name = shorter
    if _ONLY_SIZE.match(name):
        return folder
    return f"{folder}/{name}" if _DULL_STEM.match(name) else name


def same_picture(one: str, other: str) -> bool:
    """Whether two addresses show one picture, whatever its size, format or server."""
    return one == other or stem(one) == stem(other) or bool(_ids(one) & _ids(other))


def _ids(url: str) -> set[str]:
    """The long hexadecimal names in a file's name: a system's own for one picture."""
    return set(_ID.findall(urlsplit(url).path.lower().rpartition("/")[2]))


def _fits(image: Image) -> bool:
    width, height = image.width, image.height
    if (width or _NARROWEST) < _NARROWEST or (height or _LOWEST) < _LOWEST:
        return False
    return not (width and height) or _TALL <= width / height <= _WIDE


def _addresses(img: LexborNode, base: str | None) -> Iterator[str]:
    for name in ("srcset", "data-srcset", "data-lazy-srcset"):
        for url in _by_width(attribute(img, name)):
            yield from _usable(url, base)
    for name in (*_LAZY, "src"):
        yield from _usable(attribute(img, name), base)
    for source in _sources(img.parent):
        for url in _by_width(attribute(source, "srcset") or attribute(source, "data-srcset")):
            yield from _usable(url, base)


def _sources(box: LexborNode | None) -> list[LexborNode]:
    """The <source> elements of a <picture>, those last that mail programs cannot show."""
    found = box.css("source") if box is not None and box.tag == "picture" else []
    return sorted(found, key=lambda node: attribute(node, "type") in _MODERN)


def _usable(url: str, base: str | None) -> Iterator[str]:
    found = absolute(url, base) if url else None
    if found:
        yield found


def _by_width(srcset: str) -> list[str]:
    """The candidates of a srcset, the best first. Commas inside addresses survive."""
    found = [(_rank(number, unit), url) for url, number, unit in _CANDIDATE.findall(srcset)]
    return [url for _, url in sorted(found, key=lambda pair: pair[0], reverse=True)]


def _rank(number: str, unit: str) -> float:
    try:
        size = float(number or 1)
    except ValueError:
        return 0.0
    return -size if unit == "w" and size > _WIDEST else size
