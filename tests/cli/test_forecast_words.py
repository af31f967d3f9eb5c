"""A forecast as people read it."""

from datetime import timedelta

import pytest

from newsletter.cli.collect import duration_words


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(), "1 min"),
        (timedelta(seconds=5714), "95 min"),
        (timedelta(minutes=125), "2.1 hours"),
        (timedelta(hours=47), "47.0 hours"),
        (timedelta(hours=60), "2.5 days"),
    ],
)
def test_a_duration_is_as_exact_as_a_forecast(duration: timedelta, words: str) -> None:
    assert duration_words(duration) == words
