"""New means not seen: whatever a source changes, every article comes once."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from newsletter.model.article import Known, Pairing, Remark
from newsletter.sources.page import PAGE_UNREAD
from newsletter.sources.port import SourceFault
from newsletter.store import articles, sources
from newsletter.store.database import Database
from tests.flows.sources import NOW, ListedSource, draft, read


def known(database: Database) -> list[Known]:
    with database.read() as tx:
        return articles.known_since(tx, NOW - timedelta(days=365))


def titles(database: Database) -> list[str]:
    return sorted(each.article.title for each in known(database))


def test_the_first_reading_is_a_baseline(database: Database) -> None:
    source = ListedSource("site", [draft(1), draft(2)])
    first = read(database, source, first_run="baseline")
    source.drafts.append(draft(3))
    second = read(database, source, first_run="baseline")
    assert (first.new, first.baseline) == (0, 2)
    assert (second.new, second.baseline, second.unchanged) == (1, 0, 2)
    assert {each.article.title for each in known(database) if not each.baseline} == {"Quay 3 in en"}


@pytest.mark.parametrize(
    ("first_run", "new"), [("all", 3), ("latest 2", 2), ("since 2026-11-22T03:30", 2)]
)
def test_a_first_run_may_count_some_as_new(database: Database, first_run: str, new: int) -> None:
    drafts = [
        draft(number, published=(NOW - timedelta(hours=number)).isoformat()) for number in (1, 2, 3)
    ]
    result = read(database, ListedSource("site", drafts), first_run=first_run)
    assert (result.new, result.baseline) == (new, 3 - new)


def test_an_article_dated_long_after_its_reading_is_undated(database: Database) -> None:
    ahead = [draft(days, published=(NOW + timedelta(days=days)).isoformat()) for days in (6, 8)]
    read(database, ListedSource("site", ahead))
    dated = {each.article.title: each.article.published is not None for each in known(database)}
    assert dated == {"Quay 6 in en": True, "Quay 8 in en": False}


def test_what_is_unchanged_is_not_read_again(database: Database) -> None:
    source = ListedSource("site", [draft(1), draft(2)])
    read(database, source)
    source.completed.clear()
    assert read(database, source).unchanged == 2
    assert source.completed == []


def test_an_edited_article_is_changed_and_not_new(database: Database) -> None:
    source = ListedSource("site", [draft(1)])
    read(database, source)
    source.drafts = [draft(1, title="Quay 1, corrected")]
    result = read(database, source, now=NOW + timedelta(hours=1))
    assert (result.new, result.changed) == (0, 1)
    (after,) = known(database)
    assert (after.article.title, after.first_seen) == ("Quay 1, corrected", NOW)


def test_ten_polls_of_a_restless_feed_bring_every_article_once(database: Database) -> None:
    source = ListedSource("site", [draft(n) for n in range(1, 6)])
    changes: list[dict[str, str]] = [
        {},
        {"guid": "changed-{n}"},
        {"url": "https://example.com/en/{n}?utm_source=feed"},
        {"url": "http://www.example.com/en/{n}/"},
        {"guid": "https://moved.example.com/{n}", "url": "https://moved.example.com/{n}"},
        {"title": "Quay {n}, as it is called now"},
        {"guid": "again-{n}"},
    ]
    found, now = 0, dict[str, str]()
    for change in changes:
        now |= change
        source.drafts = [
            draft(n, **{name: value.format(n=n) for name, value in now.items()})
            for n in range(5, 0, -1)
        ]
        found += read(database, source).new
    for drafts in ([], source.drafts[:2], source.drafts[::-1]):
        source.drafts = list(drafts)
        found += read(database, source).new
    assert found == 5
    assert len(known(database)) == 5


def test_an_article_of_two_sources_is_one(database: Database) -> None:
    read(database, ListedSource("site", [draft(1)]))
    other = replace(draft(1), source="mirror", guid="x")
    result = read(database, ListedSource("mirror", [other]))
    assert (result.new, result.elsewhere) == (0, 1)


def test_an_id_that_several_entries_share_tells_nothing(database: Database) -> None:
    drafts = [draft(n, guid="the same") for n in (1, 2, 3)]
    assert read(database, ListedSource("site", drafts)).new == 3


def test_a_source_fills_and_empties_and_nothing_comes_twice(database: Database) -> None:
    source, found = ListedSource("site"), 0
    windows = [range(3), range(0), range(1, 5), range(4, 6), range(0), range(6)]
    for window in (*windows, range(2), range(0), range(5, 7), range(7)):
        source.drafts = [draft(n) for n in window]
        found += read(database, source).new
    assert found == len(known(database)) == 7


@pytest.mark.parametrize("strange", ["a\x00b", "a\ud800b", "\u2028", "'; drop table articles; --"])
def test_strange_characters_stop_nothing(database: Database, strange: str) -> None:
    odd = draft(
        1,
        guid=strange,
        title=f"Odd {strange}",
        translation_key=strange,
        url=f"https://example.com/{strange}",
        translations={"es": f"https://example.com/es/{strange}"},
        section=strange,
        tags=(strange,),
    )
    source = ListedSource("site", [odd, draft(2)])
    source.drafts.append(draft(3, guid=None, url=f"{strange} 3"))
    assert read(database, source).new == 3
    assert (read(database, source).new, len(known(database))) == (0, 3)


def test_an_endless_id_or_address_stops_nothing(database: Database) -> None:
    endless = "".join(sha256(str(n).encode()).hexdigest() for n in range(200))
    long_id, long_url = draft(1, guid=endless), draft(2, url=f"https://example.com/{endless}")
    linked = draft(3, translations={"es": f"https://example.com/es/{endless}"})
    source = ListedSource("site", [long_id, long_url, linked])
    assert read(database, source).new == 3
    assert read(database, source).unchanged == 3
    source.drafts[0] = draft(1, guid=f"{endless}-other", url=None, title="Another", content="New.")
    assert read(database, source).new == 1


def test_a_fault_with_strange_characters_is_written_down(database: Database) -> None:
    source = ListedSource("site")
    source.fault = ValueError("cannot read 'a\x00b\ud800'")
    assert "ValueError: cannot read" in (read(database, source).fault or "")


def test_a_source_that_fails_is_written_down_and_heals(database: Database) -> None:
    source = ListedSource("site", [draft(1)])
    source.fault = SourceFault("fetch_failed", "https://example.com/f: the server answered 500")
    assert "answered 500" in (read(database, source).fault or "")
    with database.read() as tx:
        assert "answered 500" in (sources.state_of(tx, "site").last_fault or "")
    source.fault = None
    assert read(database, source, first_run="baseline").baseline == 1
    with database.read() as tx:
        assert sources.state_of(tx, "site").last_fault is None


def test_an_unexpected_error_is_the_source_s_fault_too(database: Database) -> None:
    source = ListedSource("site")
    source.fault = RecursionError("too deep")
    assert read(database, source).fault == "could not be read: RecursionError: too deep"


def test_one_malformed_article_stops_no_other(database: Database) -> None:
    class Stumbling(ListedSource):
        def complete(self, draft: Any) -> Any:
            if draft.title == "bad":
                raise ValueError("what is this")
            return draft

    source = Stumbling("site", [draft(1, title="bad"), draft(2)])
    result = read(database, source)
    assert (result.new, [fault.reason for fault in result.faults]) == (
        1,
        ["ValueError: what is this"],
    )


def test_a_page_that_was_not_to_be_had_is_asked_for_again(database: Database) -> None:
    class Unlucky(ListedSource):
        def complete(self, draft: Any) -> Any:
            super().complete(draft)
            return replace(draft, remarks=(Remark(PAGE_UNREAD, "503"),))

    source = Unlucky("site", [draft(1)])
    assert [fault.reason for fault in read(database, source).faults] == ["503"]
    assert read(database, source).new == 0
    assert len(source.completed) == 2


@pytest.mark.parametrize("order", [("en", "es"), ("es", "en")])
@pytest.mark.parametrize("links", ["both", "en", "es", "key"])
def test_translations_become_one_story_in_either_order(
    database: Database, order: tuple[str, str], links: str
) -> None:
    def linked(language: str, other: str) -> Any:
        if links == "key":
            return draft(1, language, translation_key="quay")
        named = {other: f"https://example.com/{other}/1"} if links in ("both", language) else {}
        return draft(1, language, translations=named)

    both = {"en": linked("en", "es"), "es": linked("es", "en")}
    source = ListedSource("site")
    for language in order:
        source.drafts.append(both[language])
        read(database, source)
    first, second = known(database)
    assert first.story == second.story
    expected = {"both": Pairing.MUTUAL, "key": Pairing.TRANSLATION_KEY}.get(links, Pairing.ONE_WAY)
    assert expected in (first.pairing, second.pairing)


def test_articles_of_one_language_are_never_one_story(database: Database) -> None:
    drafts = [draft(n, translation_key="same") for n in (1, 2)]
    read(database, ListedSource("site", drafts))
    assert len({each.story for each in known(database)}) == 2


def linked(number: int, language: str, *others: tuple[str, int]) -> Any:
    """A draft that names others, each by language and number, as its translations."""
    named = {other: f"https://example.com/{other}/{n}" for other, n in others}
    return draft(number, language, translations=named)


def test_an_article_leaves_its_story_for_the_one_that_it_turns_out_to_belong_to(
    database: Database,
) -> None:
    wrong = [linked(1, "en", ("es", 2)), linked(2, "es", ("en", 1)), draft(3, "en")]
    right = [draft(1, "en"), linked(2, "es", ("en", 3)), linked(3, "en", ("es", 2))]
    for drafts in (wrong, right):
        read(database, ListedSource("site", drafts))
    story = {each.article.guid: each.story for each in known(database)}
    assert story["es-2"] == story["en-3"] != story["en-1"]
