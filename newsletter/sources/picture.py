"""Fetches the picture of an article."""

from collections.abc import Callable
from pathlib import Path

from newsletter.model.article import Image
from newsletter.sources.files import PICTURE_LIMIT, read_text_file
from newsletter.sources.http import Http
from newsletter.sources.port import answered


def read_picture(door: Callable[[], Http], image: Image) -> bytes:
    """The bytes of a picture, from its file or through the door, which is opened for that."""
    if image.file:
        return read_text_file(Path(image.file), PICTURE_LIMIT)
    assert image.url is not None
    return answered(door().fetch, image.url).content
