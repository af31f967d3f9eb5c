"""The whole letter, in every language that the layouts ship with."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.rendering.editions import edition, letter

LANGUAGES = ("en", "es", "ar")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_has_one_first_heading_and_says_its_language(language: str) -> None:
    page = LexborHTMLParser(letter(edition(language)).html)
    root = page.css("html")[0].attributes
    assert len(page.css("h1")) == 1
    assert root["lang"] == language
    assert root["dir"] == ("rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_the_machinery_is_left_in_a_letter(language: str) -> None:
    made = letter(edition(language))
    for leftover in ("<mj-", "{{", "{%", r"\u{", "&amp;#"):
        assert leftover not in made.html
        assert leftover not in made.text
