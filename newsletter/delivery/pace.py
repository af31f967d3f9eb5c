"""How fast letters may leave: the arithmetic of it. Clock readings in seconds come in, as numbers
of one clock; nothing here looks at a clock, or remembers.

A destination (the relay, or one recipient domain) is a line with places at equal distances, the
generic cell rate algorithm (ITU-T I.371). Processes reserve a few places at a time. What the
destination says moves its rate as TCP does it: half at a complaint, a little more every good
minute (additive increase, multiplicative decrease; RFC 5681 §3.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import log
from typing import Protocol

from newsletter.model.delivery import Outcome
from newsletter.model.pace import Standing
from newsletter.model.specs import SmtpSpec, TransportSpec, WarmUp

RELAY = "*"
"""The name of the line that every letter stands in; the others are called by their domains."""

SPAN = 0.2  # seconds' worth of places that are reserved at once
LATE = 0.1  # seconds that a place keeps, or until the next one: sleeping is not exact
ALARMING = 7  # complaints that were not made up for: the relay's pauses are a minute by then
TOO_MANY = 5  # refusals in a row for reasons of policy: they do not want us

_ROUNDING = 1e-5  # seconds: who waited as long as told may go
_STEP = 0.1  # of the base, every good minute
_STEP_EVERY = 60.0
_LEAST = 1 / 64


@dataclass(frozen=True, slots=True)
class Wait:
    """No letter may go for so many seconds. `relay`: none at all; else none to this domain."""

    seconds: float
    relay: bool


class Pace(Protocol):
    """Asked before each letter, told after it; shared by the threads of a process.

    Never called inside a transaction: it may need one of its own.
    """

    def ask(self, domain: str) -> Wait | None:
        """None: a letter to this domain may go now, and is counted."""
        ...

    def told(self, domain: str, outcome: Outcome) -> None:
        """Learn from what became of a letter to this domain."""
        ...

    def alarms(self) -> list[str]:
        """What somebody should know, a sentence each; told once."""
        ...


class Unhurried:
    """The pace of what has no limits: files, tests."""

    def ask(self, domain: str) -> Wait | None:
        return None

    def told(self, domain: str, outcome: Outcome) -> None:
        pass

    def alarms(self) -> list[str]:
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What was agreed with the relay, in letters a second. None: no limit."""

    per_second: float | None = None
    per_domain: Mapping[str, float] = field(default_factory=dict)  # lower case
    warm_up: WarmUp | None = None

    def of(self, name: str) -> float | None:
        """The rate of the relay, or of a domain."""
        return self.per_second if name == RELAY else self.per_domain.get(name)


def rates_of(transport: TransportSpec) -> Rates:
    """Those of a configuration; files have none."""
    if not isinstance(transport, SmtpSpec):
        return Rates()
    rate = transport.per_second
    return Rates(
        per_second=rate if isinstance(rate, float) else None,
        per_domain={name.lower(): each for name, each in transport.per_domain.items()},
        warm_up=transport.warm_up,
    )


@dataclass(slots=True)
class Places:
    """Places in a line that a process has reserved: `letters` of them, the first at `begins`."""

    begins: float
    rate: float
    letters: int

    def wait(self, now: float) -> float | None:
        """Seconds until a letter may take the next place; None when there is none left. A place
        that nobody took in time is given up: a pause saves nothing for later."""
        keeps = max(LATE, 1 / self.rate) + _ROUNDING
        while self.letters and self.begins + keeps < now:
            self.take()
        if not self.letters:
            return None
        ahead = self.begins - now
        return ahead if ahead > _ROUNDING else 0.0

    def take(self) -> None:
        self.begins += 1 / self.rate
        self.letters -= 1


def places_at_once(rate: float) -> int:
    """How many places a process reserves, so that it seldom has to ask."""
    return max(1, int(rate * SPAN))


@dataclass(frozen=True, slots=True)
class _Patience:
    """Pauses double with every complaint, from `first` to `longest` seconds."""

    first: float
    longest: float

    def pause(self, strikes: int) -> float:
        return min(self.longest, self.first * 2.0 ** min(strikes, 32))


_RELAY_PATIENCE = _Patience(1.0, 300.0)  # Amazon SES counts every second anew
_DOMAIN_PATIENCE = _Patience(30.0, 3600.0)


def _patience(name: str) -> _Patience:
    return _RELAY_PATIENCE if name == RELAY else _DOMAIN_PATIENCE


def rate_of(limit: float | None, standing: Standing) -> float | None:
    """Letters a second that may go now; None: as many as there are."""
    if standing.factor >= 1.0:
        return limit
    return (limit or standing.base) * standing.factor


def pause_left(name: str, standing: Standing, now: float) -> float:
    """Seconds that nothing may go to this destination. A pause that is longer than the longest was
    set by a clock that has been put back since, and counts no more."""
    left = standing.paused_until - now
    return left if 0.0 < left <= _patience(name).longest else 0.0


def slowed(name: str, standing: Standing, now: float, *, rate: float, reply: str) -> Standing:
    """After a complaint, `reply`, about `rate` letters a second. Nothing more is learned from what
    was under way when the pause began."""
    if pause_left(name, standing, now) > 0.0:
        return standing
    return Standing(
        paused_until=now + _patience(name).pause(standing.strikes),
        factor=max(_LEAST, standing.factor / 2),
        base=standing.base if standing.factor < 1.0 else rate,
        strikes=standing.strikes + 1,
        changed_at=now,
        reply=reply,
    )


def may_recover(standing: Standing, now: float) -> bool:
    """Whether a letter that was taken now is worth a step up."""
    if standing.factor >= 1.0 and not standing.strikes:
        return False
    return now >= max(standing.changed_at, standing.paused_until) + _STEP_EVERY


def recovered(standing: Standing, now: float) -> Standing:
    """After a letter that was taken: a step up, if the last was a minute ago."""
    if not may_recover(standing, now):
        return standing
    return replace(
        standing,
        factor=min(1.0, round(standing.factor + _STEP, 6)),
        strikes=max(0, standing.strikes - 1),
        changed_at=now,
    )


def allowance(warm_up: WarmUp, days: int) -> int | None:
    """How many letters a sender address may send so many days after its first one (0: on that
    day); None: it is known well enough."""
    days = max(0, days)  # a clock may have been put back
    if days * log(warm_up.growth) >= log(warm_up.until / warm_up.first_day):
        return None
    return int(warm_up.first_day * warm_up.growth**days)


def next_day(now: datetime) -> datetime:
    """The next midnight in UTC, when a new day of warming up begins."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)
