"""An article's text, taken apart into what a letter can show."""

import pytest

from newsletter.rendering.body import (
    MAX_TEXT,
    Block,
    Kind,
    beginning,
    blocks_of,
    pictures_in,
    text_of,
)
from tests.rendering.editions import edition, layout, letter, story

PICTURE = '<img src="https://x.example/a.jpg" width="800" height="500" alt="A boat">'


def kinds(html: str) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in blocks_of(html)]


def inner(html: str) -> list[str]:
    return [str(block.html) for block in blocks_of(html)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One.</p><p>Two.</p>", [("text", "One."), ("text", "Two.")]),
        ("loose <b>words</b><p>One.</p>", [("text", "loose words"), ("text", "One.")]),
        ("<h2>Head</h2><h4>Small</h4>", [("heading", "Head"), ("heading", "Small")]),
        ("<blockquote><p>a</p><p>b</p></blockquote>", [("quote", "a"), ("quote", "b")]),
        ("<blockquote>bare</blockquote>", [("quote", "bare")]),
        ("<hr>", [("rule", "")]),
        ("<figcaption>A boat.</figcaption>", [("caption", "A boat.")]),
        ("<pre>a\n  b</pre>", [("text", "a b")]),
        ("<section><div><p>deep</p></div></section>", [("text", "deep")]),
        ("<p>one<br>two</p>", [("text", "one two")]),
        ("<p> </p><p></p><h2>&nbsp;</h2>", []),
        ("", []),
    ],
)
def test_each_kind_of_block_is_told_apart(html: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ul><li>a</li><li>b</li></ul>", [("•", "a"), ("•", "b")]),
        ("<ol><li>a</li><li>b</li></ol>", [("1.", "a"), ("2.", "b")]),
        (
            "<ol><li>a<ul><li>in</li></ul></li><li>b</li></ol>",
            [("1.", "a"), ("•", "in"), ("2.", "b")],
        ),
        ("<ol><li><p>a</p><p>still a</p></li></ol>", [("1.", "a"), ("", "still a")]),
        ("<ul><ul><li>astray</li></ul></ul>", [("•", "astray")]),
        ("<ul>loose<li>a</li></ul>", [("", "loose"), ("•", "a")]),
        ("<li>without a list</li>", [("", "without a list")]),
    ],
)
def test_items_have_their_marks_and_none_is_lost(
    html: str, expected: list[tuple[str, str]]
) -> None:
    assert [(block.mark, block.text) for block in blocks_of(html)] == expected


def test_a_table_has_a_head_where_all_of_its_first_row_is_one() -> None:
    html = "<table><tr><th>Year<th>Ships</tr><tr><td>2025<td><b>9</b></tr></table>"
    (block,) = blocks_of(html)
    assert (block.head, block.rows) == (("Year", "Ships"), (("2025", "<strong>9</strong>"),))
    assert block.text == "Year | Ships\n2025 | 9"


def test_what_stands_in_a_cell_does_not_run_together() -> None:
    (block,) = blocks_of("<table><tr><td><p>a</p><p>b</p><td><ul><li>x<li>y</ul></table>")
    assert block.rows == (("a<br/>b", "• x<br/>• y"),)
    assert block.text == "a b | • x • y"


def test_a_table_that_only_places_pictures_is_taken_apart() -> None:
    html = f"<table><tr><td>{PICTURE}</td></tr><tr><td>Caption</td></tr></table>"
    assert [block.kind for block in blocks_of(html)] == [Kind.PICTURE, Kind.TEXT]


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "<p>text {}</p>",
        '<figure><a href="https://x.example/">{}</a><figcaption>c</figcaption></figure>',
        '<a href="https://x.example/">{}</a>',
        "<ul><li>{}</li></ul>",
        "<blockquote>{}</blockquote>",
        "<h2>Head {}</h2>",
    ],
)
def test_no_picture_is_lost_wherever_it_stands(around: str) -> None:
    (image,) = pictures_in(around.format(PICTURE))
    assert (image.url, image.width, image.height, image.alt) == (
        "https://x.example/a.jpg",
        800,
        500,
        "A boat",
    )


@pytest.mark.parametrize("source", ["data:image/png,x", "/a.jpg", "javascript:x", "", "cid:a"])
def test_a_picture_without_an_address_in_the_web_is_none(source: str) -> None:
    assert pictures_in(f'<p>a</p><img src="{source}">') == ()


@pytest.mark.parametrize("size", ["0", "99999", "-1", "1e3", ""])
def test_an_impossible_size_is_no_size(size: str) -> None:
    (image,) = pictures_in(f'<img src="https://x.example/a.jpg" width="{size}">')
    assert image.width is None


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p><i>a</i> <b>b</b> <del>c</del></p>", "<em>a</em> <strong>b</strong> <s>c</s>"),
        ("<p>H<sub>2</sub>O <small>x</small></p>", "H<sub>2</sub>O x"),
        (
            '<p><a href="https://x.example/?a=1&amp;b=2">a</a></p>',
            '<a class="link" href="https://x.example/?a=1&amp;b=2">a</a>',
        ),
        ('<p><a href="javascript:x()">a</a></p>', "a"),
        (
            '<p><a href="mailto:a@x.example">a</a></p>',
            '<a class="link" href="mailto:a@x.example">a</a>',
        ),
        ('<p>a<a href="https://x.example/"></a></p>', "a"),
        ('<p style="em" onclick="x()"><span class="b">a</span></p>', "a"),
        ("<p>&lt;b&gt; &amp;amp; \"'</p>", "&lt;b&gt; &amp;amp; &#34;&#39;"),
    ],
)
def test_a_line_keeps_few_tags_and_no_attribute_but_its_links(html: str, shown: str) -> None:
    assert inner(html) == [shown]


@pytest.mark.parametrize("tag", ["div", "blockquote", "em", "ul><li", "table><tr><td"])
def test_a_nest_keeps_its_words_and_ends_at_some_depth(tag: str) -> None:
    html = f"<p>before</p>{f'<{tag}>' * 1_500}words"
    assert [block.text for block in blocks_of(html)][-1].removeprefix("• ") == "words"
    assert all(str(block.html).count("<em>") < 50 for block in blocks_of(html))


def paragraphs(count: int, size: int = 1_000) -> list[Block]:
    return [Block(kind=Kind.TEXT, text="a" * size) for _ in range(count)]


def test_a_text_within_the_budget_is_all_there() -> None:
    blocks = paragraphs(3)
    assert beginning(blocks, 10_000) == (tuple(blocks), True)


def test_of_a_text_beyond_the_budget_the_beginning_is_there() -> None:
    shown, whole = beginning(paragraphs(10), 5_000)
    assert (len(shown), whole) == (3, False)


def test_letters_beyond_ascii_weigh_as_they_travel() -> None:
    plain = beginning(paragraphs(100), MAX_TEXT)[0]
    accented = beginning([Block(kind=Kind.TEXT, text="é" * 1_000)] * 100, MAX_TEXT)[0]
    assert len(accented) * 4 < len(plain)


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "<b>a</b> " * 6_000,
        "<p>words</p>" * 9_000,
        "<table>" + "<tr><td>1</td><td>2</td><td>3</td></tr>" * 900 + "</table>",
        "<ul>" + "<li>a</li>" * 900 + "</ul>",
        PICTURE * 400,
        "<p>" + '<a href="https://x.example/">a</a> ' * 2_000,
        "<blockquote><p>é</p></blockquote>" * 900,
    ],
)
def test_no_text_in_full_fills_a_letter(html: str) -> None:
    made = letter(edition(lead=story(body_html=html)), layout=layout("single"))
    assert len(made.html) < 95_000
    assert text_of(html)[1] is False


def test_links_in_the_text_have_the_digest_s_parameters() -> None:
    body = (
        '<p><a href="https://tideway.example/x?a=1#b">a</a> <a href="https://x.example/">b</a></p>'
    )
    made = letter(
        edition(lead=story(body_html=body)),
        layout=layout("single"),
        link_parameters={"utm_source": "mail & co"},
    )
    assert 'href="https://tideway.example/x?a=1&amp;utm_source=mail%20%26%20co#b"' in made.html
    assert 'href="https://x.example/"' in made.html
