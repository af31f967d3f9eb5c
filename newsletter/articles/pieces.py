"""A text that its page breaks into several boxes of one name, with other things between them."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsletter.articles.blocks import word_key
from newsletter.articles.markup import attribute, words

_PARAGRAPH = 80  # characters: less may stand in any box
_START = 50  # characters by which a paragraph is known again
_SHARE = 0.6  # of the boxes' text: whoever found less stopped at the end of the first box

_Name = tuple[str, str]


def all_pieces(tree: LexborHTMLParser, found: str) -> str:
    """The markup of all boxes that are called as those with the text that was `found`; "" where
    that is most of what stands in them, or where they have no name."""
    known = word_key(found)
    boxes: dict[_Name, list[LexborNode]] = defaultdict(list)
    whole: Counter[_Name] = Counter()
    seen: Counter[_Name] = Counter()
    for box, text in _paragraphs(tree):
        name = (box.tag or "", attribute(box, "class"))
        whole[name] += len(text)
        seen[name] += len(text) if word_key(text)[:_START] in known else 0
        if all(box.mem_id != other.mem_id for other in boxes[name][-1:]):
            boxes[name].append(box)
    name = max(seen, key=lambda one: seen[one], default=("", ""))
    missed = 0 < seen[name] < _SHARE * whole[name]
    if not (missed and name[1] and len(boxes[name]) > 1):
        return ""
    return "".join(box.html or "" for box in boxes[name])


def _paragraphs(tree: LexborHTMLParser) -> Iterator[tuple[LexborNode, str]]:
    for paragraph in tree.css("p"):
        if paragraph.parent is not None and len(paragraph.text()) >= _PARAGRAPH:
            yield paragraph.parent, words(paragraph)
