"""Whether a picture can stand above a story, by what its bytes turned out to be. Decides only."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from newsletter.lib.images import Seen
from newsletter.model.article import Image, Remark

IMAGE_UNFIT = "image_unfit"  # looked at, and no picture of a story: looking again would not help
IMAGE_UNREAD = "image_unread"  # not to be had for the moment
IMAGE_SMALL = "image_small"
IMAGE_GENERIC = "image_generic"

_PIXEL, _FEWEST_BYTES = 2, 100  # a tracker is a GIF of 1 × 1 pixels, of 35 to 43 bytes
_NARROWEST, _LOWEST = 200, 100
_SMALL = 300  # pixels: shown as they are, and told to the editor
_WIDE, _TALL = 4.0, 1 / 3  # width to height: what lies beyond are banners and side bars
MANY = 3  # other articles of a source: what so many share is the site's own picture


@dataclass(frozen=True, slots=True)
class Fits:
    """The picture with its real size and type; `remark` where an editor should know more."""

    image: Image
    remark: Remark | None = None


@dataclass(frozen=True, slots=True)
class Unfit:
    """No picture of a story, and why."""

    remark: Remark


def judged(image: Image, seen: Seen) -> Fits | Unfit:
    """What becomes of a picture whose bytes were looked at: what it declared is replaced."""
    reason = next((words(seen) for is_so, words in _RULES if is_so(seen)), None)
    if reason:
        return unfit(image, reason)
    real = replace(image, mime=seen.mime, width=seen.width, height=seen.height)
    small = Remark(IMAGE_SMALL, f"{image.place}: the picture is only {seen.width} pixels wide")
    return Fits(real, small if seen.width < _SMALL else None)


def unfit(image: Image, reason: str) -> Unfit:
    return Unfit(Remark(IMAGE_UNFIT, f"{image.place}: {reason}"))


def is_generic(other_articles: int) -> bool:
    """Whether a picture that so many other articles of its source name says nothing of this one."""
    return other_articles >= MANY


def generic(image: Image) -> Unfit:
    words = f"{image.place}: {MANY} or more other articles of the source have this picture too"
    return Unfit(Remark(IMAGE_GENERIC, words))


def _is_pixel(seen: Seen) -> bool:
    return min(seen.width, seen.height) <= _PIXEL or seen.weight < _FEWEST_BYTES


# The first that holds is told.
_RULES: tuple[tuple[Callable[[Seen], bool], Callable[[Seen], str]], ...] = (
    (_is_pixel, lambda seen: f"this is a tracker's pixel ({_size(seen)})"),
    (
        lambda seen: seen.width < _NARROWEST or seen.height < _LOWEST,
        lambda seen: f"the picture is too small ({_size(seen)})",
    ),
    (
        lambda seen: not _TALL <= seen.width / seen.height <= _WIDE,
        lambda seen: f"the picture has the shape of a banner ({_size(seen)})",
    ),
    (lambda seen: seen.blank, lambda seen: "the picture is of a single colour, a placeholder"),
    # A scan that nobody meant for the web: browsers do not show it, nor do most mail programs.
    (lambda seen: seen.mime == "image/tiff", lambda seen: "this is a TIFF, which nothing shows"),
)


def _size(seen: Seen) -> str:
    return f"{seen.width} × {seen.height} pixels, {seen.weight} bytes"
