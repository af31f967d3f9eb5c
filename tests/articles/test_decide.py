"""What is new is decided by what is known, not by dates."""

from datetime import UTC, datetime

import pytest

from newsletter.articles.decide import (
    Baseline,
    Changed,
    Duplicate,
    FirstRun,
    New,
    Unchanged,
    baseline_ids,
    parse_first_run,
    verdict,
)
from newsletter.articles.identity import stamp_of
from newsletter.model.article import Article, Draft, Stamp
from tests.articles.build import URL, article, moment

OTHER_URL = "https://news.example.com/2024/05/03/moved/"


def _stamp(*, guid: str | None = "7", **fields: object) -> Stamp:
    found = article(**fields)
    return stamp_of(Draft(source=found.source, origin="feed", guid=guid), found)


def test_an_article_never_seen_is_new() -> None:
    assert verdict(_stamp(), []) == New()


def test_an_article_of_the_first_reading_is_baseline() -> None:
    assert verdict(_stamp(), [], baseline={"a_1"}) == Baseline()


def test_an_edited_article_is_not_new() -> None:
    assert verdict(_stamp(body_text="Other words."), [_stamp()]) == Changed("a_1")


def test_the_same_article_again_is_unchanged() -> None:
    assert verdict(_stamp(), [_stamp()]) == Unchanged("a_1")


def test_a_changed_guid_makes_no_new_article() -> None:
    assert verdict(_stamp(id="a_2", guid="8"), [_stamp()]) == Unchanged("a_1")


@pytest.mark.parametrize(
    "url",
    ["http://www.news.example.com/2024/05/03/the-ferry", URL + "?utm_source=feed", OTHER_URL],
)
def test_a_changed_address_makes_no_new_article(url: str) -> None:
    assert verdict(_stamp(url=url), [_stamp()]) == Changed("a_1")


def test_an_article_published_again_under_another_id_and_address_is_the_same() -> None:
    again = _stamp(id="a_2", guid="8", url=OTHER_URL)
    assert verdict(again, [_stamp()]) == Changed("a_1")


def test_the_same_words_in_another_source_are_a_duplicate() -> None:
    other = _stamp(id="a_2", source="wire", guid="8", url=OTHER_URL)
    assert verdict(other, [_stamp()]) == Duplicate("a_1")


def test_an_article_of_another_source_at_the_same_address_is_a_duplicate() -> None:
    other = _stamp(id="a_2", source="wire", guid=None, body_text="Shorter.", title="Late")
    assert verdict(other, [_stamp()]) == Duplicate("a_1")


def test_a_known_canonical_address_is_a_duplicate_elsewhere() -> None:
    other = _stamp(id="a_2", source="wire", url=OTHER_URL, canonical_url=URL, title="Late")
    assert verdict(other, [_stamp(guid=None)]) == Duplicate("a_1")


def test_another_article_of_the_source_is_new() -> None:
    other = _stamp(id="a_2", guid="8", url=OTHER_URL, title="The ferry leaves early")
    assert verdict(other, [_stamp()]) == New()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("baseline", FirstRun(latest=0)),
        ("all", FirstRun()),
        ("latest 5", FirstRun(latest=5)),
        ("since 2026-11-22T07:00", FirstRun(since=datetime(2026, 11, 22, 6, 0, tzinfo=UTC))),
    ],
)
def test_a_first_run_is_read_in_the_time_of_its_source(text: str, expected: FirstRun) -> None:
    assert parse_first_run(text, "Europe/Madrid") == expected


@pytest.mark.parametrize("text", ["", "none", "latest", "latest -1", "since yesterday", "all 5"])
def test_an_unknown_first_run_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match="latest 5"):
        parse_first_run(text, "UTC")


def test_a_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="day"):
        parse_first_run("since 2026-02-31", "UTC")


def _three() -> list[Article]:
    return [
        article(id="undated", published=None),
        article(id="old", published=moment(1)),
        article(id="new", published=moment(9)),
    ]


@pytest.mark.parametrize(
    ("first_run", "old"),
    [
        (FirstRun(latest=0), {"undated", "old", "new"}),
        (FirstRun(), set()),
        (FirstRun(latest=1), {"undated", "old"}),
        (FirstRun(latest=2), {"undated"}),
        (FirstRun(latest=9), set()),
        (FirstRun(since=datetime(2024, 5, 2, tzinfo=UTC)), {"undated", "old"}),
    ],
)
def test_a_first_reading_makes_old_what_it_was_told_to(first_run: FirstRun, old: set[str]) -> None:
    assert baseline_ids(first_run, _three()) == old
