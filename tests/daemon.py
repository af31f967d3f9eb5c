"""A server of Debian's as a process of our own, in a folder of its own."""

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from socket import create_server
from tempfile import mkdtemp
from typing import NoReturn

from tests.require import missing


def free_port() -> int:
    with create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
    assert isinstance(port, int)
    return port


@dataclass(slots=True, kw_only=True)
class Daemon:
    """Begun by who knows the server; ended, with all that it wrote, like every other."""

    dir: Path = field(default_factory=lambda: Path(mkdtemp(prefix="daemon-")))
    process: "subprocess.Popen[bytes] | None" = None

    def program(self, name: str, packages: str) -> str:
        """Where the server is; the test is skipped where it is not."""
        found = shutil.which(name) or shutil.which(f"/usr/sbin/{name}")
        if found is None:
            self.lacks(name, f"Debian: apt-get install {packages}")
        return found

    def lacks(self, name: str, why: str) -> NoReturn:
        shutil.rmtree(self.dir)
        missing(name, why)

    def __exit__(self, *error: object) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
