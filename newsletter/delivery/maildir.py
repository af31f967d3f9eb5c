"""The door to a folder: every message is a file in a Maildir (cr.yp.to/proto/maildir.html).

A letter stands under new/ as EDITION.ADDRESS.DIGITS.eml: any mail program opens the folder as a
Maildir, and a double click opens a letter. The digits are made from the Message-ID, so that a
message sent a second time replaces the first.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from newsletter.delivery.transport import TransportFault, always
from newsletter.lib.private import write_lasting
from newsletter.model.delivery import Accepted, Message, Outcome, Untouched

_MARGIN = 64 * 2**20  # bytes left free for the database and everybody else
_BLOCK = 4096  # what a file takes at least, and in steps of which it grows
_READABLE = 80  # characters of each half of a name; a file system holds 255 bytes
_UNSAFE = re.compile(r"[^A-Za-z0-9@+_.-]")  # ":" begins a Maildir's flags, "/" a folder


class MaildirTransport:
    """Messages as files under `path`, which is made when it is not there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def offer(self, message: Message) -> None:
        """Make the folder where it is not there; TransportFault when that cannot be done."""
        try:
            for folder in ("tmp", "new", "cur"):
                (self._path / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._fault(message, error) from None

    def hand_over(
        self,
        message: Message,
        following: Message | None = None,
        *,
        still: Callable[[], bool] = always,
    ) -> Outcome:
        """Write the message; it is there as a whole or not at all.

        TransportFault when the folder cannot be written to.
        """
        if not still():
            return Untouched("it was no longer to be sent")
        name = file_name(message)
        try:
            write_lasting(self._path / "tmp" / name, message.content)
            (self._path / "tmp" / name).replace(self._path / "new" / name)
            _sync_folder(self._path / "new")
        except OSError as error:
            raise self._fault(message, error) from None
        return Accepted(f"written to {self._path / 'new' / name}")

    def withdraw(self) -> None:
        """Nothing was begun that would have to be undone."""

    def room_for(self, letters: int, size: int) -> str | None:
        """Why the disk cannot hold so many letters of `size` bytes and stay usable; else None."""
        needed = letters * -(-size // _BLOCK) * _BLOCK + _MARGIN
        free = shutil.disk_usage(_existing(self._path.absolute())).free
        if needed <= free:
            return None
        return (
            f"outbox {self._path}: {letters} letters need {_megabytes(needed)}"
            f" and the disk has {_megabytes(free)} free"
        )

    def close(self) -> None:
        """Nothing is held open."""

    def _fault(self, message: Message, error: OSError) -> TransportFault:
        return TransportFault(
            f"outbox {self._path}: the letter to {message.recipient} cannot be written:"
            f" {error.strerror or error}"
        )


def file_name(message: Message) -> str:
    """The name under which a message stands in a Maildir."""
    edition = message.message_id.partition("@")[0].rpartition(".")[0] or "letter"
    digits = hashlib.sha256(message.message_id.encode()).hexdigest()[:10]
    return f"{_safe(edition)}.{_safe(message.recipient)}.{digits}.eml"


def _safe(text: str) -> str:
    return _UNSAFE.sub("_", text)[:_READABLE].lstrip(".") or "_"


def _sync_folder(folder: Path) -> None:
    """A renamed file survives a power cut only when its folder is on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _megabytes(size: int) -> str:
    return f"{size / 10**6:,.0f} MB"
