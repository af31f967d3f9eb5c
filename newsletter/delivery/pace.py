"""How fast letters may leave: token buckets for the relay and for single recipient domains."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock

_BURST = 0.1  # seconds' worth that may leave at once after a pause: sleeping is not exact
_ROUNDING = 1e-9  # of a token: who waited as long as told may go


@dataclass(slots=True)
class _Bucket:
    """Fills with `rate` tokens a second up to `size`; a letter takes one."""

    rate: float
    tokens: float = 1.0
    filled_at: float | None = None

    @property
    def size(self) -> float:
        return max(1.0, self.rate * _BURST)

    def fill(self, now: float) -> None:
        if self.filled_at is not None:
            gained = max(0.0, now - self.filled_at) * self.rate
            self.tokens = min(self.size, self.tokens + gained)
        self.filled_at = now

    def wait(self) -> float:
        missing = 1.0 - self.tokens
        return missing / self.rate if missing > _ROUNDING else 0.0


class Pace:
    """Rates in letters a second: `per_second` for all (None: no limit), `per_domain` on top.

    Shared by the threads of a process.
    """

    def __init__(self, per_second: float | None, per_domain: Mapping[str, float]) -> None:
        self._lock = Lock()
        self._relay = None if per_second is None else _Bucket(per_second)
        self._domains = {name.lower(): _Bucket(rate) for name, rate in per_domain.items()}

    def delay(self, domain: str, now: float) -> float:
        """0.0: a letter to this domain may go now, and is counted. Else the seconds to wait
        before asking again; nothing is counted then. `now` from a monotonic clock.
        """
        with self._lock:
            buckets = tuple(self._buckets(domain))
            for bucket in buckets:
                bucket.fill(now)
            wait = max((bucket.wait() for bucket in buckets), default=0.0)
            if wait <= 0.0:
                for bucket in buckets:
                    bucket.tokens -= 1.0
            return wait

    def ask(self, domain):
        import time

        d = self.delay(domain, time.monotonic())
        return Wait(d) if d > 0 else None

    def told(self, domain, outcome):
        pass

    def _buckets(self, domain: str) -> Iterable[_Bucket]:
        if self._relay is not None:
            yield self._relay
        if found := self._domains.get(domain.lower()):
            yield found


@dataclass
class Wait:
    seconds: float
    relay: bool = True
