"""The letter as a reader sees it: nothing sticks out, everything can be read."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import browser, show  # noqa: F401
from tests.rendering.editions import (
    LANGUAGES,
    LAYOUTS,
    foreign_lead,
    full_letter,
    layout,
    letter,
    odd_edition,
)
from tests.rendering.views import in_outlook, without_pictures, without_styles

WIDTHS = (320, 375, 499, 500, 640, 1024, 1200)

# How wide the tables are that hold the letter together for Outlook.
_GHOSTS = """() => [...document.querySelectorAll('.canvas > table[width]')]
  .map(node => node.getBoundingClientRect().width)"""

# Of an Arabic letter: what leans, is spaced out, or does not begin at the right.
_LEFT_OUT = """() => [...document.querySelectorAll('td, h1, h2, h3, em')].filter(node => {
  const style = getComputedStyle(node);
  return style.fontStyle !== 'normal' || style.letterSpacing !== 'normal'
    || (style.direction === 'rtl' && style.textAlign === 'left' && !node.closest('.date, .util'));
}).map(node => node.outerHTML.slice(0, 200))"""

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


SHOWN = ("en", "es", "ar", "odd", "foreign lead")


@cache
def _html(name: str, shown: str) -> str:
    match shown:
        case "odd":
            return letter(odd_edition(), layout=layout(name)).html
        case "foreign lead":
            return letter(foreign_lead(), layout=layout(name)).html
        case _:
            return full_letter(name, shown).html


@pytest.fixture(scope="module")
def pages(browser: Browser) -> Iterator[dict[str, Page]]:  # noqa: F811
    made = {scheme: show(browser, "", width=640, scheme=scheme) for scheme in ("light", "dark")}
    yield made
    for page in made.values():
        page.close()


def _too_wide(page: Page, html: str) -> list[int]:
    """The widths at which the page scrolls sideways."""
    page.set_content(html, wait_until="domcontentloaded")
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(width)
    return found


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("name", LAYOUTS)
def test_nothing_sticks_out_at_any_width(pages: dict[str, Page], name: str, shown: str) -> None:
    assert _too_wide(pages["light"], _html(name, shown)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LAYOUTS)
def test_nothing_sticks_out_where_styles_are_stripped_or_pictures_off(
    pages: dict[str, Page], name: str, language: str
) -> None:
    html = _html(name, language)
    assert _too_wide(pages["light"], without_styles(html)) == []
    assert _too_wide(pages["light"], without_pictures(html)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LAYOUTS)
def test_outlook_sees_a_sheet_as_wide_as_it_was_drawn(
    pages: dict[str, Page], name: str, language: str
) -> None:
    page = pages["light"]
    page.set_viewport_size({"width": 800, "height": 900})
    page.set_content(in_outlook(_html(name, language)), wait_until="domcontentloaded")
    widths = page.evaluate(_GHOSTS)
    assert set(widths) == {layout(name).look.width}
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_a_dark_screen_gets_the_dark_palette(pages: dict[str, Page]) -> None:
    page = pages["dark"]
    page.set_content(letter().html)
    look = layout().look
    assert _hex(page, "body", "backgroundColor") == look.dark["canvas"]
    assert _hex(page, ".sheet", "backgroundColor") == look.dark["sheet"]
    assert _hex(page, "h2 .ink", "color") == look.dark["ink"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_text_stands_out_from_its_ground(
    pages: dict[str, Page], name: str, shown: str, scheme: str
) -> None:
    pages[scheme].set_content(_html(name, shown), wait_until="domcontentloaded")
    colours: list[tuple[str, str, str]] = pages[scheme].evaluate(_COLOURS)
    assert len(colours) > 15
    assert [each for each in colours if _contrast(each[0], each[1]) < 4.5] == []


def test_initials_on_a_disc_are_looked_at_too(pages: dict[str, Page]) -> None:
    pages["light"].set_content(_html("digest", "en"))
    assert "IB" in [text for _, _, text in pages["light"].evaluate(_COLOURS)]


@pytest.mark.parametrize("name", ["digest", "single", "magazine"])
def test_arabic_begins_at_the_right_and_stands_upright(pages: dict[str, Page], name: str) -> None:
    page = pages["light"]
    page.set_viewport_size({"width": 640, "height": 900})
    page.set_content(_html(name, "ar"))
    assert page.evaluate(_LEFT_OUT) == []


def test_a_text_in_another_script_runs_its_own_way(pages: dict[str, Page]) -> None:
    page = pages["light"]
    page.set_content(_html("single", "foreign lead"))
    text = page.locator("td.para").first
    look = "node => [getComputedStyle(node).direction, getComputedStyle(node).textAlign]"
    assert text.evaluate(look) == ["ltr", "left"]
    assert text.evaluate("node => node.closest('[lang]').lang") == "en"
    border = "node => getComputedStyle(node).borderLeftWidth"
    assert page.locator("td.quote").first.evaluate(border) == "3px"


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
