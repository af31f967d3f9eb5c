"""The pace that processes keep together: clocks are given, nothing here sleeps."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.delivery.pace import LATE, RELAY, Pace, Rates, Wait
from newsletter.flows.pacing import SharedPace
from newsletter.model.delivery import Accepted, Deferred, Outcome, Refusal, Refused, Slow
from newsletter.model.specs import WarmUp
from newsletter.store import paces
from newsletter.store.database import Database, Tx

NOON = 1_800_014_400.0  # 2027-01-15 12:00 UTC
NEWS = "news@example.com"
SLOW = Deferred("421 4.7.0 slower", slow=Slow.DOMAIN)
UNWANTED = Refused("550 5.7.1 not from you", why=Refusal.POLICY)
TAKEN = Accepted("250 ok")


@dataclass(slots=True)
class Clock:
    """Goes on when it is told to; `read` remembers what each thread saw last."""

    now: float = NOON
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _seen: threading.local = field(default_factory=threading.local)

    def read(self) -> float:
        self._seen.at = self.now
        return self.now

    def seen(self) -> float:
        return float(self._seen.at)

    def go_on(self, until: float) -> None:
        with self._lock:
            self.now = max(self.now, until)


def a_pace(database: Database, clock: Clock, *, ahead: float = 0.0, **rates: object) -> SharedPace:
    """The pace of one process, whose own clock is behind the store's by `ahead`."""
    return SharedPace(
        database,
        Rates(**rates),  # type: ignore[arg-type]
        local=lambda: clock.read() - ahead,
        shared=lambda tx: clock.read(),
    )


def ask_until_told(pace: Pace, clock: Clock, domain: str = "a.example") -> float:
    """Wait as one is told, until a letter may go; return when."""
    while wait := pace.ask(domain):
        clock.go_on(clock.seen_by_pace + wait.seconds if False else clock.now + wait.seconds)
    return clock.now
