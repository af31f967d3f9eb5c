"""The pace that processes keep together: clocks are given, nothing here sleeps."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.delivery.pace import LATE, Pace, Rates, Wait
from newsletter.flows.pacing import SharedPace
from newsletter.model.delivery import Accepted, Deferred, Outcome, Refusal, Refused, Slow
from newsletter.model.specs import WarmUp
from newsletter.store import paces
from newsletter.store.database import Database

NOON = 1_800_014_400.0  # 2027-01-15 12:00 UTC
NEWS = "news@example.com"
SLOW = Deferred("421 4.7.0 slower", slow=Slow.DOMAIN)
UNWANTED = Refused("550 5.7.1 not from you", why=Refusal.POLICY)
TAKEN = Accepted("250 ok")


@dataclass(slots=True)
class Clock:
    """Goes on when it is told to. For each thread it stands still until that thread lets it go on:
    whatever is asked is answered in a moment."""

    now: float = NOON
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _moment: threading.local = field(default_factory=threading.local)

    def read(self) -> float:
        return float(getattr(self._moment, "at", self.now))

    def go_on(self, until: float = NOON) -> None:
        """To this time, or where others have come by now."""
        with self._lock:
            self.now = max(self.now, until)
            self._moment.at = self.now


@pytest.fixture
def other(database: Database) -> Iterator[Database]:
    """The same store, as another process opens it."""
    opened = Database(database.engine.url.render_as_string(hide_password=False))
    yield opened
    opened.close()


def a_pace(database: Database, clock: Clock, *, ahead: float = 0.0, **rates: object) -> SharedPace:
    """The pace of one process, whose own clock is behind the store's by `ahead`."""
    return SharedPace(
        database,
        Rates(**rates),  # type: ignore[arg-type]
        local=lambda: clock.read() - ahead,
        shared=lambda tx: clock.read(),
    )


def about(seconds: float, *, relay: bool) -> Wait:
    near: Any = pytest.approx(seconds)
    return Wait(near, relay)


def gone_at(pace: Pace, clock: Clock, domain: str = "a.example") -> float:
    """When a letter may go, of somebody who waits as long as told."""
    clock.go_on()
    while wait := pace.ask(domain):
        clock.go_on(clock.read() + wait.seconds)
    return clock.read()


def keeps(gone: list[float], rate: float) -> bool:
    """Whether no stretch of time, however it is cut out, saw more letters than the rate allows:
    those of its length, of the lateness of a place, and the one that it begins with."""
    gone = sorted(gone)
    most = [
        (last - first + 1, (gone[last] - gone[first] + max(LATE, 1 / rate)) * rate + 1)
        for first in range(len(gone))
        for last in range(first, len(gone))
    ]
    return all(letters <= allowed + 1e-3 for letters, allowed in most)


def test_where_there_is_no_limit_the_store_is_asked_once_in_a_while(database: Database) -> None:
    clock, asked = Clock(), count()
    pace = SharedPace(
        database, Rates(), local=clock.read, shared=lambda tx: clock.read() + 0 * next(asked)
    )
    assert not any(pace.ask(f"{number % 50}.example") for number in range(10_000))
    for _ in range(10_000):
        pace.told("a.example", TAKEN)
    assert next(asked) == 1


@pytest.mark.parametrize("rate", [0.5, 3.0, 14.0, 250.0])
def test_the_rate_is_kept_and_used(database: Database, rate: float) -> None:
    clock = Clock()
    pace = a_pace(database, clock, per_second=rate)
    gone = [gone_at(pace, clock) for _ in range(60)]
    assert keeps(gone, rate)
    assert gone[-1] - gone[0] == pytest.approx(59 / rate, abs=1e-3)


def test_threads_of_two_processes_share_one_rate(database: Database, other: Database) -> None:
    clock = Clock()
    shared = [a_pace(each, clock, per_second=20.0) for each in (database, other)]
    gone: list[float] = []

    def work(pace: Pace) -> None:
        gone.extend(gone_at(pace, clock) for _ in range(25))

    threads = [threading.Thread(target=work, args=(pace,)) for pace in shared * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(gone) == 100
    assert keeps(gone, 20.0)


@given(
    rate=st.floats(0.1, 1000),
    steps=st.lists(st.tuples(st.floats(0, 2), st.booleans()), min_size=1, max_size=60),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_two_processes_ask_no_stretch_of_time_sees_more_than_the_rate(
    database: Database, rate: float, steps: list[tuple[float, bool]]
) -> None:
    clock, domain = Clock(), f"{uuid4().hex}.example"
    two = [a_pace(database, clock, per_domain={domain: rate}) for _ in range(2)]
    gone = []
    for step, first in steps:
        clock.go_on(clock.now + step)
        gone += [clock.now for _ in range(3) if two[first].ask(domain) is None]
    # A place keeps for a while, in each of two processes.
    assert keeps(gone, rate)


def test_a_letter_that_has_to_wait_is_not_counted(database: Database) -> None:
    clock = Clock()
    pace = a_pace(database, clock, per_domain={"slow.example": 1.0})
    assert pace.ask("slow.example") is None
    clock.go_on(NOON + 0.5)
    for _ in range(10):
        assert pace.ask("Slow.example") == about(0.5, relay=False)
    clock.go_on(NOON + 1.0)
    assert pace.ask("slow.example") is None


def test_a_slow_domain_does_not_slow_the_others(database: Database) -> None:
    clock = Clock()
    pace = a_pace(database, clock, per_second=100.0, per_domain={"slow.example": 1.0})
    assert pace.ask("slow.example") is None
    clock.go_on(NOON + 0.1)
    assert pace.ask("slow.example") == about(0.9, relay=False)
    assert pace.ask("example.com") is None


def test_who_waits_for_the_relay_is_told_so(database: Database) -> None:
    pace = a_pace(database, Clock(), per_second=1.0, per_domain={"slow.example": 1.0})
    assert pace.ask("slow.example") is None
    assert pace.ask("slow.example") == about(1.0, relay=True)


def test_a_machine_whose_clock_is_wrong_keeps_the_pace_of_the_store(database: Database) -> None:
    clock = Clock()
    right = a_pace(database, clock, per_second=2.0)
    wrong = a_pace(database, clock, ahead=86_400.0, per_second=2.0)
    assert right.ask("a.example") is None
    assert wrong.ask("a.example") == about(0.5, relay=True)


def test_a_clock_that_is_put_back_stops_nobody(database: Database) -> None:
    ahead, right = Clock(NOON + 86_400.0), Clock()
    assert a_pace(database, ahead, per_second=2.0).ask("a.example") is None
    assert a_pace(database, right, per_second=2.0).ask("a.example") is None


def test_a_domain_that_complains_rests_for_all_processes_and_then_gets_half(
    database: Database,
) -> None:
    clock = Clock()
    one, other = (a_pace(database, clock, per_domain={"slow.example": 8.0}) for _ in range(2))
    assert one.ask("slow.example") is None
    assert other.ask("a.example") is None
    one.told("slow.example", SLOW)
    assert one.ask("slow.example") == Wait(30.0, relay=False)
    clock.go_on(NOON + 5.0)
    assert other.ask("slow.example") == Wait(25.0, relay=False)
    assert other.ask("a.example") is None
    clock.go_on(NOON + 30.0)
    gone = [gone_at(pace, clock, "slow.example") for pace in (one, other) * 10]
    assert keeps(gone, 4.0)


def test_a_domain_without_a_rate_gets_half_of_what_it_was_given(database: Database) -> None:
    clock = Clock()
    pace = a_pace(database, clock)
    for _ in range(100):
        assert pace.ask("slow.example") is None
        clock.go_on(clock.now + 0.1)
    pace.told("slow.example", SLOW)
    clock.go_on(clock.now + 30.0)
    gone = [gone_at(pace, clock, "slow.example") for _ in range(20)]
    assert 19 / 5.5 <= gone[-1] - gone[0] <= 19 / 3.0


def test_a_relay_that_complains_is_left_alone_by_all(database: Database) -> None:
    clock = Clock()
    pace = a_pace(database, clock, per_second=14.0)
    assert pace.ask("a.example") is None
    pace.told("a.example", Deferred("454 Maximum sending rate exceeded", slow=Slow.RELAY))
    assert pace.ask("b.example") == Wait(1.0, relay=True)
    clock.go_on(NOON + 1.0)
    assert pace.ask("b.example") is None


def test_a_deferral_that_is_about_one_reader_slows_nothing(database: Database) -> None:
    pace = a_pace(database, Clock())
    assert pace.ask("a.example") is None
    pace.told("a.example", Deferred("450 4.2.1 greylisted"))
    assert pace.ask("a.example") is None


def test_good_minutes_make_up_for_a_complaint(database: Database) -> None:
    clock = Clock()
    pace = a_pace(database, clock)
    assert pace.ask("slow.example") is None
    pace.told("slow.example", SLOW)
    clock.go_on(NOON + 30.0)
    for _ in range(5):
        clock.go_on(clock.now + 60.0)
        assert pace.ask("slow.example") is None
        pace.told("slow.example", TAKEN)
    assert not any(pace.ask("slow.example") for _ in range(1000))
    with database.read() as tx:
        assert paces.standings(tx) == {}


def test_five_refusals_of_policy_in_a_row_pause_a_domain_and_are_told_once(
    database: Database,
) -> None:
    pace = a_pace(database, Clock())
    outcomes: tuple[Outcome, ...] = (*[UNWANTED] * 4, TAKEN, *[UNWANTED] * 4)
    for outcome in outcomes:
        assert pace.ask("gmail.com") is None
        pace.told("gmail.com", outcome)
    assert pace.alarms() == []
    for _ in range(3):  # two more were under way
        pace.told("gmail.com", UNWANTED)
    assert pace.ask("gmail.com") == Wait(30.0, relay=False)
    (alarm,) = pace.alarms()
    assert alarm == (
        "gmail.com refuses letters from us: 550 5.7.1 not from you; its readers wait until "
        "12:00 UTC"
    )
    assert pace.alarms() == []


def test_a_domain_that_still_does_not_want_us_rests_longer(database: Database) -> None:
    clock = Clock()
    pace = a_pace(database, clock)
    assert pace.ask("gmail.com") is None
    for _ in range(5):
        pace.told("gmail.com", UNWANTED)
    clock.go_on(NOON + 30.0)
    pace.told("gmail.com", UNWANTED)
    assert pace.ask("gmail.com") == Wait(60.0, relay=False)


def test_a_relay_that_does_not_stop_complaining_is_named_once(database: Database) -> None:
    clock = Clock()
    pace = a_pace(database, clock)
    quota = Deferred("454 Daily message quota exceeded", slow=Slow.RELAY)
    for _ in range(9):
        while wait := pace.ask("a.example"):
            clock.go_on(clock.read() + wait.seconds)
        pace.told("a.example", quota)
    (alarm,) = pace.alarms()
    assert alarm.startswith(
        "the mail server keeps asking for fewer letters: 454 Daily message quota exceeded; all "
        "readers wait until 12:0"
    )


def test_a_new_sender_sends_so_many_letters_a_day(database: Database) -> None:
    clock = Clock()
    plan = WarmUp(first_day=4, growth=1.5, until=7)
    one, other = (a_pace(database, clock, warm_up=plan).sent_by(NEWS) for _ in range(2))
    assert [one.ask("a.example"), other.ask("a.example")] * 2 == [None] * 4
    one.ask("a.example")
    other.ask("a.example")
    until_midnight = Wait(12 * 3600.0, relay=True)
    assert one.ask("a.example") == other.ask("a.example") == until_midnight
    clock.go_on(NOON + 12 * 3600.0)
    assert [one.ask("a.example") is None for _ in range(7)] == [True] * 6 + [False]
    clock.go_on(NOON + 36 * 3600.0)  # nine would be more than seven: the address is known
    assert not any(one.ask("a.example") for _ in range(100))


def test_a_day_s_end_is_told_once(database: Database) -> None:
    pace = a_pace(database, Clock(), warm_up=WarmUp(first_day=1)).sent_by(NEWS)
    for _ in range(5):
        pace.ask("a.example")
    (alarm,) = pace.alarms()
    assert alarm == (
        "news@example.com has sent the 1 letters that transport.warm_up allows today; the rest of "
        "its readers wait until 00:00 UTC"
    )
    assert pace.alarms() == []


def test_a_letter_that_waits_for_its_domain_uses_nothing_of_the_day(database: Database) -> None:
    rates = a_pace(database, Clock(), warm_up=WarmUp(first_day=2), per_domain={"slow.example": 0.1})
    pace = rates.sent_by(NEWS)
    assert pace.ask("slow.example") is None
    assert [pace.ask("slow.example") for _ in range(5)] == [about(10.0, relay=False)] * 5
    assert pace.ask("a.example") is None


def test_senders_are_warmed_up_apart(database: Database) -> None:
    shared = a_pace(database, Clock(), warm_up=WarmUp(first_day=1))
    assert shared.sent_by(NEWS) is shared.sent_by(NEWS)
    assert shared.sent_by(NEWS).ask("a.example") is None
    assert shared.sent_by("brief@example.com").ask("a.example") is None
    assert shared.sent_by(NEWS).ask("a.example") is not None
