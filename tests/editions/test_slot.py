"""Slots: local clock times, each exactly once, also in the nights when clocks change."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.editions.due import run_or_fold
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


@given(
    st.lists(
        st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 30), timezones=st.just(UTC)),  # noqa: DTZ001
        min_size=3,
        max_size=5,
        unique=True,
    )
)
def test_looking_often_or_rarely_finds_the_same_slots(moments: list[datetime]) -> None:
    looks = sorted(moments)
    found = [s for a, b in pairwise(looks) for s in due_slots("30 2 * * *", "Europe/Madrid", a, b)]
    assert found == due_slots("30 2 * * *", "Europe/Madrid", looks[0], looks[-1])


def test_the_gap_is_that_to_the_slot_before() -> None:
    monday, tuesday = madrid(2026, 11, 23, 7), madrid(2026, 11, 24, 7)
    assert gap_before("0 7 * * 1-5", "Europe/Madrid", monday) == timedelta(days=3)
    assert gap_before("0 7 * * 1-5", "Europe/Madrid", tuesday) == timedelta(days=1)
    yearly = madrid(2027, 1, 1, 7)
    assert gap_before("0 7 1 1 *", "Europe/Madrid", yearly) == timedelta(days=365)


def test_the_key_of_a_slot_is_its_local_time() -> None:
    assert parse_slot("2026-11-22T07:00", "Europe/Madrid").key == "2026-11-22T07:00"
    assert next(slots_after("0 7 * * *", "Europe/Madrid", YEAR[0])).local.date() == date(2026, 1, 1)


@pytest.mark.parametrize("text", ["tomorrow", "2026-11-22T07:00+01:00", "2026-13-01T07:00"])
def test_a_slot_that_is_no_local_time_is_named_with_what_was_expected(text: str) -> None:
    with pytest.raises(NewsletterError, match=r"2026-11-22T07:00.*Europe/Madrid"):
        parse_slot(text, "Europe/Madrid")


@pytest.mark.parametrize("line", ["0 7 * *", "99 7 * * *", "@daily", "0 7 31 2 *", "x"])
def test_a_faulty_cron_line_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        check_schedule(line)


def test_after_an_outage_readers_get_one_edition_not_three() -> None:
    due = [madrid(2026, 11, day, 7) for day in (20, 21, 22)]
    run, folded = run_or_fold(due, due[-1].at + timedelta(minutes=5), late=timedelta(hours=6))
    assert run == due[-1]
    assert [each.slot for each in folded] == due[:-1]


def test_a_slot_that_is_too_late_waits_for_the_next() -> None:
    due = [madrid(2026, 11, 22, 7)]
    run, folded = run_or_fold(due, due[0].at + timedelta(hours=7), late=timedelta(hours=6))
    assert run is None
    assert "later than" in folded[0].reason
