import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.sources.decode import html_text

SPANISH = "<p>¿Qué pasó en Ávila? — “nada”</p>"
RUSSIAN = "<p>Новости</p>"


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (SPANISH.encode(), None),
        (SPANISH.encode("cp1252"), None),
        (SPANISH.encode("cp1252"), "iso-8859-1"),
        (SPANISH.encode(), "iso-8859-1"),
        (SPANISH.encode(), "no-such-charset"),
        (SPANISH.encode(), "hex"),
        (SPANISH.encode("cp1252"), "utf-8"),
        (codecs.BOM_UTF8 + SPANISH.encode(), "iso-8859-1"),
        (SPANISH.encode("utf-16"), None),
        (SPANISH.encode("utf-16-be"), None),
        (SPANISH.encode("utf-32"), None),
    ],
)
def test_the_text_is_found_whatever_the_server_says(content: bytes, charset: str | None) -> None:
    assert html_text(content, charset) == SPANISH


@pytest.mark.parametrize(
    "declaration",
    [
        '<meta charset="windows-1251">',
        '<META http-equiv=Content-Type content="text/html; charset=windows-1251">',
        "<?xml version='1.0' encoding='windows-1251'?>",
    ],
)
def test_a_page_may_declare_its_own_charset(declaration: str) -> None:
    page = declaration + RUSSIAN
    assert html_text(page.encode("cp1251")) == page


def test_the_server_is_believed_before_the_page() -> None:
    page = '<meta charset="utf-8">' + RUSSIAN
    assert html_text(page.encode("koi8-r"), "koi8-r") == page


def test_a_few_broken_bytes_do_not_spoil_a_utf8_page() -> None:
    page = SPANISH.encode() + b"\xff"
    assert html_text(page) == SPANISH + "\ufffd"


def test_nuls_disappear() -> None:
    assert html_text(b"a\0b\0") == "ab"


@given(st.binary(), st.none() | st.text(max_size=12))
def test_no_bytes_and_no_charset_are_a_fault(content: bytes, charset: str | None) -> None:
    assert "\0" not in html_text(content, charset)


@given(st.text(st.characters(exclude_characters="\0\ufeff", exclude_categories=["Cs"])))
def test_utf8_needs_no_declaration(text: str) -> None:
    assert html_text(text.encode(), "utf-8").count("\ufffd") <= text.count("\ufffd") or not text
