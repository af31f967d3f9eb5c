"""How authors are shown: their names joined, their initials, the bio in the reader's language."""

import re
import zlib
from collections.abc import Iterator, Sequence

from newsletter.model.article import Author
from newsletter.rendering.words import Words

# Each holds white initials with a contrast of at least 5.5 : 1.
DISC_COLOURS = ("#7a3b2e", "#2f5d62", "#4a4e7c", "#6b5420", "#7b3f61", "#3d6140", "#5a4a42")
# The sound of an i at the beginning of a name: Inés, Hilario, but neither Hierro nor Ian.
_I_SOUND = re.compile(r"h?[ií](?![aeoáéó])", re.IGNORECASE)


def joiners(names: Sequence[str], words: Words) -> Iterator[str]:
    """What stands before each name: "" , ", " …, " and " ("A, B and C")."""
    for index, name in enumerate(names):
        if index == 0:
            yield ""
        elif index < len(names) - 1:
            yield words["comma"]
        else:
            yield words["and_before_i" if _I_SOUND.match(name) else "and"]


def joined(names: Sequence[str], words: Words) -> str:
    """ "A, B and C" in the language of the words."""
    return "".join(a + b for a, b in zip(joiners(names, words), names, strict=True))


def initials(name: str) -> str:
    """At most two letters for a disc: "Lucía Ferrer" → "LF"; one where letters are joined up."""
    letters = [found for word in name.split() if (found := _first_letter(word))]
    chosen = letters if len(letters) < 2 else [letters[0], letters[-1]]
    if any(letter.lower() == letter.upper() for letter in chosen):
        chosen = chosen[:1]  # Arabic, Chinese …: two letters side by side would read as a word
    return "".join(chosen).upper()[:2]


def disc_colour(name: str) -> str:
    """Always the same colour for the same name."""
    return DISC_COLOURS[zlib.crc32(name.encode("utf-8", "replace")) % len(DISC_COLOURS)]


def bio_in(language: str, author: Author) -> str | None:
    """The bio in this language or its base language; never one in another."""
    base = language.partition("-")[0]
    same = (key for key in author.bio if key.partition("-")[0] == base)
    return next(filter(None, map(author.bio.get, (language, base, *same))), None)


def _first_letter(word: str) -> str | None:
    return next((character for character in word if character.isalnum()), None)
