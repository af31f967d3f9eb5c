"""Who may read an article, and which language it is in."""

import pytest

from newsletter.articles.read import Reading
from newsletter.model.article import Visibility
from tests.articles.build import BODY, feed_draft, ld, meta, page, page_draft, read


@pytest.mark.parametrize(
    "head",
    [
        ld(isAccessibleForFree=False),
        ld(isAccessibleForFree="False"),
        ld(hasPart={"@type": "WebPageElement", "isAccessibleForFree": "false"}),
        meta("article:content_tier", "locked"),
        '<meta itemprop="isAccessibleForFree" content="false">',
    ],
)
def test_an_article_that_costs_is_told(head: str) -> None:
    assert read(page_draft(page(head=head))).visibility is Visibility.PAID


@pytest.mark.parametrize(
    "head",
    [
        "",
        ld(isAccessibleForFree=True),
        meta("article:content_tier", "free"),
        meta("article:content_tier", "metered"),
    ],
)
def test_what_anybody_may_read_is_public(head: str) -> None:
    assert read(page_draft(page(head=head))).visibility is Visibility.PUBLIC


def test_what_a_source_says_of_its_readers_wins_over_the_page() -> None:
    closed = page_draft(page(head=ld(isAccessibleForFree=False))).page
    told = feed_draft(visibility=Visibility.MEMBERS, page=closed)
    assert read(told).visibility is Visibility.MEMBERS
    assert read(feed_draft(page=closed)).visibility is Visibility.PAID


FILLER = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut "
    "labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco "
    "laboris nisi ut aliquip ex ea commodo consequat. Duis aute irure dolor in reprehenderit in "
    "voluptate velit esse cillum dolore eu fugiat nulla pariatur. Excepteur sint occaecat "
    "cupidatat non proident, sunt in culpa qui officia deserunt mollit anim id est laborum. "
)


@pytest.mark.parametrize("languages", [(), ("en", "es", "ca")])
def test_filler_changes_no_declared_language(languages: tuple[str, ...]) -> None:
    html = page(body=f"<p>{FILLER}</p>")
    assert read(page_draft(html), Reading(languages=languages)).language == "en"


def test_a_wrong_declaration_is_corrected_where_no_language_is_configured() -> None:
    html = page(lang="es", body="".join(f"<p>{p}</p>" for p in BODY * 2))
    assert read(page_draft(html), Reading(languages=())).language == "en"
