"""HTML → a flat list of elements."""

import time

import pytest

from newsletter.checks.page import MAX_ELEMENTS, read_page, tangled


def test_elements_come_in_order_and_know_what_they_hold() -> None:
    page = read_page("<table><tr><td>a<b>b</b></td><td>c</td></tr></table>d")
    tags = [element.tag for element in page.elements]
    assert tags == ["html", "head", "body", "table", "tbody", "tr", "td", "b", "td"]
    (table,) = page.tagged("table")
    assert page.text(table) == "abc"
    assert [each.tag for each in page.within(table, "td", "b")] == ["td", "b", "td"]


def test_text_leaves_scripts_and_styles_out() -> None:
    page = read_page("<body>a<script>b</script><style>c</style> d</body>")
    (body,) = page.tagged("body")
    assert page.text(body) == "a d"


def test_the_ways_out_of_an_element_are_known() -> None:
    page = read_page("<div><p><i>x</i></p></div>")
    (innermost,) = page.tagged("i")
    assert [each.tag for each in innermost.around()] == ["i", "p", "div", "body", "html"]


def test_a_selector_that_nobody_can_read_means_nothing() -> None:
    page = read_page("<p>x</p>")
    for selector in ("p", "::", "p >> q", "p:unknown(3)", "[", ""):
        assert len(page.select(selector)) in (0, 1)


def test_comments_hold_no_elements() -> None:
    page = read_page("<!--[if mso]><table></table><![endif]--><p>x</p>")
    assert not list(page.tagged("table"))


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000,
        "<b><p>" * 20_000,
        "".join(f"<b id={number}><p>" for number in range(5_000)),
        "<table><tr><td>" * 12_000,
        "<a href=x>" * 20_000,
        "</p>" * 1_000_000,
        "<" * 5_000_000,
        "<p " + "a " * 2_000_000,
        "<p>x</p>" * 600_000,
        "<!--" * 1_000_000,
    ],
    ids=lambda html: html[:12],
)
def test_reading_ends_soon_whatever_is_read(html: str) -> None:
    start = time.monotonic()
    page = read_page(html)
    assert len(page.elements) <= MAX_ELEMENTS
    assert time.monotonic() - start < 20


def test_an_ordinary_mail_is_not_tangled() -> None:
    row = "<tr><td><font><b>x</b></font></td></tr>"
    assert not tangled("<div>" * 60 + "<table>" + row * 5_000)
