"""Who wrote it, when several things on a page claim to tell."""

import pytest

from newsletter.articles.bylines import names_in
from tests.articles.build import ld, meta, page, page_draft, read

LINE = "<p><em>By Jane Roe</em></p>"


def _names(head: str = "", above: str = "", below: str = "", url: str | None = None) -> list[str]:
    html = page(head=head, above=above, below=below)
    draft = page_draft(html, url) if url else page_draft(html)
    return [author.name for author in read(draft).authors]


def _author(name: str) -> str:
    return ld(author={"name": name}, publisher={"name": "Harbour Press"})


@pytest.mark.parametrize(
    "name", ["The Harbour", "Harbour Press", "example.com", "harbourdesk", "user4711"]
)
def test_a_person_in_the_text_wins_over_the_site_and_over_an_account(name: str) -> None:
    assert _names(_author(name), above=LINE) == ["Jane Roe"]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://harbournews.example/a/", "Harbournews"),
        ("https://harbournews.example/a/", "Harbournews Online"),
        ("https://hn-online.example/a/", "HN"),
    ],
)
def test_a_name_made_of_the_host_is_the_sites(url: str, name: str) -> None:
    assert _names(_author(name), above=LINE, url=url) == ["Jane Roe"]
    assert _names(_author(name), url=url) == [name]


def test_a_personal_site_is_called_after_its_author() -> None:
    byline = '<p class="byline">Mary Poe</p>'
    assert _names(_author("Jane Roe"), above=byline, url="https://janeroe.example/a/") == [
        "Jane Roe"
    ]


def test_an_imprint_names_no_authors() -> None:
    head = meta("author", "example.com, Port City, Norway")
    assert _names(head, above=LINE) == ["Jane Roe"]
    assert _names(head) == ["example.com"]


def test_the_sites_own_name_stands_where_nobody_is_named() -> None:
    assert _names(_author("The Harbour")) == ["The Harbour"]


def test_bylines_of_other_articles_are_not_this_ones() -> None:
    mine = '<div><p class="byline"><a>Jane Roe</a></p><p class="byline"><a>Al Poe</a></p></div>'
    others = '<aside><div><div><p class="byline"><a>Mary Moe</a></p></div></div></aside>'
    assert _names(above=mine, below=others) == ["Jane Roe", "Al Poe"]


@pytest.mark.parametrize(
    "byline",
    [
        '<div data-testid="page-byline"><span>By</span><span><a>Jane Roe</a></span></div>',
        '<div>par <span class="auteurs">Jane Roe</span></div>',
        '<div class="autor">Jane Roe</div>',
    ],
)
def test_a_byline_is_known_by_its_name_in_more_than_one_language(byline: str) -> None:
    assert _names(above=byline) == ["Jane Roe"]


@pytest.mark.parametrize(
    ("raw", "name"),
    [("ByJane Roe", "Jane Roe"), ("Byron Roe", "Byron Roe"), ("Dina Roe", "Dina Roe")],
)
def test_a_by_that_is_glued_to_a_name_is_no_part_of_it(raw: str, name: str) -> None:
    assert names_in(raw) == [name]


@pytest.mark.parametrize(
    "below",
    [
        '<p><a href="/author/jane-roe/">Jane Roe</a> / 3 May 2024</p>',
        '<div id="author_header">Jane Roe</div>',
        '<div class="intro__author"><span>by</span> Jane Roe</div>',
        "<p>By Jane Roe<br>Port City</p>",
    ],
)
def test_an_author_is_found_where_only_readers_look(below: str) -> None:
    assert _names(below=below) == ["Jane Roe"]


def test_a_link_to_all_authors_names_nobody() -> None:
    assert _names(below='<p><a href="/authors/">Authors</a><a href="/authors/">Team</a></p>') == []


@pytest.mark.parametrize(
    ("raw", "name"),
    [("Jane Roe Jane Roe", "Jane Roe"), ("Jane RoeJane Roe", "Jane Roe"), ("jane roe", "Jane Roe")],
)
def test_a_name_is_shown_once_and_as_names_are_written(raw: str, name: str) -> None:
    assert names_in(raw) == [name]


def test_where_nobody_is_named_nobody_is_guessed() -> None:
    assert (
        _names(below="<footer><p>Follow the author of this page. Web by Shipyard Ltd</p></footer>")
        == []
    )
