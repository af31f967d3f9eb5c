"""What stands on the desk's page, and that it stays where the editor was looking."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from selectolax.lexbor import LexborHTMLParser

from newsletter.app import App, open_app
from newsletter.model.edition import Rule
from newsletter.web.desk import Desk
from newsletter.web.view import _RULES
from tests.browser import browser  # noqa: F401
from tests.web.serving import new_project, serving

PATIENCE = 120_000  # milliseconds; how long a slow machine may take
EVENING = datetime(2031, 5, 1, 20, 0, tzinfo=UTC)
WEEKLY = """
[[digests]]
name = "weekly"
title = {en = "The week"}
schedule = "0 9 * * 6"
timezone = "America/New_York"
min_stories = 10
languages = ["en"]
"""


class Address:
    """Where an editor goes, with the token that lets them in."""

    def __init__(self, desk: Desk) -> None:
        self.start = desk.start_address
        self.base = desk.start_address.partition("/?")[0]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    folder = new_project(tmp_path / "paper")
    config = folder / "newsletter.toml"
    config.write_text(config.read_text("utf-8") + WEEKLY, "utf-8")
    with open_app(folder, clock=lambda: EVENING) as app:
        yield app


@pytest.fixture
def address(app: App, free_port: int) -> Iterator[Address]:
    desk = Desk(app, port=free_port)
    with serving(desk.application, free_port):
        yield Address(desk)


@pytest.fixture
def page(browser: Browser, address: Address) -> Page:  # noqa: F811
    context = browser.new_context(viewport={"width": 1400, "height": 950})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(address.start)
    return page


def body(app: App, path: str) -> LexborHTMLParser:
    desk = Desk(app, port=1)
    with serving(desk.application) as client:
        host = {"Host": "127.0.0.1:1"}
        entered = client.ask("GET", f"/?start={desk.token}", host)
        cookie = {"Cookie": entered.headers["set-cookie"].partition(";")[0]}
        return LexborHTMLParser(client.ask("GET", path, {**host, **cookie}).body)


def texts(page: LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(each.text().split()) for each in page.css(selector)]


def test_the_rail_tells_of_every_edition_when_and_to_how_many(app: App) -> None:
    page = body(app, "/")
    assert texts(page, ".rail a:first-child .rail-line") == [
        "English · Tomorrow, 07:00",
        "7 new stories, 10 readers",
    ]
    assert texts(page, ".rail .badge") == ["next", "next", "sample"]
    assert texts(page, ".rail a[aria-current] .rail-title") == ["Morning edition"]


def test_the_inbox_shows_who_writes(app: App) -> None:
    assert texts(body(app, "/"), ".lines .sender b") == ["The Meridian"]
    assert texts(body(app, "/?edition=daily.es"), ".lines .sender b") == ["El Meridiano"]


def test_a_digest_that_waits_for_more_stories_says_so(app: App) -> None:
    (why,) = texts(body(app, "/?edition=weekly.en"), ".sample")
    assert "waits for 10 new stories (min_stories) and has 7" in why
    assert "never sent" in why


def test_every_rule_has_words() -> None:
    assert set(_RULES) == set(Rule)


def test_collecting_leads_back_to_the_edition_that_was_looked_at(page: Page) -> None:
    page.get_by_role("link", name="Edición").click()
    page.get_by_role("button", name="Collect now").click()
    expect(page.locator(".rail a[aria-current]")).to_contain_text("Edición de la mañana")
    assert page.url.endswith("/?edition=daily.es")


def test_phone_and_desktop_stand_side_by_side(page: Page) -> None:
    phone, desktop = (
        page.locator(f".{each} iframe").bounding_box() for each in ("phone", "desktop")
    )
    assert phone is not None
    assert desktop is not None
    assert phone["y"] == desktop["y"]
    assert (phone["width"], desktop["width"] >= 680) == (387, True)  # 375 and the phone's frame


@pytest.mark.parametrize("scheme", ["Light", "Dark"])
def test_a_save_leaves_everything_where_the_editor_was_looking(
    app: App, page: Page, scheme: str
) -> None:
    page.get_by_label(scheme).check(force=True)
    expect(page.locator(f".frames[data-scheme={scheme.lower()}]")).to_be_visible()
    page.locator("summary").first.click()
    for frame, far in (("phone", 700), ("desktop", 400)):
        expect(page.frame_locator(f".{frame} iframe").locator("h2").first).to_be_visible()
        scroll(page, frame, far)
    page.wait_for_timeout(4000)  # browsers write down where a page stands a while after it moved
    words = app.folder / "layouts" / "_words" / "en.toml"
    words.write_text(words.read_text("utf-8").replace("Continue reading", "Go on"), "utf-8")
    renewed = page.frame_locator(".phone iframe").get_by_text("Go on").first
    expect(renewed).to_be_attached(timeout=PATIENCE)
    for frame, far in (("phone", 700), ("desktop", 400)):
        expect(page.frame_locator(f".{frame} iframe").locator("html")).to_have_js_property(
            "scrollTop", far, timeout=PATIENCE
        )
    assert page.locator("details[open]").count() == 1


def scroll(page: Page, frame: str, far: int) -> None:
    """As a reader does, with the wheel: the letter runs no script."""
    box = page.locator(f".{frame} iframe").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 200)
    page.mouse.wheel(0, far)
    shown = page.frame_locator(f".{frame} iframe").locator("html")
    expect(shown).to_have_js_property("scrollTop", far, timeout=PATIENCE)


def test_what_keeps_the_desk_from_being_shown_is_said_and_it_heals(app: App, page: Page) -> None:
    """Another program holds a table: nothing can be read until it is back."""
    rename(app, "editions", "elsewhere")
    page.reload()
    expect(page.get_by_role("heading", name="The desk cannot be shown")).to_be_visible()
    rename(app, "elsewhere", "editions")
    expect(page.locator(".rail")).to_be_visible(timeout=PATIENCE)


def rename(app: App, old: str, new: str) -> None:
    with closing(sqlite3.connect(app.folder / "newsletter.db")) as connection, connection:
        connection.execute("pragma legacy_alter_table = on")
        connection.execute(f"alter table {old} rename to {new}")
