"""No cell is a formula, and every one comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.subscribers.rows import tags_cell, tags_in
from newsletter.subscribers.spreadsheet import as_meant, as_text


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r", "'="])
def test_what_could_be_a_formula_begins_with_an_apostrophe(beginning: str) -> None:
    assert as_text(beginning + "1") == "'" + beginning + "1"


@given(st.text(alphabet="'=+-@\t\ra", max_size=8) | st.text(max_size=10))
def test_a_cell_comes_back_as_it_was_and_is_never_a_formula(cell: str) -> None:
    written = as_text(cell)
    assert as_meant(written) == cell
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))


TAG = st.text(alphabet="ab ,;\"'=", min_size=1, max_size=6).map(str.strip).filter(bool)


@given(st.lists(TAG, unique=True, max_size=5))
def test_tags_come_back_as_they_were(tags: list[str]) -> None:
    assert tags_in(tags_cell(tags)) == tuple(tags)
