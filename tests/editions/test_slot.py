"""Slots: local clock times, each exactly once, also in the nights when clocks change."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.editions.slot import (
    check_schedule,
    due_slots,
    gap_before,
    parse_slot,
    slot_at,
    slots_after,
)
from newsletter.lib.errors import NewsletterError
from newsletter.model.edition import Slot

ZONES = [
    "Europe/Madrid",
    "America/New_York",
    "America/Santiago",  # changes at midnight
    "America/Havana",  # changes at midnight
    "Asia/Beirut",  # changes at midnight
    "Australia/Lord_Howe",  # changes by half an hour
    "Pacific/Apia",
    "UTC",
]
YEAR = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)


def madrid(year: int, month: int, day: int, hour: int, minute: int = 0) -> Slot:
    return slot_at(datetime(year, month, day, hour, minute), "Europe/Madrid")  # noqa: DTZ001


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("time", ["0 0", "30 0", "30 2", "0 7", "59 23"])
def test_a_daily_digest_is_due_exactly_once_on_every_date(zone: str, time: str) -> None:
    slots = due_slots(f"{time} * * *", zone, *YEAR)
    dates = Counter(slot.local.date() for slot in slots)
    first, last = min(dates), max(dates)
    assert set(dates.values()) == {1}
    assert set(dates) == {first + timedelta(days=n) for n in range((last - first).days + 1)}
    assert all(one.at < other.at for one, other in pairwise(slots))


def test_a_time_that_spring_skips_stands_for_the_moment_it_would_have_been() -> None:
    assert madrid(2026, 3, 29, 2, 30).at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_time_that_autumn_repeats_is_the_first_of_the_two() -> None:
    assert madrid(2026, 10, 25, 2, 30).at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_working_day_digest_rests_at_the_weekend() -> None:
    slots = due_slots("0 7 * * 1-5", "Europe/Madrid", *YEAR)
    assert {slot.local.weekday() for slot in slots} == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("zone", ["Europe/Madrid", "America/Santiago", "Australia/Lord_Howe"])
@pytest.mark.parametrize("line", ["0 * * * *", "*/30 * * * *"])
def test_a_digest_of_every_hour_has_a_slot_for_every_time_on_the_clock(
    zone: str, line: str
) -> None:
    slots = due_slots(line, zone, YEAR[0], YEAR[0] + timedelta(days=365))
    step = timedelta(hours=1) if line.startswith("0") else timedelta(minutes=30)
    assert {b - a for a, b in pairwise(sorted(slot.local for slot in slots))} == {step}
    assert len({slot.key for slot in slots}) == len(slots)
    assert all(one.at <= other.at for one, other in pairwise(slots))


def night_before(month: int, day: int) -> st.SearchStrategy[datetime]:
    """Moments of a night, to the minute."""
    start = datetime(2026, month, day, tzinfo=UTC) - timedelta(hours=2)
    return st.integers(0, 7 * 60).map(lambda minutes: start + timedelta(minutes=minutes))


@given(
    st.lists(
        st.one_of(
            st.datetimes(datetime(2026, 3, 27), datetime(2026, 3, 31), timezones=st.just(UTC)),  # noqa: DTZ001
            night_before(3, 29),
        ),
        min_size=3,
        max_size=5,
        unique=True,
    ),
    st.sampled_from(["30 2 * * *", "0 * * * *", "*/30 * * * *", "0 7 * * 1-5", "15 2-4 * * *"]),
    st.sampled_from(["Europe/Madrid", "Europe/London", "UTC"]),
)
@settings(deadline=None)
def test_looking_often_or_rarely_finds_the_same_slots(
    moments: list[datetime], line: str, zone: str
) -> None:
    looks = sorted(moments)
    found = [slot for a, b in pairwise(looks) for slot in due_slots(line, zone, a, b)]
    assert found == due_slots(line, zone, looks[0], looks[-1])


def test_the_gap_is_that_to_the_slot_before() -> None:
    monday, tuesday = madrid(2026, 11, 23, 7), madrid(2026, 11, 24, 7)
    assert gap_before("0 7 * * 1-5", "Europe/Madrid", monday) == timedelta(days=3)
    assert gap_before("0 7 * * 1-5", "Europe/Madrid", tuesday) == timedelta(days=1)
    yearly = madrid(2027, 1, 1, 7)
    assert gap_before("0 7 1 1 *", "Europe/Madrid", yearly) == timedelta(days=365)


def test_the_key_of_a_slot_is_its_local_time() -> None:
    assert parse_slot("2026-11-22T07:00", "Europe/Madrid").key == "2026-11-22T07:00"
    assert next(slots_after("0 7 * * *", "Europe/Madrid", YEAR[0])).local.date() == date(2026, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-11-22",  # not midnight in silence
        "2026-W47-7",
        "2026-11-22T07:00+01:00",
        "2026-11-22T07:00Z",
        "2026-13-01T07:00",
        "9999-12-31T23:59",
    ],
)
def test_a_slot_that_is_no_local_time_is_named_with_what_was_expected(text: str) -> None:
    with pytest.raises(NewsletterError, match=r"2026-11-22T07:00.*America/New_York"):
        parse_slot(text, "America/New_York")


@pytest.mark.parametrize("text", ["2026-11-22T07:00", "2026-11-22 07:00", "2026-11-22T07:00:59"])
def test_a_slot_is_named_to_the_minute(text: str) -> None:
    assert parse_slot(text, "Europe/Madrid") == madrid(2026, 11, 22, 7)


@pytest.mark.parametrize("line", ["0 7 * *", "99 7 * * *", "@daily", "0 7 31 2 *", "x"])
def test_a_faulty_cron_line_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        check_schedule(line)


def test_a_gap_is_measured_in_hours_that_passed_also_over_years() -> None:
    sunday = madrid(2026, 3, 29, 7)
    assert gap_before("0 7 * * *", "Europe/Madrid", sunday) == timedelta(hours=23)
    leap = madrid(2028, 2, 29, 7)
    assert gap_before("0 7 29 2 *", "Europe/Madrid", leap) == timedelta(days=4 * 365 + 1)


def test_where_no_slot_was_in_years_the_gap_is_the_next_one() -> None:
    """The 29th of February on a Sunday comes every 28 years."""
    sunday = slot_at(datetime(2032, 2, 29), "UTC")  # noqa: DTZ001
    assert gap_before("0 0 29 2 */7", "UTC", sunday) == datetime(2060, 2, 29) - sunday.local  # noqa: DTZ001
