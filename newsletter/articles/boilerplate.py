"""Lines that are the furniture of a page, not of its article."""

import re
from collections.abc import Iterable, Iterator

from newsletter.articles.blocks import Block, same_words, word_key
from newsletter.articles.boilerplate_lines import LINES
from newsletter.articles.translations import translation_phrase

_ALL_LINES = "|".join(line.replace(" ", r"\s+") for group in LINES.values() for line in group)
_BOILERPLATE = re.compile(rf"^\W*(?:{_ALL_LINES})[\W_]*$", re.IGNORECASE)
_LONGEST = 320  # characters
_LONGEST_LINK = 120
_LINK_ONLY = re.compile(
    r"^<(p|h[2-4])>(?:<(?:em|strong|b|i|u|span)>|[\s>»→•:-])*<a [^>]*>(?:(?!</a>).)*</a>"
    r"(?:</(?:em|strong|b|i|u|span)>|[\s.»→!-])*</\1>$",
    re.DOTALL,
)
_BYLINE = re.compile(
    r"^(?:written |posted |published )?(?:by|por|par|von|di)\s*:?\s+", re.IGNORECASE
)
_TAIL = re.compile(
    r"\s*(?:\[(?:…|\.\.\.)\]|…)?\s*(?:continue reading|read more|seguir leyendo|sigue leyendo|"
    r"leer más|weiterlesen|lire la suite)\b[^<.]{0,200}$|\s*\[(?:…|\.\.\.)\]\s*$",
    re.IGNORECASE,
)


def is_boilerplate(line: str) -> bool:
    """Whether a whole line is furniture, or an offer to read the text in another language."""
    if len(line) > _LONGEST:
        return False
    return bool(_BOILERPLATE.match(line)) or translation_phrase(line) is not None


def without_tail(text: str) -> str:
    """A feed's text without the "[…] Continue reading" that its program hung on it."""
    return _TAIL.sub("", text)


def article_only(
    body: Iterable[Block], *, title: str, names: Iterable[str], elsewhere: Iterable[str]
) -> tuple[Block, ...]:
    """The body without furniture, repeated title, byline, and what is shown `elsewhere` (captions
    and bios, as they stood on the page); headings that then have nothing under them go too."""
    shown = {word_key(text) for text in elsewhere} - {""}
    bylines = {word_key(name) for name in names} - {""}
    kept = [
        block
        for block in body
        if not (
            is_boilerplate(block.text)
            or _is_only_a_link(block)
            or same_words(block.text, title)
            or _is_shown(word_key(block.text), shown)
            or word_key(_BYLINE.sub("", block.text)) in bylines
        )
    ]
    return tuple(_without_empty_headings(kept))


def _is_only_a_link(block: Block) -> bool:
    """A short paragraph that is one link leads to something else: the next story, a shop."""
    return (
        len(block.text) <= _LONGEST_LINK
        and _LINK_ONLY.match(block.html) is not None
        and not block.has_picture
    )


def _is_shown(words: str, shown: Iterable[str]) -> bool:
    """The same text, or (from three words on) a piece of it: a bio may be split over blocks."""
    return any(words == text or (words.count(" ") >= 2 and words in text) for text in shown)


def _without_empty_headings(body: list[Block]) -> Iterator[Block]:
    """A heading at the very end heads something that was furniture."""
    end = len(body)
    while end and body[end - 1].is_heading:
        end -= 1
    yield from body[:end]
