"""Which declarations apply to which element: as an inliner sees it, and as a reader's screen does.

An inliner (go-premailer, which Mailpit's check relies on) takes plain rules only: none of @media,
none with a pseudo-class that depends on the reader. A screen takes @media too, and weighs
!important and specificity as CSS says (CSS Cascading 4 §6.4).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from newsletter.checks.css import Declaration, Rule, declarations_of, rules_of
from newsletter.checks.page import Element, Page

Style = Mapping[str, Declaration]
Styles = Mapping[int, Style]  # by the element's index; elements that nothing is set for are missing
_Merge = Callable[[list[Declaration], list[Declaration]], Style]

_MAX_MATCHES = 200_000  # an element that a selector means; a real mail has some 2,000
_MAX_LOOKS = 100_000_000  # selectors × elements
_NOT_INLINED = re.compile(
    r"::?(visited|active|hover|focus|link|root|in-range|invalid|valid|after|before|selection"
    r"|target|first-(line|letter)|checked|disabled|enabled|lang)|\*",
    re.IGNORECASE,
)
_ON_SCREEN = re.compile(
    r"::?(visited|active|hover|focus|target|after|before|selection|placeholder|marker"
    r"|first-(line|letter)|checked)",
    re.IGNORECASE,
)
_ID, _TYPE = re.compile(r"#[\w-]+"), re.compile(r"(?:^|[\s>+~])[a-zA-Z]")
_CLASS = re.compile(r"\.[\w-]+|\[[^\[\]]*\]|(?<!:):[\w-]+")
_DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)", re.IGNORECASE)
_SCREEN = re.compile(r"(only\s+)?(all|screen)", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+|\s+and(?=\()|(?<=\))and\s+", re.IGNORECASE)
_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(\w+)\s*\)", re.IGNORECASE)
_MIN_WIDTH = re.compile(r"\(\s*min-width\s*:\s*(\d{0,6}\.?\d{0,6})(px|r?em)?\s*\)", re.IGNORECASE)
_NARROWEST = 320  # pixels: any screen is as wide
_EM = 16  # pixels


@dataclass(frozen=True, slots=True)
class _Match:
    """A selector's declarations at one element; `weight` is its specificity and place."""

    element: int
    weight: tuple[tuple[int, int, int], int]
    declarations: tuple[Declaration, ...]


def inlined(page: Page) -> Styles:
    """The style attributes as they are once an inliner has put the style sheets into them."""
    sheets = page.sheets(merged=True)
    rules = (rule for css, _ in sheets for rule in rules_of(css) if not rule.media)
    found = _by_element(_matches(page, rules, _NOT_INLINED))
    return _styles(page, found, _as_inliner)


def on_screen(page: Page, *, dark: bool = False) -> Styles:
    """What a screen of any width applies, `dark`: one whose reader asks for dark colours."""
    every = (rule for css, media in page.sheets() for rule in rules_of(css, media))
    rules = (rule for rule in every if all(_applies(each, dark=dark) for each in rule.media))
    found = _by_element(_matches(page, rules, _ON_SCREEN))
    return _styles(page, found, _as_browser)


def has_dark_colours(page: Page) -> bool:
    """Whether the mail says how it wants to look in the dark."""
    return any(_DARK.search(media) or _DARK.search(css) for css, media in page.sheets())


def _applies(media: str, *, dark: bool) -> bool:
    """Whether a media condition holds on a screen that nothing is known of but its colours."""
    return any(
        all(_holds(part.strip(), dark=dark) for part in _AND.split(query))
        for query in media.split(",")
    )


def _holds(part: str, *, dark: bool) -> bool:
    """One part of a condition; what depends on the screen's size holds where any size will do."""
    if scheme := _SCHEME.fullmatch(part):
        return (scheme[1].lower() == "dark") == dark
    if (wide := _MIN_WIDTH.fullmatch(part)) and wide[1].strip("."):
        pixels = float(wide[1]) * (_EM if (wide[2] or "").lower().endswith("em") else 1)
        return pixels <= _NARROWEST
    return not part or _SCREEN.fullmatch(part) is not None


def _matches(page: Page, rules: Iterable[Rule], left_out: re.Pattern[str]) -> Iterator[_Match]:
    """What each selector means, until that is more than any mail needs."""
    matches = looks = 0
    selectors = ((each, rule) for rule in rules for each in rule.selectors)
    for place, (selector, rule) in enumerate(selectors):
        if left_out.search(selector):
            continue
        looks += len(page.elements)
        for element in page.select(selector):
            yield _Match(element.index, (_specificity(selector), place), rule.declarations)
            matches += 1
        if matches > _MAX_MATCHES or looks > _MAX_LOOKS:
            return


def _specificity(selector: str) -> tuple[int, int, int]:
    """Ids, classes and their like, types (Selectors 4 §17)."""
    return (
        len(_ID.findall(selector)), len(_CLASS.findall(selector)), len(_TYPE.findall(selector)),
    )  # fmt: skip


def _by_element(matches: Iterable[_Match]) -> Mapping[int, list[_Match]]:
    found: dict[int, list[_Match]] = defaultdict(list)
    for match in matches:
        found[match.element].append(match)
    return found


def _styles(page: Page, found: Mapping[int, list[_Match]], merge: _Merge) -> Styles:
    styles = {}
    for element in page.elements:
        matches = sorted(found.get(element.index, ()), key=lambda match: match.weight)
        ruled = [declaration for match in matches for declaration in match.declarations]
        if style := merge(ruled, _own(element)):
            styles[element.index] = style
    return styles


def _own(element: Element) -> list[Declaration]:
    return list(declarations_of(element.attributes.get("style", "")))


def _as_inliner(ruled: list[Declaration], own: list[Declaration]) -> Style:
    """The style attribute has the last word, over !important too."""
    return _last(sorted(ruled, key=lambda declaration: declaration.important), own)


def _as_browser(ruled: list[Declaration], own: list[Declaration]) -> Style:
    return _last(sorted((*ruled, *own), key=lambda declaration: declaration.important))


def _last(*declarations: Iterable[Declaration]) -> Style:
    """The last of each name, in the order in which they win: "background" after
    "background-color" sets that too."""
    style: dict[str, Declaration] = {}
    for declaration in chain(*declarations):
        style.pop(declaration.name, None)
        style[declaration.name] = declaration
    return style
