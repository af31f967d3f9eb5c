"""What a reader's program receives: a rendered edition, with slots for what is personal."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from newsletter.model.article import Image


class Personal(StrEnum):
    """What differs from reader to reader. Every value is an opaque [A-Za-z0-9_-] token."""

    UNSUBSCRIBE = "unsubscribe"
    LANGUAGE = "language"
    PREFERENCES = "preferences"


class Place(StrEnum):
    """Where a letter shows an image: each place has its own width and shape."""

    LEAD = "lead"
    FEATURE = "feature"  # the first story of a section, where a layout makes much of it
    STORY = "story"
    TEXT = "text"  # within the text of a lead in full
    AVATAR = "avatar"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as one letter shows it: what stands in `src`, and its size in pixels."""

    src: str
    width: int | None = None
    height: int | None = None


Pictures = Mapping[tuple[Image, Place], Picture]
"""The images that a letter may show, each as it is shown in one place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureCopy:
    """A picture that the public pages serve; `key` is the SHA-256 of its bytes in hexadecimal."""

    key: str
    mime: str
    width: int
    height: int
    content: bytes

    @property
    def name(self) -> str:
        """What stands in its address: the key, and the ending of its kind."""
        return f"{self.key}.{PICTURE_ENDINGS[self.mime]}"


PICTURE_ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A picture that travels with the letter; `cid` is its Content-ID without brackets."""

    # pydantic's setting: where a letter is stored as JSON, its pictures are base64.
    __pydantic_config__: ClassVar = {"ser_json_bytes": "base64", "val_json_bytes": "base64"}

    cid: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A rendered edition. A slot is written marker + name + marker; the marker is unguessable,
    so that no headline can ask for somebody's token."""

    subject: str
    preheader: str
    html: str
    text: str
    marker: str
    attachments: tuple[Attachment, ...] = ()
