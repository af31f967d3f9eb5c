"""Tables as people see them, wide and narrow."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from newsletter.cli.columns import lines

ROWS = [(1, "The port that turned down the volume"), (12, "An owl")]


def test_where_there_is_room_a_row_is_a_line() -> None:
    assert lines(("id", "subject"), ROWS, 80) == [
        "id  subject",
        " 1  The port that turned down the volume",
        "12  An owl",
    ]


def test_in_a_narrow_place_the_last_column_stands_below() -> None:
    assert lines(("id", "subject"), ROWS, 30) == [
        "id",
        "    subject",
        " 1",
        "    The port that turned down",
        "    the volume",
        "12",
        "    An owl",
    ]


def test_a_pipe_gets_every_row_on_one_line() -> None:
    assert len(lines(("id", "subject"), [(1, "owl " * 200)], None)) == 2


def test_an_address_is_never_broken() -> None:
    address = "somebody.with-a-long-name@news.department.example.com"
    assert address in "\n".join(lines(("to", "answer"), [("x", address)], 20))


def test_a_table_without_names_has_no_head() -> None:
    assert lines(("", ""), [("state", "sent"), ("id", 7)], 80) == ["state  sent", "id     7"]


def test_moments_and_choices_are_written_for_people() -> None:
    moment = datetime(2026, 11, 22, 7, 0, 31, tzinfo=UTC)
    assert lines(("", "", ""), [(moment, True, None)], 80) == ["2026-11-22 07:00 UTC  yes"]


def test_wide_letters_keep_the_columns_straight() -> None:
    made = lines(("name", "n"), [("東京", 1), ("Oslo", 2)], 80)
    assert made == ["name  n", "東京  1", "Oslo  2"]


@given(st.lists(st.tuples(st.text(), st.integers(), st.text()), min_size=1), st.integers(1, 200))
def test_no_word_is_ever_lost(rows: list[tuple[str, int, str]], width: int) -> None:
    words = [word for row in rows for cell in row for word in str(cell).split()]
    shown = "\n".join(lines(("a", "b", "c"), rows, width)).split()
    assert sorted(shown) == sorted([*words, "a", "b", "c"])
