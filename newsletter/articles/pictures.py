"""Pictures in markup: their real address, whether two are the same, which are furniture."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from newsletter.articles.markup import attribute, plain
from newsletter.lib.urls import absolute, url_key
from newsletter.model.article import Image

# Where lazy loaders keep the address while `src` holds a placeholder.
_LAZY = (
    "data-src", "data-lazy-src", "data-original", "data-orig-file", "data-hi-res-src",
    "data-large-file", "data-full-src", "data-image", "data-url", "data-img-src", "data-lazy",
    "data-defer-src",
)  # fmt: skip
_SRCSETS = ("srcset", "data-srcset", "data-lazy-srcset")
_NEW_KINDS = ("image/webp", "image/avif")
_SAID = 40  # characters of it that count
# What is said of a size: so many pixels wide, or so many for one of the page.
_DESCRIBED = re.compile(r"(?:^|\s)([\d.]+)([wx])(?:\s|$)")
_WIDEST = 2_000  # pixels: more is waste, even on a sharp screen

# Hosts and paths of what counts readers, and of the small drawings that come with a program.
_TRACKERS = re.compile(
    r"^(?:pixel|stats?|track(?:ing|er)?|beacon|counter|analytics|metrics|ads?|adserver)\."
    r"|feedburner|feedsportal|doubleclick|gravatar|scorecardresearch|google-analytics"
    r"|googletagmanager|quantserve|chartbeat|imrworldwide|addtoany|s\.w\.org"
    r"|/(?:tw)?emojis?/|/smileys?/|/pixel[./]|/icons?/|/logos?/|/avatars?/|/sprites?/"
    # What came with a program and its looks; the pictures of stories are among the uploads.
    r"|/wp-includes/|/wp-content/(?:themes|plugins)/|/sites/[^/]+/themes/|facebook\.com/tr$"
)
# Names that no picture of a story has.
_FURNITURE = re.compile(
    r"(?:^|[^a-z])(?:placeholder|fallback|spacer|favicon|sprite|1x1|no-?image|image-?not-?found|"
    r"watermark(?:ed)?|apple-touch|pixel|loader|loading|lazy(?:load)?|btn|creativecommons)(?:[^a-z]|$)"
    # WordPress names the crops for a site's head and icon so.
    r"|^cropped-"
)
# Names that a story's picture has at times: "og-share.png", but "the-share-of-women-in-courts.jpg".
_DOUBTFUL = frozenset({
    "logo", "logos", "default", "share", "sharing", "icon", "icons", "avatar", "blank",
    "transparent", "empty", "badge", "button", "flag", "flags",
})  # fmt: skip
# Words beside them that tell of no story either: what such files are for, and how they look.
_DULL = frozenset({
    "wide", "hd", "retina", "new", "the", "of", "and", "for", "in", "on", "to", "en", "es",
    "site", "main", "home", "page", "header", "footer", "social", "media", "facebook", "fb",
    "twitter", "og", "opengraph", "image", "img", "picture", "pic", "photo", "thumb", "post",
    "thumbnail",
    "article", "news", "featured", "card", "cover", "banner", "mobile", "desktop", "black", "white",
    "grey", "gray", "color", "colour", "dark", "light", "square", "large", "small", "medium",
    "full",
})  # fmt: skip
_TELLING = 3  # words that make a name a headline
_NOT_A_PHOTO = re.compile(r"\.(?:svg|ico|mp4|m4v|mov|webm|ogv|m3u8|mp3|pdf)$")
_TINY = 4  # pixels: nobody sees less
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
    the <picture> around it offers. What is furniture by its name is taken last.
    """
    dull = None
    for url in _addresses(img, base):
        if not is_furniture(Image(url=url)):
            return url
        dull = dull or url
    return dull


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
    name = unquote(parts.path.rpartition("/")[2])
    return bool(_FURNITURE.search(name)) or _names_no_story(name) or not _fits(image)


def _names_no_story(name: str) -> bool:
    """Whether a file's name has a word of furniture in it, and hardly one of a story."""
    said = re.findall(r"[^\W\d_]{2,}", _FORMAT.sub("", name))
    if _DOUBTFUL.isdisjoint(said):
        return False
    return sum(word not in _DOUBTFUL and word not in _DULL for word in said) < _TELLING


def is_tracker(image: Image) -> bool:
    """Whether it is there to be counted, not to be seen."""
    parts = urlsplit((image.url or "").lower())
    tiny = (image.width or _TINY) < _TINY or (image.height or _TINY) < _TINY
    return tiny or _TRACKERS.search(parts.netloc + parts.path) is not None


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


def picture_key(image: Image) -> str | None:
    """What tells whether two articles name one picture; None for files, which somebody put there
    by hand. Not its stem: another address may show another crop, and another story's picture."""
    return url_key(image.url) if image.url else None


def _fits(image: Image) -> bool:
    width, height = image.width, image.height
    if (width or _NARROWEST) < _NARROWEST or (height or _LOWEST) < _LOWEST:
        return False
    return not (width and height) or _TALL <= width / height <= _WIDE


def _addresses(img: LexborNode, base: str | None) -> Iterator[str]:
    for url in (*_in_srcsets(img), *(attribute(img, name) for name in (*_LAZY, "src"))):
        yield from _usable(url, base)
    for source in _sources(img):
        for url in _in_srcsets(source):
            yield from _usable(url, base)


def _in_srcsets(node: LexborNode) -> Iterator[str]:
    for name in _SRCSETS:
        yield from _by_width(attribute(node, name))


def _sources(img: LexborNode) -> list[LexborNode]:
    """What a <picture> offers beside its <img>: what every mail program shows comes first."""
    box = img.parent
    if box is None or box.tag != "picture":
        return []
    return sorted(box.css("source"), key=lambda source: attribute(source, "type") in _NEW_KINDS)


def _usable(url: str, base: str | None) -> Iterator[str]:
    found = absolute(url, base) if url else None
    if found:
        yield found


def _by_width(srcset: str) -> list[str]:
    """The candidates of a srcset, the best first. Commas inside addresses survive."""
    found = [(_rank(size), url) for url, size in _candidates(srcset)]
    return [url for _, url in sorted(found, key=lambda pair: pair[0], reverse=True)]


def _candidates(srcset: str) -> Iterator[tuple[str, str]]:
    """Addresses, each with what is said of its size (HTML, 4.8.4.2.1): a comma at the end of an
    address, or among what is said of it, ends a candidate."""
    waiting = srcset.split()[::-1]
    url, said = "", ""
    while waiting:
        word = waiting.pop()
        if not url:
            url, said = word.lstrip(","), ""
            ended, rest = url.endswith(","), ""
        else:
            size, comma, rest = word.partition(",")
            said, ended = f"{said} {size}"[:_SAID], bool(comma)
        if ended:
            yield url.rstrip(","), said
            url = ""
        if rest:
            waiting.append(rest)
    if url:
        yield url, said


def _rank(described: str) -> float:
    match = _DESCRIBED.search(described)
    try:
        size = float(match[1]) if match else 1.0
    except ValueError:
        return 0.0
    return -size if match and match[2] == "w" and size > _WIDEST else size
