"""An author's bio, which may be the same text in two languages: each half under its own."""

import re
from collections.abc import Iterator, Mapping, Sequence

from newsletter.articles.language import COMMON, base, detect, fitted
from newsletter.articles.markup import blocks_of_text, body_of

# What parts the halves, in the order of how sure a sign it is. "//" is none inside an address.
_SEPARATORS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\s+//+\s+",
        r"\s*\n\s*//+\s*\n\s*",
        r"(?<!:)//+",
        r"\n\s*\n",
        r"\s+\|+\s+",
        r"\s+/\s+",
        r"\s*\n\s*(?:[-–—*]{1,3}\s*\n\s*)?",
        r"\s+[–—]\s+",
        r"\s+-{1,3}\s+",
    )
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[^\W\d_a-z])")
_FEWEST_WORDS = 4  # of a half that stands by a separator
_FEWEST_UNMARKED = 6  # of a half that only its language sets apart
_SURE = 0.9
_NAME = re.compile(r"^[^\W\d_][\w'’.-]*$")


def bios_by_language(raw: str, languages: Sequence[str], own: str) -> dict[str, str]:
    """A bio as it stands on the page → its text by language.

    `languages` are those that may occur (common ones when none is given), `own` the article's,
    under which a text goes that nothing can be said about.
    """
    text = "\n\n".join(blocks_of_text(body_of(raw))) if "<" in raw else raw.strip()
    text = re.sub(r"[^\S\n]+", " ", text)
    if not text:
        return {}
    choice = tuple(dict.fromkeys(base(one) for one in languages)) or COMMON
    for parts in (*_by_separator(text), *_by_sentence(text, choice)):
        found = [detect(part, choice)[0] for part in parts]
        if len(set(found)) == len(parts):
            pairs = zip(found, parts, strict=True)
            return {fitted(language, languages): _tidy(part) for language, part in pairs}
    seen, sure = detect(text, choice)
    return {fitted(seen, languages) if sure >= _SURE else own: _tidy(text)}


def name_in_bios(bios: Mapping[str, str]) -> str | None:
    """Whom two versions of one bio are about: the capitalised words that both begin with."""
    if len(bios) < 2:
        return None
    name: list[str] = []
    for group in zip(*(text.split() for text in bios.values()), strict=False):
        word = group[0]
        if len(set(group)) > 1 or not (_NAME.match(word) and word[0].isupper()):
            break
        name.append(word)
    return " ".join(name) or None


def _by_separator(text: str) -> Iterator[list[str]]:
    for separator in _SEPARATORS:
        parts = [part for part in separator.split(text) if part.strip()]
        if 2 <= len(parts) <= 3 and all(len(part.split()) >= _FEWEST_WORDS for part in parts):
            yield parts


def _by_sentence(text: str, choice: Sequence[str]) -> Iterator[list[str]]:
    """The one cut between sentences after which everything is surely in another language."""
    ends = [match.end() for match in _SENTENCE.finditer(text)]
    cuts = [(text[:end], text[end:]) for end in ends[:12]]
    rated = [(rating, [*cut]) for cut in cuts if (rating := _rating(cut, choice))]
    if rated:
        yield max(rated, key=lambda pair: pair[0])[1]


def _rating(parts: tuple[str, str], choice: Sequence[str]) -> float:
    """How sure it is that both halves are each in one language, and not the same; 0 for no."""
    if any(len(part.split()) < _FEWEST_UNMARKED for part in parts):
        return 0.0
    (one, sure), (other, as_sure) = (detect(part, choice) for part in parts)
    return sure * as_sure if one != other and min(sure, as_sure) >= _SURE else 0.0


def _tidy(text: str) -> str:
    return " ".join(text.split())
