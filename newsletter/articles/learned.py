"""Lines that one source hangs on its articles: learned from the articles, not known beforehand."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from newsletter.articles.blocks import Block, word_key

_ENDS = 4  # paragraphs that are looked at on either end of a text
_OFTEN = 3  # articles that have a line at the same end: then it belongs to the source


@dataclass(frozen=True, slots=True)
class Learned:
    """The lines of a source by the end that they stand at, reduced to their words."""

    top: frozenset[str] = frozenset()
    bottom: frozenset[str] = frozenset()


NOTHING = Learned()


def learned_lines(texts: Iterable[str], known: Learned = NOTHING) -> Learned:
    """What at least three of these texts have in common at the same end, and what was `known`.

    `texts` are the `body_text` of different articles of one source. An article that is read with
    the learned lines no longer has them: so what was learned once has to be handed in again.
    """
    tops: Counter[str] = Counter()
    bottoms: Counter[str] = Counter()
    for text in texts:
        keys = [word_key(paragraph) for paragraph in text.split("\n\n")]
        if len(keys) > _ENDS:  # of a very short text, either end is the whole
            tops.update(set(keys[:_ENDS]))
            bottoms.update(set(keys[-_ENDS:]))
    return Learned(known.top | _frequent(tops), known.bottom | _frequent(bottoms))


def without_learned(body: tuple[Block, ...], learned: Learned) -> tuple[Block, ...]:
    """The body without the learned lines at its ends; one that would be left empty as it is."""
    last = len(body) - _ENDS
    kept = tuple(
        block
        for place, block in enumerate(body)
        if not (
            (place < _ENDS and word_key(block.text) in learned.top)
            or (place >= last and word_key(block.text) in learned.bottom)
        )
    )
    return kept if any(block.is_prose for block in kept) else body


def _frequent(counted: Counter[str]) -> frozenset[str]:
    return frozenset(line for line, articles in counted.items() if line and articles >= _OFTEN)
