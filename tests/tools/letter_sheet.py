"""Takes pictures of every letter, to look at: python -m tests.tools.letter_sheet [LAYOUT …]

Needs chromium. Writes into build/letters: one sheet for each layout (languages below each other;
phone, tablet and desktop in both schemes beside each other), one of what the letters are in poorer
programs and narrower or wider windows, one over all, and in shots/ every picture in full size.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page, sync_playwright

from tests.browser import executable
from tests.rendering.editions import LANGUAGES, LAYOUTS, full_letter
from tests.rendering.views import VIEWS, opened

FOLDER = Path(__file__).parents[2] / "build" / "letters"
WIDTHS = (375, 640, 1024)
SCHEMES = ("light", "dark")
# What is looked at in one language only, by view and width of the window.
POORER = (
    ("pictures off", 375),
    ("pictures off", 640),
    ("styles stripped", 375),
    ("styles stripped", 640),
    ("outlook", 800),
    ("whole", 320),
    ("whole", 1200),
)
_PAPER, _INK = "#8a8d91", "#ffffff"
_GAP = 24
_HEAD = 22

Shots = list[tuple[str, Image.Image]]


def main(layouts: list[str]) -> None:
    FOLDER.joinpath("shots").mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        pages = {scheme: opened(browser, scheme=scheme) for scheme in SCHEMES}
        tops: list[Shots] = []
        for layout in layouts or LAYOUTS:
            rows = [list(_languages(pages, layout, language)) for language in LANGUAGES]
            _sheet(rows, 0.5).save(FOLDER / f"{layout}.jpg", quality=85)
            tops += [[(name, shot.crop((0, 0, shot.width, 1500))) for name, shot in rows[0]]]
            poorer = [list(_poorer(pages["light"], layout, lang)) for lang in ("en", "ar")]
            _sheet(poorer, 0.5).save(FOLDER / f"{layout}.poorer.jpg", quality=85)
        _sheet(tops, 0.4).save(FOLDER / "all.jpg", quality=85)
        browser.close()


def _languages(
    pages: dict[str, Page], layout: str, language: str
) -> Iterator[tuple[str, Image.Image]]:
    for width in WIDTHS:
        for scheme in SCHEMES:
            name = f"{layout}.{language}.{width}.{scheme}"
            yield name, _shot(pages[scheme], full_letter(layout, language).html, width, name)


def _poorer(page: Page, layout: str, language: str) -> Iterator[tuple[str, Image.Image]]:
    for view, width in POORER:
        name = f"{layout}.{language}.{width}.{view.replace(' ', '-')}"
        yield name, _shot(page, VIEWS[view](full_letter(layout, language).html), width, name)


def _shot(page: Page, html: str, width: int, name: str) -> Image.Image:
    """The whole page in a window of that width."""
    page.set_viewport_size({"width": width, "height": 900})
    page.set_content(html, wait_until="load")
    path = FOLDER / "shots" / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return Image.open(path).convert("RGB")


def _sheet(rows: list[Shots], scale: float) -> Image.Image:
    """The pictures in rows, each with its name above it, smaller by `scale`."""
    small = [[(name, _scaled(shot, scale)) for name, shot in row] for row in rows]
    heights = [max(shot.height for _, shot in row) + _HEAD + _GAP for row in small]
    width = max(sum(shot.width + _GAP for _, shot in row) for row in small) + _GAP
    sheet = Image.new("RGB", (width, sum(heights) + _GAP), _PAPER)
    pen = ImageDraw.Draw(sheet)
    top = _GAP
    for row, height in zip(small, heights, strict=True):
        left = _GAP
        for name, shot in row:
            pen.text((left, top), name, fill=_INK)
            sheet.paste(shot, (left, top + _HEAD))
            left += shot.width + _GAP
        top += height
    return sheet


def _scaled(shot: Image.Image, scale: float) -> Image.Image:
    size = (round(shot.width * scale), round(shot.height * scale))
    return shot.resize(size, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main(sys.argv[1:])
