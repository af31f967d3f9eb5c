"""Takes the pictures in the README of the demo as it is now: python -m tests.tools.readme_pictures

Needs chromium. Writes .github/digest.jpg, desk.png and pages.jpg.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser import executable
from tests.web.house import house

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / ".github"
_PAPER = "#d9d6cf"
_HEIGHT = 1500
_PHONE = 1000
_GAP = 40


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        _newsletter("demo", f"{folder}/demo")
        _digest(browser, Path(folder, "demo", "letters"), Path(folder))
        _newsletter("init", f"{folder}/paper")
        _desk(browser, Path(folder, "paper"))
        _pages(browser, Path(folder))
        browser.close()


def _newsletter(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "newsletter", *arguments], check=True)


def _digest(browser: Browser, letters: Path, folder: Path) -> None:
    """English on a desktop beside Spanish on a phone in the dark."""
    desktop = _shot(browser, (letters / "daily.en.html").as_uri(), folder / "a.png", 720, "light")
    phone = _shot(browser, (letters / "daily.es.html").as_uri(), folder / "b.png", 375, "dark")
    _side_by_side([desktop, phone], _HEIGHT, PICTURES / "digest.jpg")


def _pages(browser: Browser, folder: Path) -> None:
    """Signing up, confirming and preferences, each on a phone."""
    with house(folder / "pages", enrolled=True) as town:
        town.sign_up(email="reader@example.org", lang="en")
        (mail,) = town.mail()
        notice = mail.get_body(("html",))
        assert notice is not None
        (folder / "notice.html").write_text(notice.get_content(), "utf-8")
        address = f"http://127.0.0.1:{town.client.port}"
        shots = [
            (f"{address}/subscribe?lang=en", "light"),
            ((folder / "notice.html").as_uri(), "light"),
            (f"{address}{town.token_path('s')}", "dark"),
        ]
        taken = [
            _shot(browser, page, folder / f"page{number}.png", 375, scheme)
            for number, (page, scheme) in enumerate(shots)
        ]
    _side_by_side(taken, _PHONE, PICTURES / "pages.jpg")


def _side_by_side(pictures: Sequence[Image.Image], height: int, target: Path) -> None:
    width = sum(each.width + _GAP for each in pictures) + _GAP
    sheet = Image.new("RGB", (width, height + 2 * _GAP), _PAPER)
    left = _GAP
    for each in pictures:
        sheet.paste(each.crop((0, 0, each.width, min(height, each.height))), (left, _GAP))
        left += each.width + _GAP
    sheet.save(target, quality=86, optimize=True, progressive=True)


def _shot(browser: Browser, page: str, target: Path, width: int, scheme: str) -> Image.Image:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    opened = context.new_page()
    opened.goto(page)
    opened.screenshot(path=target, full_page=True)
    context.close()
    return Image.open(target).convert("RGB")


def _desk(browser: Browser, project: Path) -> None:
    """The desk on a new project whose samples count as news."""
    config = project / "newsletter.toml"
    config.write_text(config.read_text("utf-8").replace('"baseline"', '"all"', 1), "utf-8")
    command = [sys.executable, "-u", "-m", "newsletter", "preview", "--project", str(project)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as desk:
        assert desk.stdout is not None
        address = next(word for word in desk.stdout.readline().split() if word.startswith("http"))
        context = browser.new_context(viewport={"width": 1480, "height": 1000})
        page = context.new_page()
        page.goto(address)
        page.wait_for_timeout(4000)  # the letters in their frames
        page.screenshot(path=PICTURES / "desk.png")
        context.close()
        desk.terminate()


if __name__ == "__main__":
    main()
