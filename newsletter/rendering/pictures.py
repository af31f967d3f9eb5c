"""Pictures as a letter carries them: bytes in, smaller bytes out, nothing of the camera left."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from newsletter.lib.images import PictureFault, on_white, opened, shown_pixels

MAX_WIDTH = 1_200  # pixels: a letter is 600 wide, and screens show two for one
MAX_BYTES = 300_000

_QUALITIES = (82, 74, 66, 58, 50)
_SHRINK = 0.8  # when the lowest quality is still too heavy
_WITHOUT_LOSS = ("PNG", "GIF", "BMP")
_FEW = 64  # colours: a chart or a drawing, whose edges a JPEG would smear


@dataclass(frozen=True, slots=True)
class ScaledPicture:
    """A JPEG or PNG without metadata, and its size in pixels."""

    content: bytes
    mime: str
    width: int
    height: int


def scaled(
    content: bytes, *, max_width: int = MAX_WIDTH, shape: tuple[int, int] | None = None
) -> ScaledPicture:
    """The picture at most `max_width` pixels wide (never blown up) and at most 300 kB heavy, cut to
    a `shape` of width to height when one is given. Of one that moves, the first frame.

    PNG where something shines through or is drawn in few colours, else JPEG: Outlook knows neither
    WebP nor AVIF. Raises PictureFault when it cannot be read.
    """
    with opened(content) as image:
        image.draft("RGB", (max_width * 2, max_width * 2))  # JPEGs decode smaller at once
        pixels = shown_pixels(image, enough=max_width * 2)
    drawn = image.format in _WITHOUT_LOSS and _is_drawn(pixels)
    return _within_budget(_narrowed(_cut(pixels, shape) if shape else pixels, max_width), drawn)


def _is_drawn(image: Image.Image) -> bool:
    """Whether it has few colours; a single one is no drawing."""
    colours = image.getcolors(_FEW)
    return colours is not None and len(colours) > 1


def _cut(image: Image.Image, shape: tuple[int, int]) -> Image.Image:
    """The largest part of this shape, from the middle. An upright picture is mostly of somebody:
    there the middle of the part lies at a third of the height, or as near to it as can be."""
    across, down = shape
    width = max(1, min(image.width, image.height * across // down))
    height = max(1, min(image.height, image.width * down // across))
    left = (image.width - width) // 2
    middle = image.height // (3 if image.height > image.width else 2)
    top = min(max(0, middle - height // 2), image.height - height)
    return image.crop((left, top, left + width, top + height))


def _within_budget(image: Image.Image, drawn: bool) -> ScaledPicture:
    for attempt in _attempts(image, drawn):
        if len(attempt.content) <= MAX_BYTES:
            return attempt
    raise PictureFault(f"the picture cannot be made lighter than {MAX_BYTES} bytes")


def _attempts(image: Image.Image, drawn: bool) -> Iterator[ScaledPicture]:
    """First as it is, then with less and less quality, then smaller and smaller."""
    if image.mode == "RGBA":
        yield _encoded(image, "PNG")
        image = on_white(image)
    elif drawn:
        yield _encoded(image.quantize(dither=Image.Dither.NONE), "PNG", optimize=True)
    while True:
        for quality in _QUALITIES:
            yield _encoded(image, "JPEG", quality=quality, optimize=True, progressive=True)
        if image.width < 64:
            return
        image = _narrowed(image, int(image.width * _SHRINK))


def _encoded(image: Image.Image, kind: str, **options: object) -> ScaledPicture:
    buffer = BytesIO()
    image.info.clear()  # else Pillow writes profiles and comments back
    try:
        image.save(buffer, kind, **options)
    except (OSError, ValueError) as error:  # a JPEG ends at 65,500 pixels
        raise PictureFault(f"the picture cannot be written as {kind}: {error}") from None
    return ScaledPicture(buffer.getvalue(), Image.MIME[kind], image.width, image.height)


def _narrowed(image: Image.Image, width: int) -> Image.Image:
    if image.width <= width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS)
