"""The pace that all processes on one database keep together."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from threading import Lock

from newsletter.delivery import pace
from newsletter.delivery.pace import RELAY, Pace, Places, Rates, Wait
from newsletter.model.delivery import Accepted, Deferred, Outcome, Refusal, Refused, Slow
from newsletter.model.pace import CLEAN, Standing
from newsletter.model.specs import WarmUp
from newsletter.store import paces
from newsletter.store.database import Database, Tx

_LOOK_EVERY = 5.0  # seconds between two looks at what other processes have learned


@dataclass(slots=True)
class SharedPace:
    """Asks the store for a few places at a time, and not at all where there is no limit, but for
    one look every few seconds. One object for all threads of a process.

    `local` is a clock of this process, `shared` that of the store, both in seconds.
    """

    database: Database
    rates: Rates
    local: Callable[[], float] = time.monotonic
    shared: Callable[[Tx], float] = Tx.seconds
    _lock: Lock = field(default_factory=Lock)
    _ahead: float = 0.0  # how far the store's clock is ahead of ours
    _looked_at: float | None = None  # by our clock
    _standings: dict[str, Standing] = field(default_factory=dict)
    _places: dict[str, Places] = field(default_factory=dict)
    _refusals: Counter[str] = field(default_factory=Counter)  # in a row, by domain
    _gone: Counter[str] = field(default_factory=Counter)  # letters since the last look
    _gone_before: Counter[str] = field(default_factory=Counter)  # between the last two
    _warming: dict[str, "Warming"] = field(default_factory=dict)  # by sender
    _alarms: list[str] = field(default_factory=list)

    def sent_by(self, sender: str) -> Pace:
        """The pace of one sender address, which may still have to be warmed up."""
        if (plan := self.rates.warm_up) is None:
            return self
        with self._lock:
            return self._warming.setdefault(sender, Warming(self, sender, plan))

    def ask(self, domain: str) -> Wait | None:
        """None: a letter to this domain may go now, and is counted; else nothing is counted."""
        domain = domain.lower()
        with self._lock:
            self._look()
            for name in (RELAY, domain):
                if (seconds := self._wait(name)) > 0.0:
                    return Wait(seconds, relay=name == RELAY)
            for name in (RELAY, domain):
                self._gone[name] += 1
                if places := self._places.get(name):
                    places.take()
        return None

    def told(self, domain: str, outcome: Outcome) -> None:
        """Learn from a reply; the store is asked only where there is something to change."""
        domain = domain.lower()
        with self._lock:
            match outcome:
                case Accepted():
                    self._refusals.pop(domain, None)
                    self._recover(domain)
                    self._recover(RELAY)
                case Deferred(reply, slow=Slow.RELAY):
                    self._slow(RELAY, reply)
                case Deferred(reply, slow=Slow.DOMAIN):
                    self._slow(domain, reply)
                case Refused(reply, why=Refusal.POLICY):
                    self._refuse(domain, reply)

    def alarms(self) -> list[str]:
        """What somebody should know, told once."""
        with self._lock:
            alarms, self._alarms = self._alarms, []
        return alarms

    def _now(self) -> float:
        """By the store's clock."""
        return self.local() + self._ahead

    def _look(self) -> None:
        here = self.local()
        if self._looked_at is not None and here < self._looked_at + _LOOK_EVERY:
            return
        with self.database.read() as tx:
            self._set_clock(tx)
            self._standings = paces.standings(tx)
        self._gone, self._gone_before = Counter(), self._gone
        self._looked_at = here

    def _set_clock(self, tx: Tx) -> float:
        now = self.shared(tx)
        self._ahead = now - self.local()
        return now

    def _wait(self, name: str) -> float:
        """Seconds until a letter may go to this destination."""
        standing = self._standings.get(name, CLEAN)
        if left := pace.pause_left(name, standing, self._now()):
            return left
        rate = pace.rate_of(self.rates.of(name), standing)
        if rate is None:
            self._places.pop(name, None)  # of a time when less was allowed
            return 0.0
        places = self._places.get(name)
        wait = places.wait(self._now()) if places else None
        if wait is None:
            self._places[name] = self._reserve(name, rate)
            wait = self._places[name].wait(self._now())
        return wait or 0.0

    def _reserve(self, name: str, rate: float) -> Places:
        letters = pace.places_at_once(rate)
        with self.database.begin() as tx:
            begins = paces.reserve(tx, name, letters / rate, self._set_clock(tx))
        return Places(begins, rate, letters)

    def _slow(self, name: str, reply: str) -> None:
        if not pace.pause_left(name, self._standings.get(name, CLEAN), self._now()):
            rate = self.rates.of(name) or self._measured(name)
            self._learn(name, partial(pace.slowed, name, rate=rate, reply=reply))
            if self._standings[name].strikes == pace.ALARMING:
                who = "the mail server" if name == RELAY else name
                self._alarm(name, f"{who} keeps asking for fewer letters: {reply}")

    def _measured(self, name: str) -> float:
        """Letters a second that went there lately, for want of a rate that was agreed on."""
        assert self._looked_at is not None, "told before asked"
        seconds = self.local() - self._looked_at + _LOOK_EVERY
        return max(1.0, (self._gone[name] + self._gone_before[name]) / seconds)

    def _recover(self, name: str) -> None:
        if pace.may_recover(self._standings.get(name, CLEAN), self._now()):
            self._learn(name, pace.recovered)

    def _learn(self, name: str, step: Callable[[Standing, float], Standing]) -> None:
        with self.database.begin() as tx:
            now = self._set_clock(tx)
            known = paces.standing_of(tx, name)
            self._standings[name] = step(known, now)
            paces.keep(tx, name, self._standings[name])

    def _refuse(self, domain: str, reply: str) -> None:
        self._refusals[domain] += 1
        paused = pace.pause_left(domain, self._standings.get(domain, CLEAN), self._now())
        if self._refusals[domain] < pace.TOO_MANY or paused:
            return
        self._slow(domain, reply)
        self._alarm(domain, f"{domain} refuses letters from us: {reply}")

    def _alarm(self, name: str, words: str) -> None:
        until = datetime.fromtimestamp(self._standings[name].paused_until, UTC)
        whose = "all" if name == RELAY else "its"
        self._alarms.append(f"{words}; {whose} readers wait until {until:%H:%M} UTC")


@dataclass(slots=True)
class Warming:
    """The pace of a sender address that nobody knows yet: so many letters a day, on top of all
    other limits. The store counts them one by one: as long as it matters they are few."""

    pace: SharedPace
    sender: str
    plan: WarmUp
    _lock: Lock = field(default_factory=Lock)
    _counted: int = 0  # letters that the store counts and that have not gone yet
    _known: bool = False  # well enough: no limit any more
    _again_at: float = 0.0  # by the clock of this process, when a new day begins
    _alarms: list[str] = field(default_factory=list)

    def ask(self, domain: str) -> Wait | None:
        with self._lock:
            if (seconds := self._count()) > 0.0:
                return Wait(seconds, relay=True)
            self._counted -= 1
        wait = self.pace.ask(domain)
        if wait:
            with self._lock:
                self._counted += 1  # for the next that asks
        return wait

    def told(self, domain: str, outcome: Outcome) -> None:
        self.pace.told(domain, outcome)

    def alarms(self) -> list[str]:
        with self._lock:
            alarms, self._alarms = self._alarms, []
        return alarms + self.pace.alarms()

    def _count(self) -> float:
        """Have a letter counted, if none is; else the seconds until the next day."""
        if self._known or self._counted > 0:
            return 0.0
        if (left := self._again_at - self.pace.local()) > 0.0:
            return left
        with self.pace.database.begin() as tx:
            now = datetime.fromtimestamp(self.pace.shared(tx), UTC)
            today = now.date()
            first = min(paces.letters_by_day(tx, self.sender), default=today)
            letters = pace.allowance(self.plan, (today - first).days)
            if letters is None:
                self._known = True
                return 0.0
            if paces.count_letter(tx, self.sender, today, at_most=letters):
                self._counted = 1
                return 0.0
        return self._wait_for_tomorrow(now, letters)

    def _wait_for_tomorrow(self, now: datetime, letters: int) -> float:
        left = (pace.next_day(now) - now).total_seconds()
        self._again_at = self.pace.local() + left
        self._alarms.append(
            f"{self.sender} has sent the {letters} letters that transport.warm_up allows today; "
            "the rest of its readers wait until 00:00 UTC"
        )
        return left
