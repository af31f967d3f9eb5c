"""A real browser for tests that look: `from tests.browser import browser  # noqa: F401`.

The fixture lives as long as a module: Playwright's event loop must not be around when tests of
other modules start theirs.
"""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.require import missing

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window, or a skip that says why (a failure where one is required)."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        yield made
        made.close()


def show(browser: Browser, html: str, *, width: int, scheme: str = "light") -> Page:
    """The HTML in a window of that width (CSS pixels), light or dark, cut off from any network."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        offline=True,
    )
    page = context.new_page()
    page.set_content(html, wait_until="domcontentloaded")
    return page


def executable() -> str:
    """Where chromium is; skips or fails the test where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing("browser", f"none of {', '.join(NAMES)} is installed")
    return found
