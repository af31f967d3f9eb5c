"""The fixed phrases of a letter, in one language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from newsletter.rendering.faults import LayoutFault

PHRASES = frozenset(
    {
        "dir",  # ltr or rtl
        "by",
        "comma",  # between names, with its space
        "and",  # between the last two names, with its spaces
        "and_before_i",  # the same before the sound of an i (Spanish: e); as "and" elsewhere
        "read_on",
        "read_here",  # invites readers of other languages: "Read in English"
        "receive_here",  # the same, for the whole newsletter
        "also",  # opens a preheader: "Also: A · B"
        "in_language",  # marks a story in another language; holds {language}
        "briefs",  # above stories that are shown by their headlines
        "more",  # above those that the letter has no room for, and the site has
        "sponsor",  # marks what somebody paid for
        "note",
        "sample",
        "sample_why",
        "view",
        "why",  # why the reader gets this; holds {title} and {publication}
        "unsubscribe",
        "preferences",
        "contact",  # holds {contact}
    }
)
ELSEWHERE = ("dir", "read_here", "receive_here")  # shown in letters of other languages


@dataclass(frozen=True, slots=True, eq=False)
class Words(Mapping[str, str]):
    """The phrases by key, and `elsewhere`: by language, what is said of it in other letters."""

    language: str
    phrases: Mapping[str, str]
    elsewhere: Mapping[str, Mapping[str, str]]

    def __getitem__(self, key: str) -> str:
        return self.phrases[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.phrases)

    def __len__(self) -> int:
        return len(self.phrases)

    def of(self, language: str, key: str) -> str | None:
        """What another language, or its base language, says of itself; None when it is silent."""
        for name in (language, language.partition("-")[0]):
            if said := self.elsewhere.get(name, {}).get(key):
                return said
        return None


def words_from(
    language: str, table: Mapping[str, object], *, elsewhere: Mapping[str, Mapping[str, str]]
) -> Words:
    """The phrases of a words file. Raises LayoutFault naming what is wrong."""
    missing = sorted(PHRASES - table.keys())
    unknown = sorted(table.keys() - PHRASES)
    no_text = sorted(key for key, value in table.items() if not isinstance(value, str))
    told = {"missing": missing, "unknown": unknown, "no text": no_text}
    faults = [f"{what}: {', '.join(keys)}" for what, keys in told.items() if keys]
    if faults or table["dir"] not in ("ltr", "rtl"):
        faults = faults or ["dir must be ltr or rtl"]
        raise LayoutFault(f"the words for {language!r}: " + "; ".join(faults))
    return Words(language, {key: str(value) for key, value in table.items()}, elsewhere)
