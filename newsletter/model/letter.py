"""What a reader's program receives: a rendered edition, with slots for what is personal."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Personal(StrEnum):
    """What differs from reader to reader. Every value is an opaque [A-Za-z0-9_-] token."""

    UNSUBSCRIBE = "unsubscribe"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as one letter shows it: what stands in `src`, and its size in pixels."""

    src: str
    width: int | None = None
    height: int | None = None


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
