"""What mrml would corrupt, and what arrives instead."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from newsletter.rendering.guard import guarded
from newsletter.rendering.mjml import compiled


def _alt(value: str) -> str | None:
    """The alternative text after the way through guard and mrml."""
    image = f'<mj-image src="https://x.example/a.png" alt="{value}"/>'
    html = compiled(guarded(_document(image)), layout="test")
    return LexborHTMLParser(html).css("img")[0].attributes["alt"]


def _document(column: str, title: str = "") -> str:
    return (
        f"<mjml><mj-head><mj-title>{title}</mj-title></mj-head><mj-body><mj-section><mj-column>"
        f"{column}</mj-column></mj-section></mj-body></mjml>"
    )


@pytest.mark.parametrize(
    "value",
    ["38\u00a0%", "a\\nb \\u{200b}", "👩\u200d👧", "\u200fأ\u064e", "नमस्ते", "e\u0301", "a > b"],
)
def test_an_attribute_comes_out_of_mrml_as_it_went_in(value: str) -> None:
    assert _alt(value) == value


def test_line_ends_and_tabs_in_an_attribute_become_blanks() -> None:
    assert _alt("one\r\n  two\tthree") == "one two three"


def test_a_quote_within_single_quotes_ends_no_attribute() -> None:
    assert guarded("<a title='x\"y'>") == '<a title="x&#34;y">'


def test_the_title_is_plain_ascii() -> None:
    html = compiled(guarded(_document("", "Año\u00a0nuevo \\ 👩\u200d👧")), layout="test")
    assert LexborHTMLParser(html).css("title")[0].text() == "Año\u00a0nuevo \\ 👩\u200d👧"
    assert r"\u{" not in html


@pytest.mark.parametrize(
    ("padding", "expected"),
    [("0 24px", "0px 24px"), ("10px  0", "10px 0px"), ("0", "0px"), ("10px 0.5em", "10px 0.5em")],
)
def test_a_padding_is_written_as_outlooks_arithmetic_needs_it(padding: str, expected: str) -> None:
    assert guarded(f'<mj-section padding="{padding}">') == f'<mj-section padding="{expected}">'


def test_ghost_cells_for_outlook_are_as_wide_as_the_column() -> None:
    section = '<mj-section padding="0 24px"><mj-column/></mj-section>'
    mjml = f'<mjml><mj-body width="640px">{section}</mj-body></mjml>'
    assert "width:592px" in compiled(guarded(mjml), layout="test")


def test_text_between_tags_is_left_alone() -> None:
    text = "<td>padding=\"0 1\" 'é' \\ 1 &lt; 2</td>"
    assert guarded(text) == text
