"""Pictures as servers send them: whole, turned, in odd colours, damaged, and no pictures at all."""

import struct
import zlib
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image, ImageCms

ORIENTATION, GPS = 0x0112, 0x8825
ON_ITS_SIDE = 6
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"/>'
WEB_PAGE = b"<!doctype html>\n<html><body>Please allow cookies <svg></svg></body></html>"


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def photo(width: int = 900, height: int = 600, kind: str = "JPEG", **options: Any) -> bytes:
    """A picture with something in it: it is dark above and light below."""
    return encoded(
        Image.linear_gradient("L").convert("RGB").resize((width, height)), kind, **options
    )


def blank(width: int = 900, height: int = 600) -> bytes:
    """What stands where the picture will come."""
    return encoded(Image.new("RGB", (width, height), "grey"))


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """The picture that compresses worst."""
    return Image.frombytes(mode, (width, height), Random(1).randbytes(width * height * len(mode)))


def of_a_phone(width: int = 900, height: int = 600) -> bytes:
    """Taken with the phone held upright: turned by its Exif, which tells the place as well."""
    exif = Image.Exif()
    exif[ORIENTATION] = ON_ITS_SIDE
    exif[0x010E] = "where I live"
    exif.get_ifd(GPS)[1] = "N"
    return photo(width, height, exif=exif)


def moving(kind: str, width: int = 900, height: int = 600) -> bytes:
    """Two frames: the first has a red half, the second is blue."""
    first = Image.new("RGB", (width, height), "white")
    first.paste("red", (0, 0, width // 2, height))
    second = Image.new("RGB", (width, height), "blue")
    return encoded(first, kind, save_all=True, append_images=[second], duration=100)


def cut_off(content: bytes) -> bytes:
    return content[: len(content) // 2]


def bomb(side: int) -> bytes:
    """A PNG that promises side × side pixels and holds none."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def swapped_profile() -> bytes:
    """A colour profile in which red means blue, and blue red."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for name, other in ((b"rXYZ", b"????"), (b"bXYZ", b"rXYZ"), (b"????", b"bXYZ")):
        plain = plain.replace(name, other, 1)
    return plain
