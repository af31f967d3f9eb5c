"""Colours of CSS, and their contrast (WCAG 2.2, 1.4.3)."""

import re
from collections.abc import Mapping
from functools import lru_cache

from PIL import ImageColor

Colour = tuple[float, float, float, float]  # red, green, blue: 0–255; alpha: 0–1

WHITE: Colour = (255, 255, 255, 1)
BLACK: Colour = (0, 0, 0, 1)
TRANSPARENT: Colour = (0, 0, 0, 0)

_HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_FUNCTION = re.compile(r"(rgb|rgba|hsl|hsla)\(([^()]*)\)")
_NUMBER = re.compile(r"-?\d*\.?\d+%?")
_WORD = re.compile(r"[a-z]+")
_SPLIT = re.compile(r"[a-z]+\([^()]*\)|#[0-9a-f]+|[a-z-]+")


def colour_of(value: str) -> Colour | None:
    """The colour that a CSS value names; None for one that depends on something else, or is none
    (inherit, currentcolor, var(…), lab(…))."""
    text = value.strip().lower()
    if text == "transparent":
        return TRANSPARENT
    if found := _HEX.fullmatch(text):
        return _hex(found[1])
    if function := _FUNCTION.fullmatch(text):
        return _function(function[1], _NUMBER.findall(function[2]))
    if _WORD.fullmatch(text) and text in ImageColor.colormap:
        # Not out of the table: Pillow puts what it looked up back into it in another form.
        red, green, blue = ImageColor.getrgb(text)[:3]
        return red, green, blue, 1
    return None


def background_of(value: str) -> Colour | None:
    """The colour in a `background` shorthand, if there is one that can be read."""
    colours = (colour_of(part) for part in _SPLIT.findall(value.lower()))
    return next((colour for colour in colours if colour is not None), None)


def has_picture(value: str) -> bool:
    """Whether a background is a picture or gradient, on which no contrast can be counted."""
    return "url(" in value.lower() or "gradient(" in value.lower()


def over(front: Colour, back: Colour) -> Colour:
    """What is seen of a colour laid over another, opaque one."""
    alpha = front[3]
    red, green, blue = (
        f * alpha + b * (1 - alpha) for f, b in zip(front[:3], back[:3], strict=True)
    )
    return red, green, blue, 1


def contrast(one: Colour, other: Colour) -> float:
    """The ratio of two opaque colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def written(colour: Colour) -> str:
    """#rrggbb"""
    return "#" + "".join(f"{round(channel):02x}" for channel in colour[:3])


def pattern_of(colour: Colour) -> str:
    """A regular expression for an opaque colour as it may be written in HTML and CSS."""
    code = written(colour)
    forms = [rf"{code}(?![0-9a-f])"]
    if code[1::2] == code[2::2]:
        forms.append(rf"#{code[1::2]}(?![0-9a-f])")
    channels = r"\s*[,\s]\s*".join(str(round(channel)) for channel in colour[:3])
    forms.append(rf"rgba?\(\s*{channels}(?!\d)")
    forms += (rf"[:=\"'\s]{name}\s*(?=[;\"'!}}>])" for name in _names().get(code, ()))
    return "|".join(forms)


@lru_cache(maxsize=1)
def _names() -> Mapping[str, tuple[str, ...]]:
    """The names of colours by their code."""
    names: dict[str, tuple[str, ...]] = {}
    for name in sorted(ImageColor.colormap):
        red, green, blue = ImageColor.getrgb(name)[:3]
        code = written((red, green, blue, 1))
        names[code] = (*names.get(code, ()), name)
    return names


def _hex(digits: str) -> Colour:
    long = digits if len(digits) > 4 else "".join(2 * digit for digit in digits)
    red, green, blue, *rest = (int(long[at : at + 2], 16) for at in range(0, len(long), 2))
    return red, green, blue, rest[0] / 255 if rest else 1


def _function(name: str, numbers: list[str]) -> Colour | None:
    if len(numbers) not in (3, 4):
        return None
    alpha = min(1.0, max(0.0, _amount(numbers[3], 1))) if len(numbers) == 4 else 1.0
    if name.startswith("hsl"):
        hue, rest = float(numbers[0].rstrip("%")) % 360, [_amount(n, 100) for n in numbers[1:3]]
        return _hsl(hue, rest[0] / 100, rest[1] / 100, alpha)
    red, green, blue = (min(255.0, max(0.0, _amount(number, 255))) for number in numbers[:3])
    return red, green, blue, alpha


def _amount(number: str, whole: float) -> float:
    """A number as it is, a percentage of the whole."""
    return float(number[:-1]) * whole / 100 if number.endswith("%") else float(number)


def _hsl(hue: float, saturation: float, lightness: float, alpha: float) -> Colour:
    """CSS Color 4 §7.1."""
    reach = saturation * min(lightness, 1 - lightness)

    def channel(offset: float) -> float:
        k = (offset + hue / 30) % 12
        return 255 * (lightness - reach * max(-1.0, min(k - 3, 9 - k, 1.0)))

    return channel(0), channel(8), channel(4), alpha


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
