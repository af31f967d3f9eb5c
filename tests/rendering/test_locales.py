"""Dates and names of languages."""

from datetime import date

import pytest

from newsletter.rendering.locales import direction, language_name, long_date, short_date

DAY = date(2026, 11, 3)


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        ("en", "Tuesday, November 3, 2026", "Nov\u00a03"),
        ("en-GB", "Tuesday, 3 November 2026", "3\u00a0Nov"),
        ("es", "martes, 3 de noviembre de 2026", "3\u00a0nov"),
        ("es-XX", "martes, 3 de noviembre de 2026", "3\u00a0nov"),
        ("und", "Tuesday, November 3, 2026", "Nov\u00a03"),
    ],
)
def test_a_date_is_written_as_its_readers_do(language: str, long: str, short: str) -> None:
    assert long_date(DAY, language) == long
    assert short_date(DAY, language) == short


def test_a_language_is_named_in_another() -> None:
    assert language_name("en", within="es") == "inglés"
    assert language_name("ar", within="en") == "Arabic"


@pytest.mark.parametrize(("language", "expected"), [("ar", "rtl"), ("he", "rtl"), ("es", "ltr")])
def test_a_language_knows_its_direction(language: str, expected: str) -> None:
    assert direction(language) == expected
