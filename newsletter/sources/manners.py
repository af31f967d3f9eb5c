"""Politeness: no server is asked by two of us at once, or twice within a moment."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import urlsplit

PAUSE = 1.0  # seconds between two requests to one host
_WEB = (None, 80, 443)  # ports of one and the same server, encrypted or not


def server_of(url: str) -> str:
    """What takes the requests for an address: its host, or another port there."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removesuffix(".")
    return host if parts.port in _WEB else f"{host}:{parts.port}"


@dataclass(slots=True)
class _Host:
    turn: Lock = field(default_factory=Lock)
    left_at: float = float("-inf")


@dataclass(slots=True)
class _Hosts:
    """What is known of every host, by all threads."""

    known: defaultdict[str, _Host] = field(default_factory=lambda: defaultdict(_Host))
    lock: Lock = field(default_factory=Lock)

    def __getitem__(self, name: str) -> _Host:
        with self.lock:
            return self.known[name.lower()]


class Manners:
    """Turns at servers, and the seconds to wait between two of them."""

    def __init__(
        self,
        pause: float = PAUSE,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pause = pause
        self._sleep = sleep
        self._clock = clock
        self._hosts = _Hosts()

    def pausing(self, seconds: float) -> "Manners":
        """The same turns with another pause, for a source whose server is the operator's own."""
        other = Manners(seconds, sleep=self._sleep, clock=self._clock)
        other._hosts = self._hosts
        return other

    @contextmanager
    def turn(self, server: str) -> Iterator[None]:
        """Wait until nobody asks this server, and a moment longer; then nobody else does."""
        at = self._hosts[server]
        with at.turn:
            wait = at.left_at + self._pause - self._clock()
            if wait > 0:
                self._sleep(wait)
            try:
                yield
            finally:
                at.left_at = self._clock()
