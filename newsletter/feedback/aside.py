"""Door: a folder of the project for mails that were not understood, where a person finds them."""

import hashlib
import os
from pathlib import Path

from newsletter.feedback.port import InboxFault
from newsletter.lib.private import write_lasting


def keep_aside(folder: Path, content: bytes) -> Path:
    """Write the mail down as a file that nobody else may read: the same mail is one file.
    InboxFault when it cannot be written."""
    path = folder / f"{hashlib.sha256(content).hexdigest()[:32]}.eml"
    new = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_lasting(new, content)
        new.replace(path)
    except OSError as error:
        raise InboxFault(f"{path}: cannot be written: {error.strerror}") from None
    return path
