"""Takes the pictures in the README of the demo as it is now: python -m tests.tools.readme_pictures

Needs chromium. Writes .github/digest.jpg and .github/desk.png.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser import executable

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / ".github"
_PAPER = "#d9d6cf"
_HEIGHT = 1500
_GAP = 40


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        _newsletter("demo", f"{folder}/demo")
        _digest(browser, Path(folder, "demo", "letters"), Path(folder))
        _newsletter("init", f"{folder}/paper")
        _desk(browser, Path(folder, "paper"))
        browser.close()


def _newsletter(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "newsletter", *arguments], check=True)


def _digest(browser: Browser, letters: Path, folder: Path) -> None:
    """English on a desktop beside Spanish on a phone in the dark."""
    desktop = _shot(browser, letters / "daily.en.html", folder / "a.png", 720, "light")
    phone = _shot(browser, letters / "daily.es.html", folder / "b.png", 375, "dark")
    width = desktop.width + phone.width + 3 * _GAP
    sheet = Image.new("RGB", (width, _HEIGHT + 2 * _GAP), _PAPER)
    sheet.paste(desktop.crop((0, 0, desktop.width, _HEIGHT)), (_GAP, _GAP))
    sheet.paste(phone.crop((0, 0, phone.width, _HEIGHT)), (desktop.width + 2 * _GAP, _GAP))
    sheet.save(PICTURES / "digest.jpg", quality=86, optimize=True, progressive=True)


def _shot(browser: Browser, page: Path, target: Path, width: int, scheme: str) -> Image.Image:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    opened = context.new_page()
    opened.goto(page.as_uri())
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
