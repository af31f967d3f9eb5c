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


DARK = "(prefers-color-scheme: dark)"


@pytest.mark.parametrize(
    ("media", "light", "dark"),
    [
        ("", "red", "red"),
        ("all", "red", "red"),
        ("Only Screen", "red", "red"),
        ("print", None, None),
        ("print, screen", "red", "red"),
        (DARK, None, "red"),
        (f"screen and {DARK}", None, "red"),
        (f"{DARK} and (min-width:1px)", None, "red"),
        (f"{DARK} and (min-width: 60em)", None, None),
        (f"print and {DARK}", None, None),
        ("(min-width: 0)", "red", "red"),
        ("(min-width: .)", None, None),
        ("(prefers-color-scheme: light)", "red", None),
    ],
)
@pytest.mark.parametrize(
    "sheet", ['<style media="{}">{}</style>', "<style>@media {} {{{}}}</style>"]
)
def test_a_medium_counts_on_the_screens_that_it_means(
    sheet: str, media: str, light: str | None, dark: str | None
) -> None:
    given = read_page(page("<p>x</p>", head=sheet.format(media, "p {color: red}")))
    assert colour(given, on_screen(given)) == light
    assert colour(given, on_screen(given, dark=True)) == dark
    assert has_dark_colours(given) == (DARK in media)


def test_the_medium_of_a_sheet_and_of_a_rule_in_it_must_both_hold() -> None:
    css = "@media screen, print {p {color: red}}"
    given = read_page(page("<p>x</p>", head=f'<style media="{DARK}">{css}</style>'))
    assert colour(given, on_screen(given)) is None
    assert colour(given, on_screen(given, dark=True)) == "red"
