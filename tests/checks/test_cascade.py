"""Which declaration wins."""

import pytest

from newsletter.checks.cascade import Styles, has_dark_colours, inlined, on_screen
from newsletter.checks.page import Page, read_page
from tests.checks.mails import page


def colour(given: Page, styles: Styles, tag: str = "p") -> str | None:
    (element,) = given.tagged(tag)
    declared = styles.get(element.index, {}).get("color")
    return declared.value if declared else None


@pytest.mark.parametrize(
    ("css", "style", "inliner", "screen"),
    [
        ("p {color: red}", "", "red", "red"),
        ("p {color: red} p {color: blue}", "", "blue", "blue"),
        (".x {color: red} p {color: blue}", "", "red", "red"),
        ("#y {color: red} .x.x {color: blue}", "", "red", "red"),
        ("p {color: red}", "color: blue", "blue", "blue"),
        ("p {color: red !important}", "color: blue", "blue", "red"),
        ("p {color: red !important} #y {color: blue}", "", "red", "red"),
        ("@media screen {p {color: red}}", "", None, "red"),
        ("@media print {p {color: red}}", "", None, None),
        ("@media (max-width: 500px) {p {color: red}}", "", None, None),
        ("p:hover {color: red}", "", None, None),
        ("* {color: red}", "", None, "red"),
        ("p:first-child {color: red}", "", "red", "red"),
    ],
)
def test_what_wins_for_an_inliner_and_on_a_screen(
    css: str, style: str, inliner: str | None, screen: str | None
) -> None:
    given = read_page(
        page(f'<p id="y" class="x" style="{style}">x</p>', head=f"<style>{css}</style>")
    )
    assert colour(given, inlined(given)) == inliner
    assert colour(given, on_screen(given)) == screen


def test_dark_colours_lie_over_the_light_ones() -> None:
    css = "p {color: red} @media (prefers-color-scheme: dark) {p {color: blue}}"
    given = read_page(page("<p>x</p>", head=f"<style>{css}</style>"))
    assert has_dark_colours(given)
    assert colour(given, on_screen(given)) == "red"
    assert colour(given, on_screen(given, dark=True)) == "blue"


def test_sheets_for_a_medium_or_another_tool_are_not_inlined() -> None:
    head = (
        '<style media="print">p {color: red}</style>'
        '<style data-premailer="ignore">p {color: blue}</style>'
    )
    given = read_page(page("<p>x</p>", head=head))
    assert colour(given, inlined(given)) is None
