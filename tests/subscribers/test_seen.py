"""What was seen is known again, and where it was first."""

from hypothesis import given
from hypothesis import strategies as st

from newsletter.subscribers.seen import Seen


@given(st.lists(st.text(max_size=4), max_size=200))
def test_the_first_place_of_each_thing_is_remembered(things: list[str]) -> None:
    seen = Seen()
    for place, thing in enumerate(things, start=1):
        assert seen.first(thing, place) == things.index(thing) + 1
    assert all(thing in seen for thing in things)
    assert ("never", "there") not in seen


def test_it_grows_with_what_is_in_it() -> None:
    seen = Seen()
    for number in range(20_000):
        assert seen.first(f"reader{number}", number) == number
    assert all(seen.first(f"reader{number}", 1) == number for number in range(20_000))
