"""What premailer is made to remember changes nothing of what it does."""

import pytest

from newsletter.rendering.inline import inlined
from newsletter.rendering.premailing import _rules

CSS = ".a { color: red; margin: 0 !important } p > .a, td { padding: 1px } .a:hover { color: blue }"
HTML = '<!doctype html><html><head></head><body><p class="{0}">x</p><td>{0}</td></body></html>'


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    _rules.cache_clear()


def test_what_is_remembered_of_a_style_sheet_serves_every_letter() -> None:
    letters = [HTML.format(name) for name in ("a", "b", "a")]
    remembered = [inlined(letter, CSS) for letter in letters]
    assert _rules.cache_info().hits == 2  # premailer still asks where we answer
    for letter, found in zip(letters, remembered, strict=True):
        _rules.cache_clear()
        assert inlined(letter, CSS) == found
    assert 'style="color:red' in remembered[0]
    assert remembered[0] == remembered[2] != remembered[1]


def test_another_style_sheet_is_another() -> None:
    assert inlined(HTML.format("a"), CSS) != inlined(HTML.format("a"), CSS.replace("red", "green"))
