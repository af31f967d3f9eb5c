"""Plain text: what is taken out of it, how it is made one line, where it is cut."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.lib.text import one_line, printable, shortened

ANY = st.text(st.characters())  # surrogates and controls, too


@given(ANY)
def test_what_is_printable_holds_no_controls_but_white_space(text: str) -> None:
    left = {c for c in printable(text) if unicodedata.category(c) in ("Cc", "Cs")}
    assert left <= set("\t\n\r\x85")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"])))
def test_no_letter_is_lost(text: str) -> None:
    assert printable(text) == text


@given(ANY)
def test_one_line_is_one_line_however_often_it_is_made(text: str) -> None:
    line = one_line(text)
    assert line.splitlines() in ([], [line])
    assert one_line(line) == line == line.strip()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Agua\r\nBcc: x@example.com", "Agua Bcc: x@example.com"),
        ("a\u2028b\u2029c\x85d\x0be\x1cf", "a b c d e f"),
        ("a \x00 b", "a b"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\x9b31mred", "31mred"),
        ("\u00a0El\u00a0Niño\t", "El Niño"),
        ("مرحبا\u200f!", "مرحبا\u200f!"),
    ],
)
def test_line_ends_become_blanks_and_disguises_go(text: str, line: str) -> None:
    assert one_line(text) == line


@given(ANY, st.integers(1, 40))
def test_what_is_shortened_is_short_enough(text: str, length: int) -> None:
    assert len(shortened(text, length)) <= length


@given(st.lists(st.text("abcñ", min_size=1, max_size=9)), st.integers(20, 60))
def test_short_words_are_never_cut(words: list[str], length: int) -> None:
    kept = shortened(" ".join(words), length).removesuffix("…").split()
    assert kept == words[: len(kept)]


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("One two", 7, "One two"),
        ("One two three", 8, "One two…"),
        ("One two three", 7, "One…"),
        ("One two, three", 10, "One two…"),
        ("Storm — again", 9, "Storm…"),
        ("Donaudampfschifffahrt", 6, "Donau…"),
        ("速報 東京で大きな地震がありました", 12, "速報 東京で大きな地震…"),
    ],
)
def test_a_cut_comes_after_a_word_unless_little_would_be_left(
    text: str, length: int, short: str
) -> None:
    assert shortened(text, length) == short
