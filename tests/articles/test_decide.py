"""What is new is decided by what is known, not by dates."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsletter.articles.decide import (
    Baseline,
    Changed,
    Duplicate,
    FirstRun,
    Held,
    New,
    Unchanged,
    Verdict,
    baseline_ids,
    is_familiar,
    parse_first_run,
    perhaps_new,
    verdict,
)
from newsletter.articles.identity import stamp_of
from newsletter.model.article import Article, Draft, Earlier, Image, Moment
from tests.articles.build import URL, article, moment

OTHER_URL = "https://news.example.com/2024/05/03/moved/"
OTHER_WORDS = " ".join(f"word{n}" for n in range(80))


def _decided(*held: Earlier, guid: str | None = "8", old: bool = False, **fields: Any) -> Verdict:
    """What becomes of an article, that of `article()` under another id but for the `fields`."""
    found = article(**{"id": "a_2", **fields})
    stamp = stamp_of(Draft(source=found.source, origin="feed", guid=guid), found)
    return verdict(found, stamp, held, {found.id} if old else ())


def _earlier(*, guid: str | None = "7", **fields: Any) -> Earlier:
    found = article(**fields)
    return Earlier(
        stamp=stamp_of(Draft(source=found.source, origin="feed", guid=guid), found),
        article=found,
        first_seen=moment(3).at,
        sources=frozenset({found.source}),
    )


def test_an_article_never_seen_is_new() -> None:
    assert _decided() == New()


def test_an_article_of_the_first_reading_is_baseline() -> None:
    assert _decided(old=True) == Baseline()


def test_an_edited_article_is_not_new() -> None:
    assert _decided(_earlier(), guid="7", body_text="Other words.") == Changed("a_1")


def test_the_same_article_again_is_unchanged() -> None:
    assert _decided(_earlier(), guid="7") == Unchanged("a_1")


def test_a_changed_guid_makes_no_new_article() -> None:
    assert _decided(_earlier()) == Unchanged("a_1")


@pytest.mark.parametrize(
    "url",
    ["http://www.news.example.com/2024/05/03/the-ferry", URL + "?utm_source=feed", OTHER_URL],
)
def test_a_changed_address_makes_no_new_article(url: str) -> None:
    assert _decided(_earlier(), guid="7", url=url) == Changed("a_1")


def test_an_article_published_again_under_another_id_and_address_is_the_same() -> None:
    assert _decided(_earlier(), url=OTHER_URL) == Changed("a_1")


def test_the_same_words_in_another_source_are_a_duplicate() -> None:
    assert _decided(_earlier(), source="wire", url=OTHER_URL) == Duplicate("a_1")


def test_an_article_of_another_source_at_the_same_address_is_a_duplicate() -> None:
    other: dict[str, Any] = {"source": "wire", "body_text": "Shorter.", "title": "Late"}
    assert _decided(_earlier(), guid=None, **other) == Duplicate("a_1")


def test_a_known_canonical_address_is_a_duplicate_elsewhere() -> None:
    other: dict[str, Any] = {"url": OTHER_URL, "canonical_url": URL, "title": "Late"}
    assert _decided(_earlier(guid=None), source="wire", **other) == Duplicate("a_1")


def test_an_article_that_this_source_has_shown_too_stays_that_of_the_first() -> None:
    shown_in_both = replace(_earlier(), sources=frozenset({"harbour", "wire"}))
    assert _decided(shown_in_both, source="wire", title="Edited there") == Duplicate("a_1")


def test_an_id_of_another_source_says_nothing() -> None:
    other: dict[str, Any] = {"url": OTHER_URL, "title": "The owl", "body_text": OTHER_WORDS}
    assert _decided(_earlier(), source="wire", guid="7", **other) == New()


def test_another_article_of_the_source_is_new() -> None:
    other: dict[str, Any] = {"url": OTHER_URL, "title": "The owl", "body_text": OTHER_WORDS}
    assert _decided(_earlier(), **other) == New()


def test_an_address_that_shows_another_article_every_day_is_none_of_its_keys() -> None:
    assert _decided(_earlier(), title="Today: the owl", body_text=OTHER_WORDS) == New()


def test_an_article_that_is_written_anew_at_its_address_is_the_same() -> None:
    anew: dict[str, Any] = {"title": "The ferry leaves early", "body_text": OTHER_WORDS}
    assert _decided(_earlier(), **anew) == Changed("a_1")
    assert _decided(_earlier(guid=None), title="Owl", body_text=OTHER_WORDS) == Changed("a_1")


def test_nearly_the_same_text_under_another_headline_and_address_is_held() -> None:
    longer = article().body_text + "\n\nUpdated at noon with a word from the harbour master."
    again: dict[str, Any] = {"url": OTHER_URL, "title": "Ferries, again", "body_text": longer}
    decision = _decided(_earlier(), **again)
    assert isinstance(decision, Held)
    assert "The ferry leaves late" in decision.reason


def test_a_text_that_several_articles_have_is_a_formula() -> None:
    again: dict[str, Any] = {"url": OTHER_URL, "title": "Episode nine"}
    held = [_earlier(id=f"a_{n}", title=f"Episode {n}", url=f"{URL}{n}") for n in (3, 4)]
    assert _decided(*held, **again) == New()


PICTURE = Image(url="https://img.example.com/ferry-at-the-quay.jpg")


def test_the_same_headline_with_the_same_picture_is_held() -> None:
    again: dict[str, Any] = {"url": OTHER_URL, "body_text": OTHER_WORDS, "lead_image": PICTURE}
    assert isinstance(_decided(_earlier(lead_image=PICTURE), **again), Held)
    assert _decided(_earlier(), **again) == New()
    assert _decided(_earlier(lead_image=PICTURE), language="es", **again) == New()


def test_the_same_headline_and_picture_of_another_season_is_new() -> None:
    again: dict[str, Any] = {"url": OTHER_URL, "body_text": OTHER_WORDS, "lead_image": PICTURE}
    later = Moment(datetime(2024, 7, 1, tzinfo=UTC))
    assert _decided(_earlier(lead_image=PICTURE), published=later, **again) == New()


def test_a_lookalike_of_the_first_reading_is_simply_old() -> None:
    again: dict[str, Any] = {"url": OTHER_URL, "title": "Ferries, again"}
    assert _decided(_earlier(), old=True, **again) == Baseline()


def test_a_headline_of_the_source_is_familiar_whatever_its_text() -> None:
    other = article(id="a_2", url=OTHER_URL, body_text=OTHER_WORDS)
    stamp = stamp_of(Draft(source="harbour", origin="feed"), other)
    assert is_familiar(stamp, [_earlier()])
    assert not is_familiar(stamp, [_earlier(title="The owl in the tower")])


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("first_run", "new"),
    [
        (FirstRun(latest=0), []),
        (FirstRun(latest=1), [2, 1]),
        (FirstRun(), [2, 0, 1]),
        (FirstRun(since=moment(3).at), [2, 1]),
    ],
)
def test_what_may_be_new_is_told_before_it_is_read(first_run: FirstRun, new: list[int]) -> None:
    dates = [moment(3).at - HOUR, None, moment(3).at + HOUR]
    assert perhaps_new(first_run, dates) == new


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
