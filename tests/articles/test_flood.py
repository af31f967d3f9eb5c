"""What is usual for a source, and what is too much."""

from datetime import timedelta

import pytest

from newsletter.articles.flood import flood, move, usual_number
from tests.articles.build import moment

NOW = moment(20).at
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_what_is_usual_follows_from_the_dates_of_the_latest_articles() -> None:
    ten_a_day = [NOW - DAY - n * DAY / 10 for n in range(1, 51)]
    assert usual_number(ten_a_day, NOW - DAY, NOW) == pytest.approx(10, rel=0.05)
    assert usual_number(ten_a_day, NOW - HOUR, NOW) == pytest.approx(10 / 24, rel=0.25)


@pytest.mark.parametrize("dates", [[], [NOW - DAY], [NOW + DAY, NOW + 2 * DAY]])
def test_with_too_few_dates_nothing_is_usual(dates: list[object]) -> None:
    assert usual_number(dates, NOW - HOUR, NOW) == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("new", "usual", "held"),
    [(20, 0.0, False), (21, 0.0, True), (21, 4.3, False), (200, 40.0, False), (201, 40.0, True)],
)
def test_a_flood_is_more_than_five_times_the_usual(new: int, usual: float, held: bool) -> None:
    assert bool(flood(new, usual)) is held


def test_a_flood_names_its_numbers() -> None:
    reason = flood(43, 3.2)
    assert reason == "one of 43 new articles at once, where about 3 are usual"


@pytest.mark.parametrize(
    ("new", "recognised", "held"), [(2, 3, True), (3, 3, False), (1, 2, False), (0, 9, True)]
)
def test_a_source_that_moved_shows_mostly_what_was_there(
    new: int, recognised: int, held: bool
) -> None:
    assert bool(move(new, recognised)) is held
