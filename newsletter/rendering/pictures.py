"""Pictures as a letter carries them: bytes in, smaller bytes out, nothing of the camera left."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from newsletter.rendering.faults import PictureFault

MAX_PIXELS = 40_000_000  # a PNG of 109 kB can hold 900 million
MAX_BYTES = 300_000
# What mail programs show: Outlook knows neither WebP nor AVIF. First frames only.
READABLE = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP")

_QUALITIES = (82, 74, 66, 58, 50)
_SHRINK = 0.8  # when the lowest quality is still too heavy
_BROKEN = (OSError, SyntaxError, ValueError)  # what Pillow raises for damaged files
_ORIENTATION = 0x0112  # Exif; 5 to 8 mean: lies on its side


@dataclass(frozen=True, slots=True)
class ScaledPicture:
    """A JPEG or PNG without metadata, and its size in pixels."""

    content: bytes
    mime: str
    width: int
    height: int


def size_of(content: bytes) -> tuple[int, int, str]:
    """Width, height (as shown, Exif rotation applied) and MIME type; nothing is decoded.

    Raises PictureFault when these bytes are no picture.
    """
    with _opened(content) as image:
        width, height = image.size
        if image.getexif().get(_ORIENTATION, 1) >= 5:
            width, height = height, width
        return width, height, Image.MIME.get(image.format or "", "application/octet-stream")


def scaled(
    content: bytes, *, max_width: int = 1280, shape: tuple[int, int] | None = None
) -> ScaledPicture:
    """The picture at most `max_width` pixels wide (never blown up) and at most 300 kB heavy, cut to
    a `shape` of width to height when one is given.

    PNG where something shines through, else JPEG. Raises PictureFault when it cannot be read.
    """
    with _opened(content) as image:
        image.draft("RGB", (max_width * 2, max_width * 2))  # JPEGs decode smaller at once
        try:
            upright = ImageOps.exif_transpose(image)
            plain = upright.convert("RGBA" if _see_through(upright) else "RGB")
        except (*_BROKEN, MemoryError) as error:
            raise PictureFault(f"the picture is damaged: {error}") from None
    return _within_budget(_narrowed(_cut(plain, shape) if shape else plain, max_width))


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


def _within_budget(image: Image.Image) -> ScaledPicture:
    for attempt in _attempts(image):
        if len(attempt.content) <= MAX_BYTES:
            return attempt
    raise PictureFault(f"the picture cannot be made lighter than {MAX_BYTES} bytes")


def _attempts(image: Image.Image) -> Iterator[ScaledPicture]:
    """First as it is, then with less and less quality, then smaller and smaller."""
    if image.mode == "RGBA":
        yield _encoded(image, "PNG")
        image = _on_white(image)
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
    except _BROKEN as error:  # a JPEG ends at 65,500 pixels
        raise PictureFault(f"the picture cannot be written as {kind}: {error}") from None
    return ScaledPicture(buffer.getvalue(), Image.MIME[kind], image.width, image.height)


def _narrowed(image: Image.Image, width: int) -> Image.Image:
    if image.width <= width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _on_white(image: Image.Image) -> Image.Image:
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _see_through(image: Image.Image) -> bool:
    if not image.has_transparency_data:
        return False
    lowest, _ = image.convert("RGBA").getchannel("A").getextrema()
    return isinstance(lowest, int | float) and lowest < 255


def _opened(content: bytes) -> Image.Image:
    """The picture's header, read; its pixels are not. Refuses what is too large to decode."""
    try:
        image = Image.open(BytesIO(content), formats=READABLE)
    except UnidentifiedImageError:
        raise PictureFault("this is no picture of a kind that can be read") from None
    except (*_BROKEN, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureFault(f"the picture cannot be read: {error}") from None
    if image.width * image.height > MAX_PIXELS:
        raise PictureFault(
            f"the picture has {image.width} × {image.height} pixels,"
            f" more than {MAX_PIXELS // 1_000_000} million"
        )
    return image
