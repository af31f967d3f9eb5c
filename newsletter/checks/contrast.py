"""Whether text can be read on what it stands on, in light and in dark (WCAG 2.2, 1.4.3)."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from newsletter.checks.cascade import Style, Styles, has_dark_colours, on_screen
from newsletter.checks.colours import (
    BLACK,
    WHITE,
    Colour,
    background_of,
    colour_of,
    contrast,
    has_picture,
    over,
    pattern_of,
    written,
)
from newsletter.checks.given import Mail
from newsletter.checks.page import Element, Page
from newsletter.checks.places import either
from newsletter.checks.visible import visible_texts
from newsletter.model.finding import Finding, Level

NEEDED, NEEDED_LARGE = 4.5, 3.0
_LARGE, _LARGE_BOLD = 24.0, 18.66  # pixels
_LINK: Colour = (0, 0, 238, 1)  # of a browser
_DARK_CANVAS: Colour = (18, 18, 18, 1)
_BOLD_TAGS = frozenset({"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_SIZES = {"h1": 32.0, "h2": 24.0, "h3": 18.72}
_UNITS = {"px": 1.0, "pt": 4 / 3}
_SIZE = re.compile(r"(\d*\.?\d+)(px|pt|em|rem|%)")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class _Look:
    """How text in an element is shown; a `ground` of None is a picture, or not known."""

    ink: Colour | None
    ground: Colour | None
    size: float
    bold: bool

    @property
    def needed(self) -> float:
        large = self.size >= (_LARGE_BOLD if self.bold else _LARGE)
        return NEEDED_LARGE if large else NEEDED


def contrasts(mail: Mail) -> Iterator[Finding]:
    """A warning for every pair of colours that visible text cannot be read in.

    Light: style attributes and sheets. Dark: what `@media (prefers-color-scheme: dark)` sets laid
    over it, where a mail does so. Text on pictures is not judged.
    """
    yield from _in_scheme(mail, dark=False)
    if has_dark_colours(mail.page):
        yield from _in_scheme(mail, dark=True)


def _in_scheme(mail: Mail, *, dark: bool) -> Iterator[Finding]:
    page, styles = mail.page, on_screen(mail.page, dark=True) if dark else mail.styles
    looks = _looks(page, styles, dark=dark)
    weak: Counter[tuple[str, str, float, float]] = Counter()
    examples: dict[tuple[str, str, float, float], str] = {}
    places: dict[tuple[str, str, float, float], str] = {}
    for text in visible_texts(page, styles):
        look = looks[text.owner.index]
        pair = _weak(look)
        if pair and any(each.isalnum() for each in text.content):
            weak[pair] += 1
            examples.setdefault(pair, text.content.strip()[:_SHOWN])
            if look.ink is not None and look.ground is not None:
                places.setdefault(pair, either(pattern_of(look.ink), pattern_of(look.ground)))
    for pair, count in weak.items():
        finding = _finding(pair, examples[pair], dark=dark)
        yield replace(finding, count=count, place=places[pair])


def _weak(look: _Look) -> tuple[str, str, float, float] | None:
    """Ink, ground, contrast and what it should be; None where it is enough or not known."""
    if look.ink is None or look.ground is None:
        return None
    ink = over(look.ink, look.ground)
    ratio = contrast(ink, look.ground)
    if ratio >= look.needed - 0.005:
        return None
    return written(ink), written(look.ground), round(ratio, 2), look.needed


def _finding(pair: tuple[str, str, float, float], example: str, *, dark: bool) -> Finding:
    ink, ground, ratio, needed = pair
    return Finding(
        level=Level.WARNING,
        code="contrast-dark" if dark else "contrast",
        message=f"{ink} on {ground}{' in the dark' if dark else ''} has a contrast of {ratio}, and "
        f"{needed} is needed to read “{example}”; make one darker or the other lighter",
    )


def _looks(page: Page, styles: Styles, *, dark: bool) -> list[_Look]:
    """The look of every element; parents stand before what is in them."""
    looks: list[_Look] = []
    for element in page.elements:
        style = styles.get(element.index, {})
        if element.parent is None:
            around = _canvas(styles, dark=dark)
        else:
            around = looks[element.parent.index]
        looks.append(_look(element, style, around))
    return looks


def _canvas(styles: Styles, *, dark: bool) -> _Look:
    schemes = (style["color-scheme"].value for style in styles.values() if "color-scheme" in style)
    darkens = dark and any("dark" in scheme for scheme in schemes)
    ink, ground = (WHITE, _DARK_CANVAS) if darkens else (BLACK, WHITE)
    return _Look(ink, ground, 16.0, bold=False)


def _look(element: Element, style: Style, around: _Look) -> _Look:
    return _Look(
        ink=_ink(element, style, around),
        ground=_ground(element, style, around),
        size=_size(element, style, around),
        bold=_bold(element, style, around),
    )


def _ink(element: Element, style: Style, around: _Look) -> Colour | None:
    if declared := style.get("color"):
        value = declared.value.lower()
        return around.ink if value in ("inherit", "currentcolor", "unset") else colour_of(value)
    said = element.attributes.get({"font": "color", "body": "text"}.get(element.tag, ""), "")
    if said and (colour := colour_of(said)):
        return colour
    return _LINK if element.tag == "a" and "href" in element.attributes else around.ink


def _ground(element: Element, style: Style, around: _Look) -> Colour | None:
    """A style wins over the attributes, even where it says that there is nothing."""
    if _shows_picture(element, style):
        return None
    names = [name for name in style if name in ("background", "background-color")]
    if not names:
        said = element.attributes.get("bgcolor")
        return _laid(colour_of(said), around.ground) if said else around.ground
    value = style[names[-1]].value
    if value.lower() in ("inherit", "none", "initial", "unset"):
        return around.ground
    return _laid(background_of(value), around.ground)


def _shows_picture(element: Element, style: Style) -> bool:
    last = [name for name in style if name in ("background", "background-image")]
    if last:
        return has_picture(style[last[-1]].value)
    return bool(element.attributes.get("background", "").strip())


def _laid(colour: Colour | None, ground: Colour | None) -> Colour | None:
    if colour is None or (ground is None and colour[3] < 1):
        return None
    return colour if ground is None else over(colour, ground)


def _size(element: Element, style: Style, around: _Look) -> float:
    declared = style.get("font-size")
    found = _SIZE.fullmatch(declared.value.lower()) if declared else None
    if found is None:
        return _SIZES.get(element.tag, around.size)
    number, unit = float(found[1]), found[2]
    if unit in _UNITS:
        return number * _UNITS[unit]
    return number * {"em": around.size, "rem": 16.0, "%": around.size / 100}[unit]


def _bold(element: Element, style: Style, around: _Look) -> bool:
    declared = style.get("font-weight")
    if declared is None:
        return around.bold or element.tag in _BOLD_TAGS
    value = declared.value.lower()
    return value in ("bold", "bolder") or (value.isdecimal() and int(value[:6]) >= 700)
