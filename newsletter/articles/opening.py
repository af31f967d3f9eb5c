"""The paragraph in bold under a headline: many pages print it outside of the text that it opens."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape

from selectolax.lexbor import LexborNode

from newsletter.articles.blocks import Block, as_text, word_key
from newsletter.articles.boilerplate import is_boilerplate
from newsletter.articles.furniture import names_of
from newsletter.articles.markup import words
from newsletter.articles.structured import Sheet

# What pages call it, as whole words of a class, an id or an itemprop, by language.
_NAMES = re.compile(
    r"(?:^| )(?:lead|lede|intro|introduction|teaser|excerpt|standfirst|dek|deck|sub ?title|"
    r"sub ?head(?:line)?|summary|abstract|description|hero text|"
    r"vorspann|anrei(?:ss|ß)er|chapo|chapeau|entradilla|bajada|copete|sumario|sommario)(?: |$)"
)
_SHORTEST, _LONGEST = 40, 700  # characters
_OUTSIDE = frozenset(
    {"nav", "aside", "footer", "figure", "figcaption", "form", "li", "a", "button"}
)
_DATED = re.compile(r"^\W*\d{1,2}[.:/-]\s?\d{1,2}\b")  # "1.11.23 20:19 by …" is named so, too
_PLACES = "h1, h2, h3, h4, p, div, section, span"
_BOXES = "p, div, section, article, ul, ol, table, h1, h2, h3, h4"
_NEAR = 3  # elements around a paragraph that may have the name instead
_BEGINNINGS = 3  # paragraphs of the text that are looked for: one may be broken up on the page
_START = 60  # characters by which a paragraph is found again


def with_opening(sheet: Sheet, body: tuple[Block, ...]) -> tuple[Block, ...]:
    """The body with the opening paragraph that the page prints above it, where there is one.

    It is known by its name, between headline and text; or by saying what the page declares as its
    description.
    """
    long = [b.text for b in body if not b.is_heading and len(b.text) >= _SHORTEST]
    starts = tuple(word_key(text)[:_START] for text in long[:_BEGINNINGS])
    if not starts:
        return body
    before, first = _before(sheet, starts)
    chosen = _described(sheet, before) or _named(before)
    text = words(chosen)
    if text and not (word_key(text) in word_key(as_text(body)) or _is_other(text)):
        return (Block("p", f"<p>{escape(text, quote=False)}</p>", text, is_opening=True), *body)
    if first is not None and _is_named(first) and word_key(words(first)) == word_key(body[0].text):
        return (replace(body[0], is_opening=True), *body[1:])
    return body


def _is_other(text: str) -> bool:
    return is_boilerplate(text) or _DATED.match(text) is not None


def _before(sheet: Sheet, starts: tuple[str, ...]) -> tuple[list[LexborNode], LexborNode | None]:
    """The headlines and paragraphs in front of the text whose first paragraphs begin so, and the
    paragraph of these; nothing where that is not found."""
    passed: list[LexborNode] = []
    for node in sheet.select(_PLACES):
        if any(child.css_first(_BOXES) is not None for child in node.iter()):
            continue
        if node.tag != "h1" and not _SHORTEST <= len(node.text()) <= 2 * _LONGEST:
            continue
        if word_key(words(node)).startswith(starts):
            return passed, node
        passed.append(node)
    return [], None


def _described(sheet: Sheet, before: list[LexborNode]) -> LexborNode | None:
    declared = (
        sheet.meta("og:description"),
        sheet.meta("description"),
        sheet.graph.text("description"),
    )
    keys = [key[:_START] for key in map(word_key, declared) if len(key) >= _SHORTEST]
    return next(
        (
            node
            for node in before
            if node.tag != "h1"
            and _is_open(node)
            and any(word_key(words(node)).startswith(key) for key in keys)
        ),
        None,
    )


def _named(before: list[LexborNode]) -> LexborNode | None:
    """The first with such a name behind the last headline."""
    last = max((place for place, node in enumerate(before) if node.tag == "h1"), default=-1)
    after = before[last + 1 :] if last >= 0 else []
    return next((node for node in after if _is_named(node) and _is_open(node)), None)


def _is_named(node: LexborNode) -> bool:
    for near in _upwards(node, _NEAR):
        if len(near.text()) > 2 * _LONGEST:
            return False
        if any(_NAMES.search(name) for name in names_of(near)):
            return True
    return False


def _is_open(node: LexborNode) -> bool:
    """Whether it is a paragraph of the page itself, of a length that such paragraphs have."""
    return len(words(node)) in range(_SHORTEST, _LONGEST) and not any(
        near.tag in _OUTSIDE for near in _upwards(node, 30)
    )


def _upwards(node: LexborNode, most: int) -> Iterator[LexborNode]:
    for _ in range(most):
        yield node
        if node.parent is None:
            return
        node = node.parent
