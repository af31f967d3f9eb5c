"""When an article was published, and which dates are none."""

from datetime import UTC, datetime

import pytest

from newsletter.articles.dates import read_date
from newsletter.articles.read import Reading
from newsletter.model.article import Article
from tests.articles.build import BODY, feed_draft, ld, meta, page, page_draft, read

NOW = datetime(2024, 5, 10, tzinfo=UTC)
READING = Reading(languages=("en",), timezone="Europe/Madrid", now=NOW)
PLAIN = "https://news.example.com/the-ferry/"


def _published(head: str, above: str = "", url: str = PLAIN) -> str | None:
    found = _read(head, above, url)
    return str(found.published) if found.published else None


def _read(head: str, above: str = "", url: str = PLAIN) -> Article:
    return read(page_draft(page(head=head, above=above), url), READING)


@pytest.mark.parametrize(
    ("raw", "language", "shown"),
    [
        ("Published 3:15 PM EDT, Mon May 6, 2024", "en", "2024-05-06T15:15:00-04:00"),
        ("April 6, 2024 12:00 ET", "en", "2024-04-06T12:00:00-04:00"),
        ("Jan. 7, 2024 3:37 p.m. PT", "en", "2024-01-07T15:37:00-08:00"),
        ("May 6, 2024 3:15 PM CEST", "en", "2024-05-06T15:15:00+02:00"),
        ("Mon May 06 2024 01:00:00 GMT+0100 (CET)", "en", "2024-05-06T01:00:00+01:00"),
        ("May 6, 2024 3:15 PM", "en", "2024-05-06T15:15:00+02:00"),
        ("4/6/2024 4:00:00 PM", "en", "2024-04-06T16:00:00+02:00"),
        ("4/6/2024 16:00", "en-GB", "2024-06-04T16:00:00+02:00"),
        ("4/6/2024 16:00", "en-US", "2024-04-06T16:00:00+02:00"),
        ("10/05/2024 05:22 pm", "es", "2024-05-10T17:22:00+02:00"),
        ("Publicado el 3 de mayo de 2024", "es", "2024-05-03"),
        ("miércoles 4 de setiembre de 2024", "es", "2024-09-04"),
        ("3 de março de 2024 às 10h20", "pt", "2024-03-03T10:20:00+01:00"),
        ("vendredi 3 mai 2024 à 08h15", "fr", "2024-05-03T08:15:00+02:00"),
        ("1er août 2024", "fr", "2024-08-01"),
        ("Stand: 28.04.2024 18:00 Uhr", "de", "2024-04-28T18:00:00+02:00"),
        ("6. März 2024", "de", "2024-03-06"),
    ],
)
def test_a_date_in_words_is_read_as_its_language_writes_it(
    raw: str, language: str, shown: str
) -> None:
    dated = read_date(raw, "Europe/Madrid", language)
    assert dated is not None
    assert str(dated.moment) == shown


@pytest.mark.parametrize(
    ("raw", "assumed"), [("May 6, 2024 3:15 PM ET", False), ("May 6, 2024 3:15 PM", True)]
)
def test_only_a_zone_that_is_missing_is_assumed(raw: str, assumed: bool) -> None:
    dated = read_date(raw, "Europe/Madrid", "en")
    assert dated is not None
    assert dated.zone_assumed is assumed


def test_the_day_of_the_address_outlives_a_move_to_another_system() -> None:
    url = "https://news.example.com/2019/7/12/the-ferry/"
    assert _published(ld(datePublished="2024-05-03T08:15:00Z"), url=url) == "2019-07-12"
    assert _published(ld(datePublished="2019-07-13T00:15:00+02:00"), url=url) == (
        "2019-07-13T00:15:00+02:00"
    )


def test_a_date_that_may_be_two_days_yields_to_a_clear_one() -> None:
    time = '<time datetime="2024-04-05T09:00:00Z">5 April</time>'
    head = meta("article:published_time", "4/5/2024 9:00:00")
    assert _published(head, above=time) == "2024-04-05T09:00:00+00:00"


def test_a_loose_date_of_a_page_yields_to_the_time_in_its_article() -> None:
    time = '<time datetime="2024-05-03T08:15:00+02:00">3 May</time>'
    assert _published(meta("dcterms.date", "2024-05-09"), above=time) == "2024-05-03T08:15:00+02:00"


def test_the_time_of_a_comment_is_not_that_of_the_article() -> None:
    time = '<ol class="comment-list"><li><time datetime="2024-05-09">9 May</time></li></ol>'
    assert _published(meta("date", "2024-05-03"), above=time) == "2024-05-03"


def test_the_last_change_stands_where_no_publication_is_told() -> None:
    found = _read(meta("article:modified_time", "2024-05-03T08:15:00Z"))
    assert str(found.published) == "2024-05-03T08:15:00+00:00"
    assert found.updated is None


@pytest.mark.parametrize("year", ["© 2024 The Harbour", "Spring 2024", "May 2024"])
def test_no_day_is_made_of_a_year_or_a_month(year: str) -> None:
    assert _published("", above=f"<p>{year}</p>") is None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("2024-05-18T00:00:00Z", "date_future"),
        ("2099-01-01", "date_future"),
        ("0001-01-01T00:00:00Z", "date_implausible"),
        ("1970-01-01T00:00:00Z", "date_implausible"),
        ("1994-12-31", "date_implausible"),
    ],
)
def test_a_date_that_cannot_be_leaves_an_article_undated_with_a_remark(raw: str, code: str) -> None:
    for found in (
        _read(ld(datePublished=raw)),
        read(feed_draft(published=raw, url=PLAIN), READING),
    ):
        assert found.published is None
        assert [remark.code for remark in found.remarks] == [code]


def test_a_date_within_a_week_ahead_is_one() -> None:
    assert _published(ld(datePublished="2024-05-16T08:00:00Z")) == "2024-05-16T08:00:00+00:00"


def test_where_no_present_is_given_no_date_is_too_late() -> None:
    draft = page_draft(page(head=ld(datePublished="2099-01-01")), PLAIN)
    assert str(read(draft).published) == "2099-01-01"


def test_a_date_of_the_page_stands_in_for_one_of_the_source_that_cannot_be() -> None:
    html = page(head=ld(datePublished="2024-05-03T08:15:00Z"))
    draft = feed_draft(published="1970-01-01", url=PLAIN, page=page_draft(html).page)
    found = read(draft, READING)
    assert str(found.published) == "2024-05-03T08:15:00+00:00"
    assert found.remarks == ()


def test_a_text_about_a_weekday_has_no_date() -> None:
    assert "Friday" in BODY[0]
    assert _published("") is None
