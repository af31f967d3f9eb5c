"""The letter as a reader sees it: nothing sticks out, everything can be read."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page

from newsletter.model.edition import Edition, Section
from tests.browser import browser, show  # noqa: F401
from tests.rendering.editions import INES, MARTA, edition, layout, letter, story

LANGUAGES = ("en", "es", "ar")
WIDTHS = (320, 375, 640, 1024)

# Every text that is seen: its colour, and the first ground behind it that is not transparent.
_COLOURS = """() => {
  const ground = node => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (!colour.endsWith(', 0)')) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const seen = node.checkVisibility({opacityProperty: true});
    if (seen && walker.currentNode.data.trim() && !node.closest('style'))
      found.push([getComputedStyle(node).color, ground(node), walker.currentNode.data.trim()]);
  }
  return found;
}"""


def _odd() -> Edition:
    """Long words, several authors, no lead picture, a story in another language, a sample."""
    made = edition("es", 4)
    long = story(2, "es", title="Donaudampfschifffahrtselektrizität" * 3, section="x" * 90)
    foreign = replace(story(3, "en"), fallback=True)
    lead = story(0, "es", authors=(MARTA, INES), lead_image=None)
    return replace(made, lead=lead, sample=True, sections=(Section("y" * 90, (long, foreign)),))


EDITIONS = {language: edition(language) for language in LANGUAGES} | {"odd": _odd()}


def _too_wide(page: Page) -> list[int]:
    """The widths at which the page scrolls sideways."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(width)
    return found


@pytest.mark.parametrize("name", EDITIONS)
def test_nothing_sticks_out_at_any_width(browser: Browser, name: str) -> None:  # noqa: F811
    assert _too_wide(show(browser, letter(EDITIONS[name]).html, width=320)) == []


def test_nothing_sticks_out_where_styles_are_stripped(browser: Browser) -> None:  # noqa: F811
    html = re.sub(r"<style.*?</style>", "", letter().html, flags=re.DOTALL)
    assert _too_wide(show(browser, html, width=320)) == []


def test_a_dark_screen_gets_the_dark_palette(browser: Browser) -> None:  # noqa: F811
    page = show(browser, letter().html, width=375, scheme="dark")
    look = layout().look
    assert _hex(page, "body", "backgroundColor") == look.dark["canvas"]
    assert _hex(page, ".sheet", "backgroundColor") == look.dark["sheet"]
    assert _hex(page, "h2 .ink", "color") == look.dark["ink"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", EDITIONS)
def test_every_text_stands_out_from_its_ground(
    browser: Browser,  # noqa: F811
    name: str,
    scheme: str,
) -> None:
    page = show(
        browser,
        letter(EDITIONS[name], view_url="https://x.example/v").html,
        width=640,
        scheme=scheme,
    )
    colours: list[tuple[str, str, str]] = page.evaluate(_COLOURS)
    assert len(colours) > 20
    assert [each for each in colours if _contrast(each[0], each[1]) < 4.5] == []


def _hex(page: Page, selector: str, name: str) -> str:
    script = f"node => getComputedStyle(node).{name}"
    return "#{:02x}{:02x}{:02x}".format(*_channels(page.locator(selector).first.evaluate(script)))


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", colour)[:3])


def _contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2, 1.4.3)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _channels(colour))
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
