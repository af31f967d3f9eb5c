"""What axe-core, the usual checker of accessibility, finds in letters: nothing."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from newsletter.model.edition import Slot
from newsletter.rendering.specimen import NEWS, PUBLICATION, specimen, specimen_pictures
from tests.browser import browser, show  # noqa: F401
from tests.rendering.editions import (
    LANGUAGES,
    LAYOUTS,
    MARKER,
    full_letter,
    layout,
    letter,
    odd_edition,
    words,
)

# A letter stands within the page of a mail program, which has the landmarks.
_OF_PAGES = ("region", "landmark-one-main")
_SLOT = Slot(datetime(2026, 1, 15, 7), datetime(2026, 1, 15, 6, tzinfo=UTC))  # noqa: DTZ001
EVERYTHING = {"rules": {rule: {"enabled": False} for rule in _OF_PAGES}}
CONTRAST = {"runOnly": ["color-contrast"]}


@pytest.fixture(scope="module")
def light(browser: Browser) -> Iterator[Page]:  # noqa: F811
    page = show(browser, "", width=640)
    yield page
    page.close()


@pytest.fixture(scope="module")
def dark(browser: Browser) -> Iterator[Page]:  # noqa: F811
    page = show(browser, "", width=375, scheme="dark")
    yield page
    page.close()


@cache
def _html(name: str, language: str) -> str:
    match language:
        case "odd":
            return letter(odd_edition(), layout=layout(name)).html
        case "specimen":
            shown = specimen("daily", _SLOT, "en")
            return letter(
                shown,
                publication=PUBLICATION,
                layout=layout(name),
                words=words("en"),
                pictures=specimen_pictures(shown),
                base_url=NEWS,
                marker=MARKER,
            ).html
        case _:
            return full_letter(name, language).html


def _violations(page: Page, html: str, options: Mapping[str, object]) -> list[str]:
    page.set_content(html, wait_until="domcontentloaded")
    found = Axe().run(page, options=dict(options)).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("language", [*LANGUAGES, "odd", "specimen"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_a_letter_shuts_nobody_out(light: Page, dark: Page, name: str, language: str) -> None:
    html = _html(name, language)
    assert _violations(light, html, EVERYTHING) == []
    assert _violations(dark, html, CONTRAST) == []


def test_what_is_wrong_is_found(light: Page) -> None:
    html = full_letter().html.replace(' alt="', ' title="')
    assert any(each.startswith("image-alt") for each in _violations(light, html, EVERYTHING))
