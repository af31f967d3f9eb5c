"""Whatever comes in, an article or a reason comes out."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.articles.as_json import article_json
from newsletter.articles.read import read_article
from newsletter.articles.sanitise import sanitise
from newsletter.model.article import Article, Author, Draft, Image, Page
from tests.articles.build import BODY, READING, feed_draft, page, page_draft

PIECES = [
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<table>",
    "<td>",
    "<ul><li>",
    "<figure>",
    "<figcaption>",
    "<h1>",
    "</h1>",
    "<h2>",
    "<br>",
    "<img>",
    "<img",
    'srcset=",,',
    '1w">',
    "<iframe",
    'src="//x.example">',
    "<a>",
    "<a",
    "hreflang=es>",
    "<svg><title>",
    "<script>",
    "<script",
    'type="application/ld+json">',
    "</script>",
    '{"@id":',
    "[1,{}]",
    "}",
    "<meta",
    'content="x"',
    "<time",
    'datetime="9999-99">',
    "<base",
    'href="http://[::1">',
    "<noscript>",
    "<title>",
    "&amp;amp;",
    "\x00",
    "\ud83d",
    "By",
    "(EFE)",
    "//",
    "https://",
    "2024-05-03",
    "word",
    '<iframe src="https://www.youtube.com/embed/abcdefghijk" title="A film">',
    '<div class="share">',
    '<p class="lead">',
    "▶0▶",
    "[…]",
    "***",
]
MARKUP = st.lists(
    st.sampled_from(PIECES) | st.text(max_size=8),
    max_size=40,
).map("".join)
TEXT = st.text(max_size=60) | MARKUP


def _drafts() -> st.SearchStrategy[Draft]:
    image = st.builds(Image, url=TEXT, alt=TEXT, caption=TEXT, credit=TEXT)
    author = st.builds(Author, name=TEXT, url=TEXT, bio=st.fixed_dictionaries({"und": TEXT}))
    maybe: Any = st.none() | TEXT
    return st.builds(
        Draft,
        source=st.just("s"),
        origin=st.just("feed"),
        url=maybe,
        guid=maybe,
        language=maybe,
        title=maybe,
        summary=maybe,
        content=maybe,
        images=st.tuples(image),
        authors=st.tuples(author),
        tags=st.tuples(TEXT),
        published=maybe,
        updated=maybe,
        translations=st.dictionaries(TEXT, maybe, max_size=2),
        page=st.none() | st.builds(Page, url=maybe, html=MARKUP),
        text=maybe,
    )


@settings(max_examples=60, deadline=None)
@given(_drafts())
def test_any_draft_gives_an_article_or_a_reason(draft: Draft) -> None:
    found = read_article(draft, READING)
    if isinstance(found, Article):
        assert found.title
        assert "<script" not in found.body_html
        article_json(found)


@settings(max_examples=40, deadline=None)
@given(MARKUP)
def test_any_page_around_a_real_article_is_read(noise: str) -> None:
    found = read_article(page_draft(noise + page(above=noise, below=noise)), READING)
    assert isinstance(found, Article) or found.reason


@settings(max_examples=60, deadline=None)
@given(MARKUP)
def test_sanitising_twice_changes_nothing_more(html: str) -> None:
    once = sanitise(html, "https://example.com/")
    assert sanitise(once, "https://example.com/") == once


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '<img src="x" onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" java\nscript:alert(1)">x</a>',
        '<iframe src="https://x.example"></iframe>',
        '<svg><script>alert(1)</script></svg><math><mi xlink:href="data:x">',
        '<form action="https://x.example"><input></form>',
        '<p style="background:url(javascript:1)">x</p>',
        '<meta http-equiv="refresh" content="0"><base href="https://x.example"><link rel="x">',
        '<img src="data:text/html;base64,PHNjcmlwdD4=">',
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    ],
)
def test_nothing_that_runs_or_loads_passes(attack: str) -> None:
    html = sanitise(f"<p>before</p>{attack}<p>after</p>", "https://example.com/")
    for sign in (
        "<script",
        "onerror=",
        "javascript:",
        "<iframe",
        "<form",
        "style=",
        "data:",
        "<meta",
    ):
        assert sign not in html.replace("&lt;", "")
    assert "before" in html


def test_a_template_in_an_article_is_words() -> None:
    html = sanitise("<p>{{ unsubscribe }} {% x %} *|FNAME|*</p>", None)
    assert html == "<p>{{ unsubscribe }} {% x %} *|FNAME|*</p>"


def test_boxes_become_paragraphs_and_pictures_get_their_address() -> None:
    html = sanitise(
        "<div>one<div>two<br><br>three</div></div><img src='/a.jpg'>", "https://e.example/"
    )
    assert html == ('<p>one</p><p>two</p><p>three</p><p><img src="https://e.example/a.jpg"></p>')


def test_a_player_becomes_a_link() -> None:
    html = sanitise('<iframe src="//v.example/1" title="A film"></iframe>', "https://e.example/")
    assert html == '<p><a href="https://v.example/1">A film</a></p>'


def test_a_page_that_nests_without_end_is_refused_at_once() -> None:
    draft = replace(feed_draft(), content="<b>" * 200_000)
    found = read_article(draft, READING)
    assert not isinstance(found, Article)
    assert "deep" in found.reason


def test_a_long_text_is_read_whole() -> None:
    draft = feed_draft(content="".join(f"<p>{p}</p>" for p in BODY * 200))
    found = read_article(draft, READING)
    assert isinstance(found, Article)
    assert found.body_text.count("sandbank") == 200
