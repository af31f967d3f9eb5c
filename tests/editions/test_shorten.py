"""What is too long for a letter is named at its end, or waits."""

import pytest

from newsletter.editions.shorten import shortened, without_last
from newsletter.editions.slot import slot_at
from newsletter.model.edition import Edition, Section
from tests.editions.stories import NOW, told


def edition(*sections: tuple[int, ...], more: tuple[int, ...] = ()) -> Edition:
    """Story 1 leads; the others by number, a tuple for each section."""
    return Edition(
        digest="daily",
        language="en",
        slot=slot_at(NOW.replace(tzinfo=None), "UTC"),
        title="Morning",
        subject="x",
        preheader="x",
        lead=told(1),
        sections=tuple(
            Section(f"S{index}", tuple(told(number) for number in numbers))
            for index, numbers in enumerate(sections)
        ),
        more=tuple(told(number) for number in more),
    )


def shape(made: Edition) -> tuple[list[tuple[str, list[int]]], list[int]]:
    sections = [(each.title, [story.story for story in each.stories]) for each in made.sections]
    return sections, [story.story for story in made.more]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, ([("S0", [2, 3]), ("S1", [4, 5])], [6])),
        (1, ([("S0", [2, 3]), ("S1", [4])], [5, 6])),
        (3, ([("S0", [2])], [3, 4, 5, 6])),
        (4, ([], [2, 3, 4, 5, 6])),
        (99, ([], [2, 3, 4, 5, 6])),
    ],
)
def test_the_last_stories_move_to_the_end_in_their_order(
    count: int, expected: tuple[list[tuple[str, list[int]]], list[int]]
) -> None:
    assert shape(shortened(edition((2, 3), (4, 5), more=(6,)), count)) == expected


@pytest.mark.parametrize("count", range(6))
def test_whatever_moves_no_story_is_lost_and_the_order_stays(count: int) -> None:
    whole = edition((2, 3), (4, 5), more=(6,))
    assert shortened(whole, count).stories == whole.stories
    assert shortened(whole, count).lead == whole.lead


@pytest.mark.parametrize(
    ("count", "kept", "waiting"),
    [(0, [6, 7], []), (1, [6], [7]), (2, [], [6, 7]), (9, [], [6, 7])],
)
def test_of_those_that_are_only_named_the_last_wait(
    count: int, kept: list[int], waiting: list[int]
) -> None:
    made, left = without_last(edition((2,), more=(6, 7)), count)
    assert (shape(made)[1], [story.story for story in left]) == (kept, waiting)
    assert shape(made)[0] == [("S0", [2])]
