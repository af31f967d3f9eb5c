from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.retry import expires_at, next_try

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (6, 120), (50, 120)]
)
def test_each_try_waits_longer_up_to_two_hours(attempts: int, minutes: int) -> None:
    assert next_try(attempts, NOW, expires=TOMORROW) == NOW + timedelta(minutes=minutes)


def test_nothing_is_tried_past_its_expiry() -> None:
    assert next_try(1, NOW, expires=NOW + timedelta(minutes=4)) is None
    assert next_try(1, NOW, expires=NOW + timedelta(minutes=5)) == NOW + timedelta(minutes=5)


@given(attempts=st.integers(1, 20), spread=st.floats(-1, 1))
def test_the_spread_moves_a_try_by_at_most_a_fifth(attempts: int, spread: float) -> None:
    plain = next_try(attempts, NOW, expires=TOMORROW)
    moved = next_try(attempts, NOW, expires=TOMORROW, spread=spread)
    assert plain is not None
    assert moved is not None
    assert abs((moved - plain) / (plain - NOW)) <= 0.2001


HOUR = timedelta(hours=1)


def test_a_reader_is_given_up_a_day_after_the_slot() -> None:
    assert expires_at(NOW, NOW + HOUR / 2) == NOW + timedelta(hours=24, minutes=30)
    assert expires_at(NOW, NOW - HOUR) == TOMORROW


def test_a_newer_edition_gives_up_the_readers_of_the_one_before() -> None:
    assert expires_at(NOW, NOW, NOW + 4 * HOUR) == NOW + 4 * HOUR
    assert expires_at(NOW, NOW, NOW + 168 * HOUR) == TOMORROW


def test_who_was_tried_last_of_all_still_has_an_hour() -> None:
    late = NOW + 3 * HOUR + timedelta(minutes=50)
    assert expires_at(NOW, late, NOW + 4 * HOUR) == late + HOUR
    assert next_try(3, late + HOUR / 4, expires=late + HOUR) is not None
