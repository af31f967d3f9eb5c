"""A walk through the hours and days that a mailing takes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.forecast import HORIZON, Hours, Warmth, done_at
from newsletter.model.specs import WarmUp

SEVEN = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _opens(now: datetime) -> datetime | None:
    """Six to nine in the morning."""
    if 6 <= now.hour < 9:
        return None
    day = now.replace(hour=6, minute=0, second=0)
    return day if now.hour < 6 else day + timedelta(days=1)


MORNINGS = Hours(opens=_opens, closes=lambda now: now.replace(hour=9, minute=0, second=0))


def warm(first_day: int, until: int = 10**6, **sent: int) -> Warmth:
    days = {date.fromisoformat(day.strip("_").replace("_", "-")): n for day, n in sent.items()}
    return Warmth(plan=WarmUp(first_day=first_day, growth=2.0, until=until), sent=days)


def test_eighty_thousand_at_fourteen_a_second_take_95_minutes() -> None:
    end = done_at(80_000, 14.0, SEVEN)
    assert end is not None
    assert round((end - SEVEN) / timedelta(minutes=1)) == 95


def test_what_has_no_limit_takes_no_time() -> None:
    assert done_at(10**9, None, SEVEN) == SEVEN
    assert done_at(0, 1.0, SEVEN) == SEVEN


def test_what_does_not_fit_into_a_window_goes_on_in_the_next() -> None:
    assert done_at(7200, 1.0, SEVEN, hours=MORNINGS) == SEVEN + 2 * HOUR
    assert done_at(7201, 1.0, SEVEN, hours=MORNINGS) == SEVEN + 23 * HOUR + timedelta(seconds=1)
    assert done_at(1, 1.0, SEVEN + 5 * HOUR, hours=MORNINGS) == SEVEN + 23 * HOUR + timedelta(
        seconds=1
    )


def test_a_new_sender_takes_the_days_that_its_plan_needs() -> None:
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    assert done_at(100, None, SEVEN, warmth=warm(100)) == SEVEN
    assert done_at(101, None, SEVEN, warmth=warm(100)) == midnight
    assert done_at(701, None, SEVEN, warmth=warm(100)) == midnight + 48 * HOUR
    assert done_at(10**6, None, SEVEN, warmth=warm(100, until=400)) == midnight + 24 * HOUR


def test_what_a_sender_has_sent_counts() -> None:
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    sent = warm(100, _2026_11_21=100, _2026_11_22=150)
    assert done_at(50, None, SEVEN, warmth=sent) == SEVEN
    assert done_at(51, None, SEVEN, warmth=sent) == midnight


def test_two_windows_of_a_day_share_its_letters() -> None:
    noon, midnight = SEVEN.replace(hour=12), SEVEN.replace(hour=0) + 24 * HOUR
    but_eleven = Hours(
        opens=lambda now: noon if now.hour == 11 else None,
        closes=lambda now: SEVEN.replace(hour=11) if now < noon else midnight + 48 * HOUR,
    )
    assert done_at(11, None, SEVEN, hours=but_eleven, warmth=warm(10)) == midnight


def test_what_takes_longer_than_a_month_has_no_end() -> None:
    assert done_at(10**6, 0.1, SEVEN) is None
    assert done_at(1, 1.0, SEVEN, hours=Hours(opens=lambda now: SEVEN + 2 * HORIZON)) is None


@given(letters=st.integers(1, 10**6), rate=st.floats(0.5, 1000), first=st.integers(1, 10**4))
def test_more_limits_never_make_it_sooner(letters: int, rate: float, first: int) -> None:
    far = SEVEN + 2 * HORIZON
    plain = done_at(letters, rate, SEVEN) or far
    in_hours = done_at(letters, rate, SEVEN, hours=MORNINGS) or far
    both = done_at(letters, rate, SEVEN, hours=MORNINGS, warmth=warm(first)) or far
    tick = timedelta(milliseconds=1)
    assert SEVEN <= plain <= in_hours + tick
    assert in_hours <= both + tick


@pytest.mark.parametrize("rate", [0.5, 14.0])
def test_each_letter_more_takes_its_time(rate: float) -> None:
    ends = [done_at(n, rate, SEVEN) for n in (10, 11)]
    assert ends[0] is not None
    assert ends[1] is not None
    assert (ends[1] - ends[0]).total_seconds() == pytest.approx(1 / rate, abs=1e-5)
