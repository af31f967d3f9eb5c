"""The door to folders: reads article files and measures pictures, and never leaves the folder."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from newsletter.lib.images import MAX_PIXELS, PictureFault, TooManyPixels, read_header
from newsletter.model.article import Image
from newsletter.sources.port import SourceFault

MB = 1_000_000
TEXT_LIMIT = 5 * MB
PICTURE_LIMIT = 10 * MB


def article_files(root: Path, endings: frozenset[str], left_out: frozenset[str]) -> Iterator[Path]:
    """The files with these endings below a folder, sorted; dotfiles and links to elsewhere are not.

    `left_out` are names in lower case.
    """
    for folder, folders, names in os.walk(root):  # follows no linked folder
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            hidden = name.startswith(".") or name.lower() in left_out
            if path.suffix.lower() in endings and not hidden and inside(root, path):
                yield path


def inside(root: Path, path: Path) -> bool:
    """Whether the file lies below the folder, links followed."""
    try:
        return path.resolve(strict=True).is_relative_to(root.resolve(strict=True))
    except (OSError, RuntimeError, ValueError):  # RuntimeError: links in a circle
        return False


def is_folder(path: Path) -> bool:
    return path.is_dir()


def read_text_file(path: Path, limit: int = TEXT_LIMIT) -> bytes:
    """The bytes of a file. SourceFault ("fetch_failed", "too_large") when they cannot be had."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise SourceFault("fetch_failed", f"{path}: cannot be read ({error.strerror})") from error
    if len(content) > limit:
        raise SourceFault("too_large", f"{path}: more than {limit} bytes; not read")
    return content


def read_picture(root: Path, path: Path) -> Image:
    """The picture's absolute path, size in pixels as it is shown, and media type.

    SourceFault says why there is none: no such file, outside of `root`, too large, no picture.
    """
    if not inside(root, path):
        raise SourceFault("fetch_refused", "there is no such file in the source's folder")
    file = path.resolve()
    with suppress(OSError):
        if file.stat().st_size > PICTURE_LIMIT:
            raise SourceFault("too_large", f"has more than {PICTURE_LIMIT} bytes")
    try:
        with file.open("rb") as content:
            header = read_header(content)
    except TooManyPixels as fault:
        raise SourceFault("too_large", f"has more than {MAX_PIXELS} pixels") from fault
    except (PictureFault, OSError) as fault:
        raise SourceFault("decode", "is not a picture that can be read") from fault
    return Image(file=str(file), width=header.width, height=header.height, mime=header.mime)
