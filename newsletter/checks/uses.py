"""Which features of caniemail.com a page makes use of, and how often.

A feature's name says how to look for it (css-line-height is a property, html-dialog an element,
image-webp the ending of a file); the tables here hold only those whose name does not.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from newsletter.checks.cascade import Styles, inlined
from newsletter.checks.css import rules_of, without_comments
from newsletter.checks.features import facts
from newsletter.checks.page import Page

SCRIPT = "html-script"  # no feature of the table: no mail program runs one


@dataclass(frozen=True, slots=True)
class Use:
    """A feature that was found. `weight` is how often it counts in the score (0: not at all),
    `pattern` is a regular expression for the place where it is written."""

    slug: str
    count: int
    weight: int
    pattern: str


# Found and told of, but not counted in the score: Mailpit's check knows no test for them, and the
# figure is there to be compared. Most are supported everywhere, or in part and without harm.
_UNWEIGHTED = """
    css-animation css-at-media-device-pixel-ratio css-at-media-hover css-at-media-orientation
    css-at-media-prefers-color-scheme css-at-media-prefers-reduced-motion css-backdrop-filter
    css-border-collapse css-border-inline-block-longhand css-border-inline-block
    css-border-radius-logical css-border-spacing css-clear css-color-scheme css-cursor
    css-empty-cells css-font-size-adjust css-font-size css-font-stretch css-function-clamp
    css-function-light-dark css-function-max css-function-min css-hyphenate-character
    css-hyphenate-limit-chars css-inert-attribute css-inset css-left-right-top-bottom
    css-linear-gradient css-list-style-type css-mask-image css-max-inline-size css-min-block-size
    css-orphans css-pseudo-class-default css-pseudo-class-focus-visible
    css-pseudo-class-focus-within css-resize css-selector-adjacent-sibling css-selector-attribute
    css-selector-child css-selector-general-sibling css-selector-id css-selector-universal
    css-shape-margin css-shape-outside css-sytem-ui css-text-decoration-line
    css-text-decoration-skip-ink css-text-decoration-style css-text-justify css-text-orientation
    css-text-underline-position css-text-wrap css-transition css-unit-cm css-unit-em css-unit-ex
    css-unit-in css-unit-mm css-unit-pc css-unit-percent css-unit-pt css-unit-px css-user-select
    css-vertical-align css-white-space-collapse css-widows css-word-spacing css-word-wrap
    html-abbr html-acronym html-address html-align html-aria-describedby html-aria-hidden
    html-aria-label html-aria-labelledby html-aria-live html-background html-bdi html-blockquote
    html-cellpadding html-cellspacing html-code html-del html-dfn html-dir html-div html-h1-h6
    html-height html-hidden html-img html-input-reset html-lang html-lists html-loading-attribute
    html-mailto-links html-marquee html-meta-color-scheme html-p html-popover html-pre html-role
    html-rp html-rt html-ruby html-small html-span html-strike html-strong html-table html-target
    html-valign html-wbr html-width image-jpg image-png
"""
UNWEIGHTED = frozenset(_UNWEIGHTED.split())

# What cannot be found in a page, or is in every page and says nothing.
_NOT_LOOKED = """
    amp bimi css-comments css-nesting html-comments html-doctype css-selector-chaining
    css-selector-class css-selector-descendant css-selector-grouping css-selector-type
"""
_NOT_LOOKED_FOR = frozenset(_NOT_LOOKED.split())

# Elements and attributes, as selectors, where the name of the feature is not that of an element.
_SELECTORS = {
    "css-inert-attribute": "[inert]",
    "html-anchor-links": 'a[href^="#"]',
    "html-button-reset": 'button[type="reset"]',
    "html-button-submit": 'button[type="submit"]',
    "html-h1-h6": "h1,h2,h3,h4,h5,h6",
    "html-image-maps": "map,img[usemap]",
    "html-lists": "ul,ol,dl",
    "html-loading-attribute": "[loading]",
    "html-mailto-links": 'a[href^="mailto:"]',
    "html-meta-color-scheme": 'meta[name="color-scheme"]',
    "html-object": "object,embed,image,pdf",
    "html-semantics": "article,aside,details,figcaption,figure,footer,header,main,mark,nav,section,"
    "summary,time",
    **{
        f"html-{name}": f"[{name}]"
        for name in (
            "align", "aria-describedby", "aria-hidden", "aria-label", "aria-labelledby",
            "aria-live", "background", "cellpadding", "cellspacing", "dir", "height", "hidden",
            "lang", "popover", "required", "role", "srcset", "target", "valign", "width",
        )
    },
    **{
        f"html-input-{kind}": f'input[type="{kind}"]'
        for kind in ("checkbox", "hidden", "radio", "reset", "submit", "text")
    },
}  # fmt: skip

# Properties, where the name of the feature is not the only one.
_PROPERTIES = {
    "css-block-inline-size": "block-size inline-size",
    "css-border-inline-block": "border-inline border-block",
    "css-border-inline-block-individual": "border-inline-start border-inline-end "
    "border-block-start border-block-end",
    "css-border-inline-block-longhand": "border-inline-color border-inline-style "
    "border-inline-width border-block-color border-block-style border-block-width",
    "css-border-radius-logical": "border-start-start-radius border-start-end-radius "
    "border-end-start-radius border-end-end-radius",
    "css-column-layout-properties": "columns column-fill column-rule column-span column-width",
    "css-gap": "gap row-gap",
    "css-grid-template": "grid-template grid-template-columns grid-template-rows "
    "grid-template-areas",
    "css-left-right-top-bottom": "left right top bottom",
    "css-margin-block-start-end": "margin-block-start margin-block-end",
    "css-margin-inline-block": "margin-inline margin-block",
    "css-margin-inline-start-end": "margin-inline-start margin-inline-end",
    "css-padding-block-start-end": "padding-block-start padding-block-end",
    "css-padding-inline-block": "padding-inline padding-block",
    "css-padding-inline-start-end": "padding-inline-start padding-inline-end",
    "css-scroll-snap": "scroll-snap-type scroll-snap-align",
}

# Features that are values: looked for in "name:value", in lower case, once an element.
_VALUES = {
    "css-conic-gradient": r"conic-gradient\(",
    "css-display-flex": r"^display:\s*(inline-)?flex\b",
    "css-display-grid": r"^display:\s*(inline-)?grid\b",
    "css-display-none": r"^display:\s*none\b",
    "css-function-clamp": r"[\s:(]clamp\(",
    "css-function-light-dark": r"light-dark\(",
    "css-function-max": r"[\s:(]max\(",
    "css-function-min": r"[\s:(]min\(",
    "css-important": r"!important$",
    "css-intrinsic-size": r"(min|max|fit)-content",
    "css-linear-gradient": r"linear-gradient\(",
    "css-modern-color": r"[\s:](lab|lch|oklab|oklch|hwb|color|color-mix)\(",
    "css-radial-gradient": r"radial-gradient\(",
    "css-rgb": r"[\s:]rgb\(",
    "css-rgba": r"[\s:]rgba\(",
    "css-sytem-ui": r"\bsystem-ui\b",
    "css-unit-calc": r"[\s:]calc\(",
    "css-variables": r"^--|\bvar\(",
}

# HTML attributes that do what a property does. In the score they count once for all elements.
_ATTRIBUTES = {
    "css-background": "background",
    "css-background-color": "bgcolor",
    "css-border": "border",
    "css-height": "height",
    "css-padding": "padding",
    "css-width": "width",
}

# What stands in style sheets only, where the name is not the pattern.
_IN_SHEETS = {
    "css-at-media": r"@media\b",
    "css-at-media-device-pixel-ratio": r"device-pixel-ratio",
    "css-at-media-hover": r"\(\s*(any-)?hover\b",
    "css-at-media-orientation": r"\(\s*orientation\b",
    "css-at-media-prefers-color-scheme": r"prefers-color-scheme",
    "css-at-media-prefers-reduced-motion": r"prefers-reduced-motion",
}
_MEDIA_COUNTED = re.compile(r"@media\s?\(", re.IGNORECASE)  # Mailpit passes over "@media screen"

_IN_SELECTORS = {
    "css-selector-adjacent-sibling": r"\+",
    "css-selector-attribute": r"\[",
    "css-selector-child": r">",
    "css-selector-general-sibling": r"~(?!=)",
    "css-selector-id": r"#",
    "css-selector-universal": r"(?<![\w\[=])\*(?!=)",
}

# Endings of files, where they are more than the feature's name.
_ENDINGS = {"image-heif": "hei[cf]", "image-jpg": "jpe?g", "image-tiff": "tiff?"}

_JSON_TYPES = frozenset({"application/json", "application/ld+json"})
_BODY_END = re.compile("</body>", re.IGNORECASE)


def nodes_of(page: Page) -> int:
    """How many elements the score is weighted by: all but html, head and meta in a whole document,
    what stands in the body (and scripts) in a piece of one."""
    if _BODY_END.search(page.html):
        return sum(each.tag not in ("html", "head", "meta") for each in page.elements)
    body = next(page.tagged("body"), None)
    inside = body.inside if body else range(0)
    return len(inside) + sum(each.index not in inside for each in page.tagged("script"))


def uses_of(page: Page) -> Iterator[Use]:
    """Every feature that is used, once each."""
    styles = inlined(page)
    yield from _scripts(page)
    yield from _elements(page)
    yield from _images(page)
    yield from _properties(page, styles)
    yield from _values(styles)
    yield from _units(styles)
    yield from _sheets(page)


def _slugs(prefix: str) -> Iterator[str]:
    return (
        slug for slug in facts().features if slug.startswith(prefix) and slug not in _NOT_LOOKED_FOR
    )


def _use(slug: str, count: int, pattern: str, *, weight: int | None = None) -> Iterator[Use]:
    """The use, if it was found at all; by default it weighs what it counts."""
    if count:
        counted = count if weight is None else weight
        yield Use(slug, count, 0 if slug in UNWEIGHTED else counted, pattern)


def _scripts(page: Page) -> Iterator[Use]:
    kinds = (each.attributes.get("type", "").lower() for each in page.tagged("script"))
    yield from _use(SCRIPT, sum(kind not in _JSON_TYPES for kind in kinds), r"<script\b")


def _elements(page: Page) -> Iterator[Use]:
    for slug in (*_slugs("html-"), "css-inert-attribute"):
        selector = _SELECTORS.get(slug, slug.removeprefix("html-"))
        if slug == "html-body":
            yield from _use(slug, int(bool(_BODY_END.search(page.html))), r"<(mj-)?body\b")
        else:
            yield from _use(slug, len(page.select(selector)), _written(selector))


def _written(selector: str) -> str:
    """How an element or attribute is written in HTML, or in MJML."""
    names = "|".join(re.findall(r"(?:^|,)([a-z][a-z0-9]*)", selector))
    attributes = "|".join(re.findall(r"\[([a-z-]+)", selector))
    return rf"<(mj-)?({names})\b[^<>]{{0,500}}{attributes}" if names else rf"\s({attributes})\s*="


def _images(page: Page) -> Iterator[Use]:
    sources = [each.attributes.get("src", "").strip() for each in page.tagged("img")]
    files = [_file(source) for source in sources]
    for slug in _slugs("image-"):
        ending = rf"\.({_ENDINGS.get(slug, slug.removeprefix('image-'))})$"
        pattern = re.compile(r"^data:image/" if slug == "image-base64" else ending, re.IGNORECASE)
        named = sum(pattern.search(file) is not None for file in files)
        yield from _use(slug, named, pattern.pattern.strip("$^"))


def _file(source: str) -> str:
    """The name of a picture's file; of one that stands in the mail itself, what it says it is."""
    return source[:40] if source[:5].lower() == "data:" else re.split("[?#]", source, maxsplit=1)[0]


def _properties(page: Page, styles: Styles) -> Iterator[Use]:
    named = Counter(
        slug
        for style in styles.values()
        for slug in {slug for name in style for slug in _by_name().get(name, ())}
    )
    for slug in _property_slugs():
        attribute = _ATTRIBUTES.get(slug)
        shown = sum(attribute in each.attributes for each in page.elements) if attribute else 0
        weight = named[slug] + min(shown, 1)
        names = "|".join(_names(slug))
        yield from _use(slug, named[slug] + shown, rf"(?<![\w-])({names})\s*[:=]", weight=weight)


def _property_slugs() -> Iterator[str]:
    other = ("css-at-", "css-pseudo-", "css-selector-", "css-unit-")
    return (
        slug
        for slug in _slugs("css-")
        if not slug.startswith(other) and slug not in _VALUES and slug not in _SELECTORS
    )


def _names(slug: str) -> list[str]:
    return _PROPERTIES.get(slug, slug.removeprefix("css-")).split()


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for slug in _property_slugs():
        for name in _names(slug):
            found[name] = (*found.get(name, ()), slug)
    return found


def _values(styles: Styles) -> Iterator[Use]:
    written = [_lines(styles, element) for element in styles]
    for slug, value in _VALUES.items():
        if slug in facts().features:
            pattern = re.compile(value, re.MULTILINE)
            count = sum(pattern.search(each) is not None for each in written)
            yield from _use(slug, count, value.strip("^$"))


def _lines(styles: Styles, element: int) -> str:
    """A style as text, a declaration a line."""
    return "\n".join(
        f"{each.name}:{each.value}{' !important' * each.important}".lower()
        for each in styles[element].values()
    )


def _units(styles: Styles) -> Iterator[Use]:
    written = "\n".join(_lines(styles, element) for element in styles)
    for slug in _slugs("css-unit-"):
        unit = slug.removeprefix("css-unit-")
        if slug in _VALUES:
            continue
        pattern = {"initial": r":\s?initial\b", "percent": r"\d%"}.get(unit, rf"\b\d+{unit}\b")
        yield from _use(slug, len(re.findall(pattern, written)), pattern)


def _sheets(page: Page) -> Iterator[Use]:
    css = without_comments(page.css())
    selectors = "\n".join(each for rule in rules_of(css) for each in rule.selectors)
    for slug, pattern in _sheet_patterns():
        count = len(re.findall(pattern, css, re.IGNORECASE))
        weight = len(_MEDIA_COUNTED.findall(css)) if slug == "css-at-media" else count
        yield from _use(slug, count, pattern, weight=weight)
    for slug, pattern in _IN_SELECTORS.items():
        if slug in facts().features:
            yield from _use(slug, len(re.findall(pattern, selectors)), pattern)


def _sheet_patterns() -> Iterator[tuple[str, str]]:
    for slug in (*_slugs("css-at-"), *_slugs("css-pseudo-")):
        if slug in _IN_SHEETS:
            yield slug, _IN_SHEETS[slug]
        else:
            kind, name = re.sub(r"^css-(at|pseudo-class|pseudo-element)-", r"\1 ", slug).split()
            yield slug, rf"@{name}\b" if kind == "at" else rf":{name}(?![\w-])"
