"""Colours, and their contrast."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from newsletter.checks.colours import (
    BLACK,
    WHITE,
    background_of,
    colour_of,
    contrast,
    over,
    written,
)


@pytest.mark.parametrize(
    ("value", "colour"),
    [
        ("#FFF", "#ffffff"),
        ("#12345680", "#123456"),
        ("rgb(255, 0, 10)", "#ff000a"),
        ("rgb(100% 0% 0% / 50%)", "#ff0000"),
        ("hsl(120, 100%, 25%)", "#008000"),
        ("RebeccaPurple", "#663399"),
    ],
)
def test_colours_are_read_as_css_writes_them(value: str, colour: str) -> None:
    found = colour_of(value)
    assert found is not None
    assert written(found) == colour


@pytest.mark.parametrize("value", ["inherit", "var(--x)", "#12", "rgb(1)", "rgb(-,.,%)", "url(x)"])
def test_what_depends_on_something_else_is_no_colour(value: str) -> None:
    assert colour_of(value) is None


def test_the_contrast_is_that_of_wcag() -> None:
    grey = colour_of("#767676")
    assert grey is not None
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast(WHITE, grey) == pytest.approx(4.54, abs=0.01)


def test_a_colour_that_lets_through_is_mixed_with_what_is_behind() -> None:
    assert written(over((0, 0, 0, 0.5), WHITE)) == "#808080"


def test_a_background_names_its_colour_among_other_things() -> None:
    found = background_of("url('red.png') no-repeat #123456")
    assert found is not None
    assert background_of("no-repeat center") is None


@given(st.text(alphabet="rgbahsl(0123456789.,%-/ #) ", max_size=40))
def test_any_value_is_a_colour_or_none(value: str) -> None:
    assert colour_of(value) is None or len(colour_of(value) or ()) == 4
    background_of(value)


def test_a_name_is_known_too_when_pillow_has_looked_it_up_before() -> None:
    Image.new("RGB", (1, 1), "white")
    assert colour_of("white") == WHITE
