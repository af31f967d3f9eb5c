"""Pictures as bytes: what their header tells, and their pixels as a reader would see them.

Whoever serves a picture decides what its bytes are: the header is looked at first, and what would
be too large to decode is never decoded. Damage is a PictureFault, whatever Pillow makes of it.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from newsletter.lib.errors import NewsletterError

MAX_PIXELS = 40_000_000  # a PNG of 109 kB can hold 900 million
READABLE = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP")

_TOO_MANY = f"the picture has more than {MAX_PIXELS // 1_000_000} million pixels"
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError)  # what Pillow raises for damaged files
_ORIENTATION = 0x0112  # Exif; 5 to 8 mean: lies on its side
_MIME = {"MPO": "image/jpeg"}  # what phones write: a JPEG with a second one behind it
# What servers send under a picture's name. A page may have drawings in it: it is looked for first.
_OTHERS = (
    (re.compile(rb"<(?:!doctype html|html)[\s>]", re.IGNORECASE), "this is a web page, no picture"),
    (re.compile(rb"<svg[\s>]", re.IGNORECASE), "this is an SVG, which mail programs do not show"),
)
_START = 4_000  # bytes in which a document says what it is
_SAMPLE = 32  # pixels: a picture this small still tells whether there is anything in it
_SAME = 8  # of 255: as far apart as the noise of a strong JPEG brings one colour


class PictureFault(NewsletterError):
    """These bytes are no picture that can be shown."""


class TooManyPixels(PictureFault):
    """A picture that would take too much memory to decode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file says of itself: its type by content, its size in pixels as it is shown."""

    mime: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a picture that was decoded. `blank`: it is, nearly, of a single colour."""

    mime: str
    width: int
    height: int
    weight: int  # bytes
    blank: bool


def read_header(file: bytes | IO[bytes]) -> Header:
    """What a picture's header tells; nothing is decoded. PictureFault where there is none."""
    with opened(file) as image:
        return _header(image)


def look_at(content: bytes) -> Seen:
    """A picture, decoded coarsely. PictureFault when it cannot be, or only in part."""
    with opened(content) as image:
        header = _header(image)
        image.draft("RGB", (_SAMPLE, _SAMPLE))
        blank = _is_blank(_eight_bits(_decoded(image)))
    return Seen(
        mime=header.mime,
        width=header.width,
        height=header.height,
        weight=len(content),
        blank=blank,
    )


def opened(file: bytes | IO[bytes]) -> Image.Image:
    """The picture's header, read; its pixels are not. Refuses what is too large to decode."""
    try:
        image = Image.open(BytesIO(file) if isinstance(file, bytes) else file, formats=READABLE)
    except UnidentifiedImageError:
        raise PictureFault(_what_it_is(file)) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels(_TOO_MANY) from None
    except _DAMAGE as error:
        raise PictureFault(f"the picture cannot be read: {error}") from None
    if image.width * image.height > MAX_PIXELS:
        raise TooManyPixels(_TOO_MANY)
    return image


def shown_pixels(image: Image.Image, *, enough: int) -> Image.Image:
    """The first frame upright, in eight bits of sRGB: RGBA where something shines through, else
    RGB. PictureFault when it is damaged.

    One that is several times as large as is `enough` is made smaller at once, or its copies along
    the way take half a gigabyte.
    """
    pixels = _eight_bits(_decoded(image))
    times = min(pixels.size) // enough
    upright = ImageOps.exif_transpose(pixels.reduce(times) if times > 1 else pixels)
    see_through = _shines_through(upright)
    return _in_srgb(upright).convert("RGBA" if see_through else "RGB")


def on_white(image: Image.Image) -> Image.Image:
    """An RGBA picture as it looks on paper."""
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _header(image: Image.Image) -> Header:
    width, height = image.size
    with suppress(*_DAMAGE):
        # Not the PNG reader's own: that one decodes the picture to see what stands behind it.
        if Image.Image.getexif(image).get(_ORIENTATION, 1) in (5, 6, 7, 8):
            width, height = height, width
    kind = image.format or ""
    return Header(mime=_MIME.get(kind) or Image.MIME[kind], width=width, height=height)


def _decoded(image: Image.Image) -> Image.Image:
    try:
        image.load()
    except MemoryError:
        raise TooManyPixels("the picture takes too much memory") from None
    except _DAMAGE as error:
        raise PictureFault(f"the picture is damaged: {error}") from None
    return image


def _eight_bits(image: Image.Image) -> Image.Image:
    """Without palettes and deep greys, which Pillow would cut off at white instead of scaling."""
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("1", "P", "PA", "I", "F"):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """The colours that the picture's own profile means: without it, a phone's reds turn dull."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    with suppress(ImageCms.PyCMSError, *_DAMAGE):  # a broken profile is as good as none
        theirs = ImageCms.ImageCmsProfile(BytesIO(profile))
        meant = ImageCms.profileToProfile(
            image, theirs, ImageCms.createProfile("sRGB"), outputMode=mode
        )
        return meant or image
    return image


def _shines_through(image: Image.Image) -> bool:
    if not image.has_transparency_data:
        return False
    lowest, _ = image.convert("RGBA").getchannel("A").getextrema()
    return isinstance(lowest, int | float) and lowest < 255


def _is_blank(image: Image.Image) -> bool:
    small = image.resize((_SAMPLE, _SAMPLE), Image.Resampling.BOX)
    paper = on_white(small.convert("RGBA")) if image.has_transparency_data else small.convert("RGB")
    return all(high - low <= _SAME for low, high in paper.getextrema())  # type: ignore[misc]


def _what_it_is(file: bytes | IO[bytes]) -> str:
    start = file[:_START] if isinstance(file, bytes) else b""
    told = (words for pattern, words in _OTHERS if pattern.search(start))
    return next(told, "this is no picture of a kind that can be read")
