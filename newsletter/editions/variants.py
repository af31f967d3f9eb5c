"""Which stories of an edition are shown to readers who have had some of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Each is a letter to be set, checked and stored, a fifth of a second: with more of them somebody
# gets a letter that leaves out a little more than it must.
MOST_VARIANTS = 60

Shown = tuple[int, ...]
"""The numbers of the stories of a letter, in their order."""


@dataclass(frozen=True, slots=True)
class Group:
    """Readers who had the same letters before: a name for these, how many readers they are, and
    the stories in question that they had."""

    letters: str
    readers: int
    had: frozenset[int]


def shown_to(groups: Sequence[Group], stories: Sequence[int]) -> Mapping[str, Shown]:
    """What each group is shown of `stories`: all that it has not had, unless the groups are too
    many for letters of their own. For whom nothing is left is not in the answer."""
    left = {
        group.letters: tuple(story for story in stories if story not in group.had)
        for group in groups
    }
    readers = Counter[Shown]()
    for group in groups:
        readers[left[group.letters]] += group.readers
    kept = [shown for shown, _ in readers.most_common(MOST_VARIANTS)]
    fitting = {shown: _largest_within(shown, kept) for shown in readers}
    return {letters: fitting[shown] for letters, shown in left.items() if fitting[shown]}


def _largest_within(shown: Shown, kept: Sequence[Shown]) -> Shown:
    """The letter that shows most of these stories, and no other."""
    return max((each for each in kept if set(each) <= set(shown)), key=len, default=())
