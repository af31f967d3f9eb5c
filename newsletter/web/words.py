"""The words of the public pages, by language: the shipped ones, and a publisher's own on top.

A publisher's stand in layouts/_pages/LANGUAGE.toml and hold only what is different; those of a
region lie over those of its language. English where a language has none.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from unicodedata import bidirectional

from newsletter.rendering.faults import LayoutFault

OWN = "_pages"
_SUBSTITUTE = "en"
_SHIPPED = files("newsletter.web") / "templates" / "words"
_ISOLATE = ("\u2068", "\u2069")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Library:
    """The words of all languages, from the shipped folder and a publisher's own."""

    folders: Sequence[Traversable]
    read: dict[str, Words] = field(default_factory=dict)

    def of(self, language: str) -> Words:
        """The words of a language (BCP 47), read once. Raises LayoutFault where a file cannot be
        used."""
        if language not in self.read:
            self.read[language] = self._laid_over(language)
        return self.read[language]

    def _laid_over(self, language: str) -> Words:
        base = language.partition("-")[0]
        names = dict.fromkeys((_SUBSTITUTE, base, language))
        found: dict[str, str] = {}
        for name in names:
            for folder in self.folders:
                found |= _words(folder, name)
        return found


def library(own: Traversable) -> Library:
    """The words for a project whose own ones lie in the folder `own`."""
    return Library((_SHIPPED, own / OWN))


def _words(folder: Traversable, language: str) -> dict[str, str]:
    file = folder / f"{language}.toml"
    if not file.is_file():
        return {}
    place = f"{folder.name}/{file.name}"
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise LayoutFault(f"{place}: {error}") from None
    if faults := list(_faults(table)):
        raise LayoutFault(f"{place}: " + "; ".join(faults))
    return {key: str(value) for key, value in table.items()}


def _faults(table: Mapping[str, object]) -> Iterator[str]:
    known = _placeholders()
    for key, value in table.items():
        if key not in known:
            yield f"unknown key {key!r}"
        elif not isinstance(value, str):
            yield f"{key} must be a text"
        elif wrong := sorted(_named(value) - known[key]):
            yield f"{key} has nothing to fill in for {{{wrong[0]}}}"


@lru_cache(maxsize=1)
def _placeholders() -> Mapping[str, frozenset[str]]:
    """What may be filled into each phrase: what the shipped English has."""
    table = tomllib.loads((_SHIPPED / f"{_SUBSTITUTE}.toml").read_text("utf-8"))
    return {key: _named(value) for key, value in table.items()}


def _named(phrase: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(phrase))


def filled(phrase: str, **values: object) -> str:
    """The phrase with its placeholders filled; any other brace is a brace.

    In a phrase that runs from right to left what is filled in is isolated (UAX #9): an address or a
    title in Latin letters would take the quotes around it along.
    """
    before, after = _ISOLATE if any(map(_runs_left, phrase)) else ("", "")

    def value(found: re.Match[str]) -> str:
        return f"{before}{values[found[1]]}{after}" if found[1] in values else found[0]

    return _PLACEHOLDER.sub(value, phrase)


def _runs_left(character: str) -> bool:
    return bidirectional(character) in ("R", "AL")
