"""Files for nobody else's eyes: keys, readers' addresses, letters with their readers' tokens."""

import os
from pathlib import Path
from typing import BinaryIO


def open_private(path: Path, *, new: bool = False) -> BinaryIO:
    """A file to write, emptied if it was there; one that must be `new` raises FileExistsError then.
    OSError when it cannot be opened.

    Its mode stands from the first moment: between creating it and chmod others could read it.
    """
    if_there = os.O_EXCL if new else os.O_TRUNC
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | if_there, 0o600), "wb")


def write_lasting(path: Path, content: bytes) -> None:
    """Write a private file that survives a power cut; OSError when it cannot be written."""
    with open_private(path) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
