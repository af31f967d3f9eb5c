"""Keys and fingerprints: what stays the same, and what does not."""

from dataclasses import replace

import pytest

from newsletter.articles.identity import (
    article_id,
    content_hash,
    draft_hash,
    fingerprint,
    guid_key,
)
from newsletter.model.article import Author, Image, Page
from tests.articles.build import article, feed_draft


def test_an_id_is_short_stable_and_its_sources_own() -> None:
    assert article_id("harbour", "7") == article_id("harbour", "7")
    assert len(article_id("harbour", "7")) == 22
    assert article_id("harbour", "7") != article_id("wire", "7")


@pytest.mark.parametrize(
    ("guid", "key"),
    [(None, None), ("  ", None), ("7", "7"), ("https://www.example.com/a/", "example.com/a")],
)
def test_a_guid_that_is_an_address_is_compared_as_one(guid: str | None, key: str | None) -> None:
    assert guid_key(feed_draft(guid=guid)) == key


def test_the_same_text_elsewhere_has_the_same_fingerprint() -> None:
    again = article(id="a_2", url="https://other.example/", title="THE FERRY LEAVES “LATE”.")
    assert fingerprint(again) == fingerprint(article())


def test_another_text_has_another_fingerprint() -> None:
    assert fingerprint(article(body_text="Other words.")) != fingerprint(article())


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"standfirst": "New."},
        {"body_text": "Other."},
        {"lead_image": Image(url="https://news.example.com/b.jpg")},
        {"authors": (Author(name="Jane Roe"),)},
    ],
)
def test_what_a_reader_sees_is_in_the_hash_of_the_content(change: dict[str, object]) -> None:
    assert content_hash(article(**change)) != content_hash(article())


def test_how_an_article_was_found_is_not_in_the_hash_of_the_content() -> None:
    found = article(guid="x", provenance={"title": "feed.title"})
    assert content_hash(found) == content_hash(article())


def test_a_link_to_a_translation_that_comes_later_changes_the_content() -> None:
    linked = article(translations={"es": "https://example.com/es/a"})
    assert content_hash(linked) != content_hash(article())


def test_a_page_and_all_else_are_part_of_a_drafts_hash() -> None:
    draft = feed_draft()
    assert draft_hash(replace(draft, page=Page(url=None, html="x"))) != draft_hash(draft)
    assert draft_hash(replace(draft, tags=("x",))) != draft_hash(draft)
