"""Letters as chromium shows them against pictures that were looked at and kept.

After a change that was meant: `python -m tests.tools.letter_screens`, and look at what it wrote.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser import browser, executable  # noqa: F401
from tests.rendering.editions import full_letter, layout
from tests.rendering.screens import (
    DESKTOP,
    FOLDER,
    PHONE,
    SCREENS,
    Screen,
    difference,
    name_of,
    taken,
)
from tests.rendering.views import opened

LOOK = layout().look


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:  # noqa: F811
    made = opened(browser)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("layout", "language", "screen"),
    SCREENS,
    ids=[name_of(*each).removesuffix(".jpg") for each in SCREENS],
)
def test_a_letter_looks_as_it_was_kept(
    page: Page, layout: str, language: str, screen: Screen
) -> None:
    found = difference(
        Image.open(FOLDER / name_of(layout, language, screen)),
        taken(page, full_letter(layout, language).html, screen),
    )
    assert found.small, found


def test_every_kept_picture_is_still_compared() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {name_of(*each) for each in SCREENS}


def _without_masthead(html: str) -> str:
    return re.sub(r'<tr><td class="nameplate".*?</tr>', "", html, count=1, flags=re.DOTALL)


def _with_another_accent(html: str) -> str:
    blue = html.replace(LOOK.light["accent"], "#1a4fa3")
    return blue.replace(LOOK.dark["accent"], "#88bbff")


def _the_other_way(html: str) -> str:
    return re.sub("rtl|ltr", lambda way: "ltr" if way[0] == "rtl" else "rtl", html)


def _without_faces(html: str) -> str:
    return html.replace("marta-lindgren.jpg", "nobody.jpg")


def _without_pictures(html: str) -> str:
    return re.sub(r"<img [^>]*>", "", html)


def _without_the_queries(html: str) -> str:
    return html.replace("@media", "@never")


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize(
    "broken",
    [
        _without_masthead,
        _with_another_accent,
        _the_other_way,
        _without_faces,
        _without_pictures,
        _without_the_queries,
    ],
)
def test_a_broken_letter_does_not_pass(
    page: Page, broken: Callable[[str], str], screen: Screen
) -> None:
    made = taken(page, broken(full_letter("digest", "en").html), screen)
    assert not difference(Image.open(FOLDER / name_of("digest", "en", screen)), made).small


def test_letters_that_are_drawn_a_little_otherwise_pass(browser: Browser) -> None:  # noqa: F811
    other = browser.browser_type.launch(
        executable_path=executable(),
        args=["--no-sandbox", "--font-render-hinting=none", "--disable-font-subpixel-positioning"],
    )
    made = taken(opened(other), full_letter("digest", "en").html, PHONE)
    other.close()
    found = difference(Image.open(FOLDER / name_of("digest", "en", PHONE)), made)
    assert found.small, found
