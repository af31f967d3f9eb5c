"""How much alike two texts are."""

from newsletter.articles.blocks import word_key

_SHINGLE = 4  # words in a row
_LEAST = 30  # runs of words in a text before a comparison proves anything


def shared_part(one: str, other: str) -> float:
    """The part of the shorter text that stands in the other too, from 0 to 1, by runs of four
    words; 0 where one of them is too short to tell."""
    a, b = _shingles(one), _shingles(other)
    if min(len(a), len(b)) < _LEAST:
        return 0.0
    return len(a & b) / min(len(a), len(b))


def same_headline(one: str, other: str) -> bool:
    """Whether half of the shorter headline's words stand in the other: one that was edited."""
    a, b = set(word_key(one).split()), set(word_key(other).split())
    return bool(a and b) and len(a & b) * 2 >= min(len(a), len(b))


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = word_key(text).split()
    return set(zip(*(words[start:] for start in range(_SHINGLE)), strict=False))
