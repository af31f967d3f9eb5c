import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.pace import Pace


def sent_in(pace: Pace, seconds: float, *domains: str) -> int:
    """How many letters leave in this time when each waits as long as it is told."""
    now, sent = 0.0, 0
    while True:
        wait = pace.delay(domains[sent % len(domains)], now)
        now += wait
        if now > seconds:
            return sent
        sent += wait == 0.0


def test_no_limit_is_no_wait() -> None:
    pace = Pace(None, {})
    assert all(pace.delay("example.com", 0.0) == 0.0 for _ in range(1000))


@pytest.mark.parametrize("rate", [0.5, 1.0, 14.0, 50.0, 333.0])
def test_the_rate_is_kept_and_used(rate: float) -> None:
    sent = sent_in(Pace(rate, {}), 60.0, "example.com")
    assert rate * 60 * 0.99 - 1 <= sent <= rate * 60 * 1.01 + 2


def test_a_slow_domain_does_not_slow_the_others() -> None:
    pace = Pace(100.0, {"Slow.example": 1.0})
    assert pace.delay("slow.example", 0.0) == 0.0
    assert pace.delay("slow.example", 0.1) == pytest.approx(0.9)
    assert pace.delay("example.com", 0.1) == 0.0


def test_a_letter_that_has_to_wait_is_not_counted() -> None:
    pace = Pace(None, {"slow.example": 1.0})
    pace.delay("slow.example", 0.0)
    for _ in range(10):
        assert pace.delay("slow.example", 0.5) == pytest.approx(0.5)
    assert pace.delay("slow.example", 1.0) == 0.0


def test_a_pause_saves_up_a_tenth_of_a_second_at_most() -> None:
    pace = Pace(100.0, {})
    pace.delay("example.com", 0.0)
    assert [pace.delay("example.com", 3600.0) for _ in range(11)].count(0.0) == 10


@given(rate=st.floats(0.1, 1000), steps=st.lists(st.floats(0, 2), max_size=200))
def test_no_second_sees_more_than_the_rate_and_its_burst(rate: float, steps: list[float]) -> None:
    pace, now, gone = Pace(rate, {}), 0.0, list[float]()
    for step in steps:
        now += step
        gone += [now] * (pace.delay("example.com", now) == 0.0)
    for start in gone:
        in_second = sum(start <= at < start + 1.0 for at in gone)
        assert in_second <= rate + max(1.0, rate * 0.1) + 1e-6
