"""Of the slots that are due, at most one is run; the others are folded, and say why."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from newsletter.editions.due import run_or_fold
from newsletter.editions.slot import slot_at
from newsletter.model.edition import Slot

LATE = timedelta(hours=6)


def slot(day: int) -> Slot:
    """Seven in the morning of a day in November."""
    return slot_at(datetime(2026, 11, day, 7), "Europe/Madrid")  # noqa: DTZ001


def test_after_an_outage_readers_get_one_edition_not_three() -> None:
    due = [slot(20), slot(21), slot(22)]
    run, folded = run_or_fold(due, due[-1].at + timedelta(minutes=5), late=LATE)
    assert run == due[-1]
    assert [each.slot for each in folded] == due[:-1]
    assert all("folded into 2026-11-22T07:00" in each.reason for each in folded)


def test_a_slot_that_is_too_late_waits_for_the_next() -> None:
    due = [slot(22)]
    run, folded = run_or_fold(due, due[0].at + timedelta(hours=7), late=LATE)
    assert run is None
    assert "later than" in folded[0].reason


def test_what_is_late_by_no_more_than_allowed_is_run() -> None:
    due = [slot(22)]
    assert run_or_fold(due, due[0].at + LATE, LATE) == (due[0], ())


def test_when_nothing_is_due_nothing_is_run_nor_folded() -> None:
    assert run_or_fold([], slot(22).at, late=LATE) == (None, ())


def test_after_an_outage_that_lasts_too_long_every_slot_is_folded() -> None:
    due = [slot(20), slot(21), slot(22)]
    run, folded = run_or_fold(due, due[-1].at + timedelta(hours=12), LATE)
    assert run is None
    assert [each.slot for each in folded] == due
    assert all("folded into the next" in each.reason for each in folded)


@given(st.sets(st.integers(1, 30)), st.integers(0, 20))
def test_every_slot_is_either_run_or_folded(days: set[int], hours: int) -> None:
    due = [slot(day) for day in sorted(days)]
    now = slot(30).at + timedelta(hours=hours)
    run, folded = run_or_fold(due, now, LATE)
    assert [*(each.slot for each in folded), *([run] if run else [])] == due
    assert run is None or now - run.at <= LATE
