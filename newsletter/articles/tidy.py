"""A body without what is no part of it: block by block, then from its ends."""

import re
from collections.abc import Iterable, Iterator

from newsletter.articles.blocks import Block, as_text, blocks, same_words, word_key
from newsletter.articles.boilerplate import (
    is_boilerplate,
    is_credit,
    is_date,
    is_list_head,
    is_source,
    without_tail_of_markup,
)

_ADDRESS = re.compile(r"^\W*(?:https?://|www\.)?[\w.@-]+\.[a-z]{2,10}(?:/\S*)?\W*$", re.IGNORECASE)
_BREAK = re.compile(r"^[*_•~–—-](?:\s*[*_•~–—-])+$")
_CRUMBS = re.compile(r"\s+(?:[›»>→|/])\s+")
_BYLINE = re.compile(
    r"^(?:written |posted |published )?(?:by|por|par|von|di)\s*:?\s+", re.IGNORECASE
)
_LINK_ONLY = re.compile(
    r"^<(p|h[2-4])>(?:<(?:em|strong|b|i|u|span)>|[\s>»→•:-])*<a [^>]*>(?:(?!</a>).)*</a>"
    r"(?:</(?:em|strong|b|i|u|span)>|[\s.»→!-])*</\1>$",
    re.DOTALL,
)
_LINKED = re.compile(r"<a [^<>]*>(.*?)</a>", re.DOTALL)
_ANY_TAG = re.compile(r"<[^<>]*>")
_LINKED_ITEM = re.compile(r"<li>\s*(?:<(?:p|h[2-4]|strong|b)>\s*)*<a ")
_LONGEST_LINK = 120  # characters
_LINK_DENSITY = 0.8
_MANY_LINKS = 4  # fewer, if long, are a paragraph with a link that was left open
_PARAGRAPH = 200  # characters: more is no teaser in a list of other articles
_A_TEXT = 80  # words
_LAST = 3  # blocks in which a source is told, and dates stand at either end


def article_only(
    body: Iterable[Block], *, title: str, names: Iterable[str], elsewhere: Iterable[str]
) -> tuple[Block, ...]:
    """The body without furniture, repeated title, byline, and what is shown `elsewhere` (captions
    and bios, as they stood on the page); headings that then have nothing under them go too."""
    shown = {word_key(text) for text in elsewhere} - {""}
    bylines = {word_key(name) for name in names} - {""}
    kept = [
        block
        for block in _with_breaks(body)
        if not (
            _says_nothing(block)
            or is_boilerplate(block.text)
            or (block.tag == "p" and is_credit(block.text))
            or _is_address(block)
            or _is_only_a_link(block)
            or same_words(_CRUMBS.split(block.text)[-1], title)
            or _is_shown(word_key(block.text), shown)
            or word_key(_BYLINE.sub("", block.text)) in bylines
        )
    ]
    text = _without_ends(_without_teasers(_without_list(_without_links(kept))))
    return _without_tails(tuple(_without_empty_headings(text)))


def _is_shown(words: str, shown: Iterable[str]) -> bool:
    """The same text, or (from three words on) a piece of it: a bio may be split over blocks."""
    return any(words == text or (words.count(" ") >= 2 and words in text) for text in shown)


def _is_address(block: Block) -> bool:
    return block.tag == "p" and _ADDRESS.match(block.text) is not None


def _is_only_a_link(block: Block) -> bool:
    """A short paragraph that is one link leads to something else: the next story, a shop."""
    return (
        len(block.text) <= _LONGEST_LINK
        and not block.is_player
        and _LINK_ONLY.match(block.html) is not None
        and not block.has_picture
    )


def _says_nothing(block: Block) -> bool:
    """Stray points and commas."""
    return word_key(block.text) == "" and not block.has_picture and block.tag != "hr"


def _with_breaks(body: Iterable[Block]) -> Iterator[Block]:
    """Rows of stars or dashes as the breaks that they stand for."""
    for block in body:
        yield Block("hr", "<hr>", "") if _BREAK.match(block.text) else block


def _without_links(body: list[Block]) -> list[Block]:
    """Without the lists of links, unless there is little text beside them: then they are it."""
    rest = [block for block in body if not _is_only_links(block)]
    enough = len(as_text(rest).split()) >= _A_TEXT
    return rest if enough or _is_most(rest, body) else body


def _is_only_links(block: Block) -> bool:
    """Two links or more, and hardly a word beside them."""
    if block.tag == "table" or block.has_picture:
        return False
    links = [len(_ANY_TAG.sub("", link)) for link in _LINKED.findall(block.html)]
    few = len(links) < _MANY_LINKS
    if len(links) < 2 or (few and max(links) >= _PARAGRAPH):
        return False
    return sum(links) >= _LINK_DENSITY * len(block.text)


def _without_list(body: list[Block]) -> list[Block]:
    """Without the list of other articles that follows the text: its head, and all behind that."""
    long = [place for place, block in enumerate(body) if len(block.text) >= _PARAGRAPH]
    heads = [place for place, block in enumerate(body) if is_list_head(block.text)]
    behind = [place for place in heads if place > max(long, default=0)]
    if behind and _is_most(body[: behind[0]], body):
        return body[: behind[0]]
    return [block for block in body if not is_list_head(block.text)]


def _without_teasers(body: list[Block]) -> list[Block]:
    """Without the lists at the very end in which every item begins with a link: other articles,
    each with a line about it."""
    end = len(body)
    while end and _is_teasers(body[end - 1]):
        end -= 1
    return body[:end] if _is_most(body[:end], body) else body


def _is_teasers(block: Block) -> bool:
    items = block.html.count("<li>")
    return items > 1 and len(_LINKED_ITEM.findall(block.html)) == items


def _without_ends(body: list[Block]) -> list[Block]:
    """Without the date at the top or the bottom, and the source that is told at the bottom."""
    last = len(body) - _LAST
    return [
        block
        for place, block in enumerate(body)
        if not (
            (place >= last and is_source(block.text))
            or ((place >= last or place < _LAST) and is_date(block.text))
        )
    ]


def _without_empty_headings(body: list[Block]) -> Iterator[Block]:
    """A heading at the very end heads something that was furniture; a break parts it off."""
    end = len(body)
    while end and (body[end - 1].is_heading or body[end - 1].tag == "hr"):
        end -= 1
    yield from body[:end]


def _without_tails(body: tuple[Block, ...]) -> tuple[Block, ...]:
    """The last paragraph without the link to go on reading."""
    if not body:
        return body
    html = without_tail_of_markup(body[-1].html)
    return body if html == body[-1].html else (*body[:-1], *blocks(html))


def _is_most(part: list[Block], body: list[Block]) -> bool:
    return len(as_text(part)) * 2 > len(as_text(body))
