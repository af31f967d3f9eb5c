"""Signed messages as receivers look at them: by dkimpy, and by OpenDKIM."""

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dkim

from tests.require import missing

Records = Mapping[str, str]
"""TXT records by their names, without the last dot."""


def verdicts(content: bytes, records: Records) -> list[bool]:
    """What dkimpy finds of each signature, from the top."""

    def looked_up(name: bytes, timeout: int = 5) -> bytes:
        return records[name.decode().removesuffix(".")].encode()

    message = dkim.DKIM(_arrived(content))
    count = sum(name.lower() == b"dkim-signature" for name, _ in message.headers)
    return [_holds(message, index, looked_up) for index in range(count)]


def _holds(message: Any, index: int, looked_up: Callable[..., bytes]) -> bool:
    try:
        return bool(message.verify(index, dnsfunc=looked_up))
    except dkim.ValidationError:  # how it tells of another body
        return False


def _arrived(content: bytes) -> bytes:
    """As SMTP leaves it: the last line has an end, or the dot could not follow."""
    return content if content.endswith(b"\r\n") else content + b"\r\n"


@dataclass(frozen=True, slots=True)
class OpenDkim:
    """OpenDKIM's verifier, told the records by a file: it asks no server."""

    program: str
    folder: Path

    def verdicts(self, messages: Sequence[bytes], records: Records) -> list[bool]:
        """Whether the first signature of each message holds."""
        keys = self.folder / "records"
        keys.write_text("".join(f"{name} {value}\n" for name, value in records.items()), "ascii")
        configuration = self.folder / "opendkim.conf"
        configuration.write_text(f"TestPublicKeys {keys}\nMode v\nSyslog no\n", "ascii")
        files = [self.folder / f"{number}.eml" for number in range(len(messages))]
        for file, content in zip(files, messages, strict=True):
            file.write_bytes(_arrived(content))
        done = subprocess.run(
            [self.program, "-x", configuration, "-t", ",".join(map(str, files))],
            capture_output=True,
            text=True,
        )
        lines = (done.stdout + done.stderr).splitlines()
        told = [next((line for line in lines if f"{file}: " in line), "") for file in files]
        assert all("succeeded" in line or "failed" in line for line in told), done
        return ["succeeded" in line for line in told]


def opendkim(folder: Path) -> OpenDkim:
    """OpenDKIM, or a skip that says why (a failure where it is required)."""
    # Debian keeps it where only administrators look.
    program = shutil.which("opendkim") or shutil.which("opendkim", path="/usr/sbin")
    if program is None:
        missing("opendkim", "the program `opendkim` is not installed")
    return OpenDkim(program, folder)
