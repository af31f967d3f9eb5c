"""A body as the blocks that it is read in: paragraphs, headings, lists, quotes, pictures."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from newsletter.articles.markup import blocks_of_text, body_of
from newsletter.articles.players import MARK

_WORDS = re.compile(r"[^\W_]+")
_INSIDE_WORDS = re.compile("['’‘\u00ad]")
_HEADINGS = frozenset({"h2", "h3", "h4"})


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a sanitised body. `text` is "" for a picture without a caption; `is_opening`
    says that the page sets it off as the summary above its text."""

    tag: str
    html: str
    text: str
    is_opening: bool = False

    @property
    def is_heading(self) -> bool:
        return self.tag in _HEADINGS

    @property
    def is_player(self) -> bool:
        return self.text.startswith(MARK)

    @property
    def is_prose(self) -> bool:
        """Text of its own: a caption belongs to its picture."""
        return self.text != "" and self.tag != "figure" and not self.is_player

    @property
    def has_picture(self) -> bool:
        return "<img " in self.html


def blocks(html: str) -> tuple[Block, ...]:
    """The top-level blocks of sanitised markup, in order."""
    found = []
    for node in body_of("<!doctype html>" + html).iter(include_text=True):
        text = "\n".join(blocks_of_text(node))
        if text or node.tag == "hr" or "<img " in (node.html or ""):
            found.append(Block((node.tag or "").lstrip("-"), node.html or "", text))
    return tuple(found)


def as_html(body: Iterable[Block]) -> str:
    return "\n".join(block.html for block in body)


def as_text(body: Iterable[Block]) -> str:
    """Paragraphs split by a blank line, captions and players not among them."""
    return "\n\n".join(block.text for block in body if block.is_prose)


def same_words(one: str, other: str) -> bool:
    """Whether two lines say the same, whatever their case, quotes and points."""
    return word_key(one) == word_key(other) != ""


def word_key(text: str) -> str:
    """A line reduced to its words, for comparison only."""
    return " ".join(_WORDS.findall(_INSIDE_WORDS.sub("", text.casefold())))
