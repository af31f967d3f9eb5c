"""The arithmetic of pace: places in a line, pauses, steps up and down, days of warming up."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.pace import (
    LATE,
    RELAY,
    Places,
    Rates,
    allowance,
    may_recover,
    next_day,
    pause_left,
    places_at_once,
    rate_of,
    rates_of,
    recovered,
    slowed,
)
from newsletter.model.pace import CLEAN, Standing
from newsletter.model.specs import MaildirSpec, SmtpSpec, WarmUp

DOMAIN = "slow.example"
NOW = 1_800_000_000.0
PLAN = WarmUp(first_day=200, growth=1.5, until=50_000)


def complained(name: str, times: int, *, rate: float = 8.0) -> tuple[Standing, list[float]]:
    """After so many complaints, each at the end of the pause before; and those pauses."""
    standing, now, pauses = CLEAN, NOW, []
    for _ in range(times):
        standing = slowed(name, standing, now, rate=rate, reply="421 slower")
        pauses.append(standing.paused_until - now)
        now = standing.paused_until
    return standing, pauses


def test_a_place_is_waited_for_and_taken_once() -> None:
    places = Places(begins=NOW + 1.0, rate=2.0, letters=2)
    assert places.wait(NOW) == pytest.approx(1.0)
    assert places.wait(NOW + 1.0) == 0.0
    places.take()
    assert places.wait(NOW + 1.0) == pytest.approx(0.5)
    places.take()
    assert places.wait(NOW + 1.5) is None


def test_who_comes_a_little_late_still_has_a_place() -> None:
    assert Places(NOW, rate=1000.0, letters=1).wait(NOW + LATE) == 0.0
    assert Places(NOW, rate=0.5, letters=1).wait(NOW + 1.9) == 0.0


def test_a_pause_saves_nothing_for_later() -> None:
    assert Places(NOW, rate=100.0, letters=20).wait(NOW + 3600.0) is None


@pytest.mark.parametrize(("rate", "places"), [(0.1, 1), (1.0, 1), (14.0, 2), (500.0, 100)])
def test_a_fifth_of_a_second_is_reserved_at_once(rate: float, places: int) -> None:
    assert places_at_once(rate) == places


def test_what_was_agreed_with_the_relay_is_kept_in_lower_case() -> None:
    spec = SmtpSpec(kind="smtp", host="x", per_second=14.0, per_domain={"GMail.com": 2.0})
    rates = rates_of(spec)
    assert (rates.of(RELAY), rates.of("gmail.com"), rates.of("x.example")) == (14.0, 2.0, None)
    assert rates_of(MaildirSpec()) == Rates()
    assert rates_of(SmtpSpec(kind="smtp", host="x", per_second="unlimited")) == Rates()


def test_each_complaint_of_a_domain_doubles_its_pause_up_to_an_hour() -> None:
    _, pauses = complained(DOMAIN, 10)
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_the_relay_is_asked_again_after_seconds() -> None:
    _, pauses = complained(RELAY, 11)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_a_complaint_halves_the_rate_and_never_stops_it() -> None:
    assert rate_of(8.0, complained(DOMAIN, 1)[0]) == 4.0
    assert rate_of(8.0, complained(DOMAIN, 3)[0]) == 1.0
    assert rate_of(8.0, complained(DOMAIN, 60)[0]) == 0.125


def test_where_no_rate_was_agreed_half_of_what_it_was_given_is_the_rate() -> None:
    assert rate_of(None, complained(DOMAIN, 1, rate=30.0)[0]) == 15.0
    assert rate_of(None, CLEAN) is None


def test_what_was_under_way_when_a_pause_began_makes_it_no_longer() -> None:
    once = slowed(DOMAIN, CLEAN, NOW, rate=8.0, reply="421 slower")
    assert slowed(DOMAIN, once, NOW + 29.0, rate=8.0, reply="421 slower") == once


def test_a_good_minute_is_a_step_up_and_a_moment_is_not() -> None:
    standing, _ = complained(DOMAIN, 2)
    end = standing.paused_until
    assert recovered(standing, end + 59.0) == standing
    better = recovered(standing, end + 60.0)
    assert (better.factor, better.strikes) == (0.35, 1)
    assert not may_recover(better, end + 61.0)


def test_good_minutes_bring_everything_back() -> None:
    standing, _ = complained(DOMAIN, 3)
    now = standing.paused_until
    minutes = 0
    while standing.factor < 1.0 or standing.strikes:
        now += 60.0
        minutes += 1
        standing = recovered(standing, now)
    assert minutes == 9  # from an eighth, by tenths
    assert rate_of(None, standing) is None
    assert slowed(DOMAIN, standing, now, rate=8.0, reply="").paused_until == now + 30.0


def test_a_long_silence_is_one_step_and_no_more() -> None:
    standing, _ = complained(DOMAIN, 4)
    assert recovered(standing, NOW + 10**6).strikes == 3


def test_a_clock_that_is_put_back_ends_a_pause() -> None:
    standing = slowed(DOMAIN, CLEAN, NOW, rate=8.0, reply="")
    assert pause_left(DOMAIN, standing, NOW) == 30.0
    assert pause_left(DOMAIN, standing, NOW - 10 * 3600.0) == 0.0


@given(st.lists(st.tuples(st.floats(0, 7200), st.booleans()), max_size=60))
def test_whatever_a_destination_says_something_may_go_within_an_hour(
    said: list[tuple[float, bool]],
) -> None:
    standing, now = CLEAN, NOW
    for after, good in said:
        now += after
        if good:
            standing = recovered(standing, now)
        else:
            standing = slowed(DOMAIN, standing, now, rate=8.0, reply="")
        rate = rate_of(8.0, standing)
        assert rate is not None
        assert 0.125 <= rate <= 8.0
        assert pause_left(DOMAIN, standing, now) <= 3600.0


@pytest.mark.parametrize(
    ("days", "letters"), [(0, 200), (1, 300), (2, 450), (13, 38_923), (14, None), (10_000, None)]
)
def test_a_sender_may_send_more_each_day_until_it_is_known(days: int, letters: int | None) -> None:
    assert allowance(PLAN, days) == letters


def test_a_new_day_begins_at_midnight_in_utc() -> None:
    evening = datetime(2026, 11, 22, 20, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert next_day(evening) == datetime(2026, 11, 24, tzinfo=UTC)
