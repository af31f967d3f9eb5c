"""Door: a folder of the project for mails that were not understood, where a person finds them."""

import hashlib
import os
from pathlib import Path

from newsletter.feedback.port import InboxFault


def keep_aside(folder: Path, content: bytes) -> Path:
    """Write the mail down as a file that nobody else may read: the same mail is one file.
    InboxFault when it cannot be written."""
    path = folder / f"{hashlib.sha256(content).hexdigest()[:32]}.eml"
    new = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise InboxFault(f"{path}: cannot be written: {error.strerror}") from None
    return path
