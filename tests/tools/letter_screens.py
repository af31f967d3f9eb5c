"""Keeps the pictures that letters are compared with: python -m tests.tools.letter_screens

Needs chromium, and the fonts that .ci/run installs. Writes tests/data/rendering/screens; look at
them before you commit them.
"""

from playwright.sync_api import sync_playwright

from tests.browser import executable
from tests.rendering.editions import full_letter
from tests.rendering.screens import FOLDER, SCREENS, name_of, taken, written
from tests.rendering.views import opened


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        page = opened(browser)
        for layout, language, screen in SCREENS:
            shot = taken(page, full_letter(layout, language).html, screen)
            path = FOLDER / name_of(layout, language, screen)
            path.write_bytes(written(shot))
        browser.close()


if __name__ == "__main__":
    main()
