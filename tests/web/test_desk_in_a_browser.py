"""The desk as an editor uses it."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import browser  # noqa: F401
from tests.journeys.project import NEWSLETTER
from tests.web.serving import new_project

PATIENCE = 120_000  # milliseconds; how long a slow machine may take


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """`newsletter preview` at work on a project, and the address that it printed."""

    folder: Path
    address: str


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[OpenDesk]:
    folder = new_project(tmp_path / "paper")
    process = subprocess.Popen(
        [*NEWSLETTER, "preview", "--project", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONUNBUFFERED": "1",
        },
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    yield OpenDesk(folder, next(word for word in line.split() if word.startswith("http")))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 0


def opened(browser: Browser, desk: OpenDesk, *, width: int = 1480, scripts: bool = True) -> Page:  # noqa: F811
    context = browser.new_context(
        viewport={"width": width, "height": 950}, java_script_enabled=scripts
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(desk.address)
    return page


def test_both_languages_are_shown_at_two_widths_with_their_pictures(
    browser: Browser,  # noqa: F811
    desk: OpenDesk,
) -> None:
    page = opened(browser, desk)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.reload()
    for link, headline in (("Morning edition", "The port"), ("Edición", "El puerto")):
        page.get_by_role("link", name=link).click()
        for frame in (page.frame_locator(".phone iframe"), page.frame_locator(".desktop iframe")):
            expect(frame.locator("h2").first).to_contain_text(headline, timeout=PATIENCE)
            picture = frame.locator("img").first
            expect(picture).to_have_js_property("naturalWidth", 1280, timeout=PATIENCE)
    assert said == []


def test_dark_and_text_can_be_chosen(browser: Browser, desk: OpenDesk) -> None:  # noqa: F811
    page = opened(browser, desk)
    page.get_by_label("Dark").check(force=True)
    title = page.frame_locator(".phone iframe").locator("h2").first.locator("a")
    expect(title).to_have_css("color", re.compile(r"rgb\(2[0-9]{2}, 2"), timeout=PATIENCE)
    page.get_by_role("radio", name="Text").check(force=True)
    expect(page.locator(".text-part pre")).to_contain_text("The port that turned down the volume")
    expect(page.locator(".frames")).to_be_hidden()


def test_the_page_follows_an_article_and_a_layout_as_they_are_saved(
    browser: Browser,  # noqa: F811
    desk: OpenDesk,
) -> None:
    page = opened(browser, desk)
    article = next((desk.folder / "articles" / "en").glob("the-port*.md"))
    text = article.read_text("utf-8")
    article.write_text(text.replace("turned down the volume", "found its voice", 1), "utf-8")
    expect(page.locator(".lines h1")).to_have_text(
        "The port that found its voice", timeout=PATIENCE
    )
    words = desk.folder / "layouts" / "_words" / "en.toml"
    words.write_text(words.read_text("utf-8").replace("Continue reading", "Go on"), "utf-8")
    button = page.frame_locator(".desktop iframe").get_by_text("Go on")
    expect(button).to_be_visible(timeout=PATIENCE)


def test_a_colour_of_the_layout_changes_in_the_letter_as_it_is_saved(
    browser: Browser,  # noqa: F811
    desk: OpenDesk,
) -> None:
    page = opened(browser, desk)
    look = desk.folder / "layouts" / "layout.toml"
    text = look.read_text("utf-8")
    assert 'ink = "#15171c"' in text
    look.write_text(text.replace('ink = "#15171c"', 'ink = "#00008b"'), "utf-8")
    title = page.frame_locator(".phone iframe").locator("h2").first.locator("a")
    expect(title).to_have_css("color", "rgb(0, 0, 139)", timeout=PATIENCE)


def test_a_choice_outlives_the_next_save(browser: Browser, desk: OpenDesk) -> None:  # noqa: F811
    page = opened(browser, desk)
    page.get_by_role("radio", name="Text").check(force=True)
    article = next((desk.folder / "articles" / "en").glob("the-port*.md"))
    text = article.read_text("utf-8")
    article.write_text(text.replace("turned down the volume", "found its voice", 1), "utf-8")
    part = page.locator(".text-part pre")
    expect(part).to_contain_text("The port that found its voice", timeout=PATIENCE)
    expect(part).to_be_visible()
    expect(page.get_by_role("radio", name="Text")).to_be_checked()


def test_a_phone_shows_the_desk_without_scrolling_sideways(
    browser: Browser,  # noqa: F811
    desk: OpenDesk,
) -> None:
    page = opened(browser, desk, width=390)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("radio", name="Text").check(force=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


# What can be focused, by a name that tells radio buttons of one group together: Tab stops at one.
_NAMED = "(each) => each.name || each.getAttribute('href') || each.innerText"
_CONTROLS = "main input, button, nav a, summary"


def test_the_keyboard_reaches_every_control(browser: Browser, desk: OpenDesk) -> None:  # noqa: F811
    page = opened(browser, desk)
    page.locator(".tools").wait_for()
    wanted = set(page.locator(_CONTROLS).evaluate_all(f"(all) => all.map({_NAMED})"))
    reached = set()
    for _ in range(200):  # the letters in the frames have links of their own
        page.keyboard.press("Tab")
        reached.add(page.evaluate(f"({_NAMED})(document.activeElement)"))
    assert {"Collect now", "width", "scheme", "part"} < wanted
    assert wanted <= reached


def test_the_arrow_keys_choose(browser: Browser, desk: OpenDesk) -> None:  # noqa: F811
    page = opened(browser, desk)
    page.get_by_role("radio", name="HTML").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".text-part pre")).to_be_visible()


def test_without_scripts_the_page_shows_everything(
    browser: Browser,  # noqa: F811
    desk: OpenDesk,
) -> None:
    page = opened(browser, desk, scripts=False)
    expect(page.locator(".text-part pre")).to_be_visible()
    for link, words in (("Morning edition", "The port"), ("Edición", "El puerto")):
        page.get_by_role("link", name=link).click()
        headline = page.frame_locator(".desktop iframe").locator("h2").first
        expect(headline).to_contain_text(words, timeout=PATIENCE)
