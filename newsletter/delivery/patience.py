"""How long a server is waited for: as RFC 5321 asks, and shorter once the process is to end."""

import threading
import time
from math import inf

_HURRY = 8.0  # seconds; a process that is asked to end does so within ten


class Patience:
    """Shared by all connections of a process; any thread may call any method."""

    def __init__(self) -> None:
        self._hurried = threading.Event()
        self._end = inf

    @property
    def hurried(self) -> bool:
        """Whether the process is about to end: nothing that can be left is begun any more."""
        return self._hurried.is_set()

    def hurry(self, seconds: float = _HURRY) -> None:
        """From now on nothing is waited for longer than so many seconds, on no connection."""
        self._end = min(self._end, time.monotonic() + seconds)
        self._hurried.set()

    def deadline(self, seconds: float) -> float:
        """The moment at which a wait that begins now is over; for `is_over`."""
        return time.monotonic() + seconds

    def is_over(self, deadline: float) -> bool:
        return time.monotonic() >= min(deadline, self._end)

    def sleep(self, seconds: float) -> None:
        """Wait; not at all when there is hurry."""
        self._hurried.wait(seconds)
