"""Authors: names joined as the language does, initials, the bio that the reader can read."""

import pytest

from newsletter.model.article import Author
from newsletter.rendering.people import bio_in, disc_colour, initials, joined
from tests.rendering.editions import words


@pytest.mark.parametrize(
    ("language", "names", "expected"),
    [
        ("en", ("Ann",), "Ann"),
        ("en", ("Ann", "Bo"), "Ann and Bo"),
        ("en", ("Ann", "Bo", "Cy"), "Ann, Bo and Cy"),
        ("es", ("Ana", "Benito", "Celia"), "Ana, Benito y Celia"),
        ("es", ("Ana", "Inés"), "Ana e Inés"),
        ("es", ("Ana", "Hilario"), "Ana e Hilario"),
        ("es", ("Ana", "Ian"), "Ana y Ian"),
        ("ar", ("أنا", "بسام", "جنى"), "أنا، بسام وجنى"),
        ("en", (), ""),
    ],
)
def test_names_are_joined_as_the_language_does(
    language: str, names: tuple[str, ...], expected: str
) -> None:
    assert joined(names, words(language)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Lucía Ferrer", "LF"),
        ("Daniel", "D"),
        ("Ana María de la Cruz", "AC"),
        ("“Ñ” Peña", "ÑP"),
        ("EFE", "E"),
        ("نادية العمراني", "ن"),
        ("—", ""),
    ],
)
def test_initials_are_those_of_the_first_and_the_last_word(name: str, expected: str) -> None:
    assert initials(name) == expected


def test_a_name_keeps_its_colour() -> None:
    assert disc_colour("Lucía Ferrer") == disc_colour("Lucía Ferrer")


@pytest.mark.parametrize(
    ("language", "expected"), [("es", "ES"), ("es-MX", "ES"), ("en", "GB"), ("fr", None)]
)
def test_a_bio_is_shown_in_the_readers_language_only(language: str, expected: str | None) -> None:
    author = Author(name="A", bio={"und": "?", "en-GB": "GB", "es": "ES"})
    assert bio_in(language, author) == expected
