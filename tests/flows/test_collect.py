"""New means not seen: whatever a source changes, every article comes once."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from newsletter.flows.decide import DecisionFault, join_stories, part_story
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


def reader_s(database: Database) -> dict[str, tuple[str | None, bool]]:
    """Every article's title, with why it is held and whether it counts as old."""
    return {each.article.title: (each.held, each.baseline) for each in known(database)}


def test_a_first_reading_asks_for_the_pages_of_what_may_be_mailed_and_a_few_to_show(
    database: Database,
) -> None:
    def forty(start: int) -> list[Any]:
        hours = enumerate(range(start, start + 40))
        return [draft(n, published=(NOW - timedelta(hours=h)).isoformat()) for h, n in hours]

    source = ListedSource("site", forty(1))
    assert read(database, source, first_run="baseline").baseline == 40
    assert len(source.completed) == 12
    others = [replace(each, source="other") for each in forty(100)]
    other = ListedSource("other", others[::-1])
    assert read(database, other, first_run="latest 20").new == 20
    assert sorted(filter(None, other.completed)) == sorted(str(each.url) for each in others[:20])


def test_a_first_reading_of_everything_reads_the_rest_later(database: Database) -> None:
    source = ListedSource("site", [draft(n) for n in range(150)])
    assert read(database, source).new == 150
    assert len(source.completed) == 100
    again = read(database, source, now=NOW + timedelta(hours=1))
    assert (again.new, len(source.completed)) == (0, 150)


def bare(number: int) -> Any:
    """What a sitemap says of a page: where it is."""
    return draft(number, title=None, content=None, published=None, guid=f"/en/{number}")


class PagedSource(ListedSource):
    """Completes bare drafts, as a sitemap's source does."""

    def complete(self, draft_: Any) -> Any:
        super().complete(draft_)
        number = int(draft_.guid.rpartition("/")[2])
        return replace(draft(number), guid=draft_.guid)


def test_what_a_site_listed_at_the_first_reading_never_becomes_news(database: Database) -> None:
    source = PagedSource("site", [bare(n) for n in range(60)])
    first = read(database, source, first_run="baseline")
    assert (first.new, first.baseline, first.faults, len(source.completed)) == (0, 12, (), 12)
    edited = [replace(each, updated="2026-11-23T10:00:00Z") for each in source.drafts[20:]]
    source.drafts = [bare(99), *edited]
    second = read(database, source, now=NOW + timedelta(days=1))
    assert (second.new, len(source.completed)) == (1, 13)


def test_more_than_usual_at_once_is_held_for_an_editor(database: Database) -> None:
    source = ListedSource("site", [draft(n) for n in range(3)])
    read(database, source, first_run="baseline")
    source.completed.clear()
    source.drafts += [draft(n) for n in range(10, 40)]
    result = read(database, source, now=NOW + timedelta(hours=1))
    assert (result.new, result.held) == (0, 30)
    assert "one of 30 new articles at once" in (result.alarm or "")
    assert source.completed == []
    assert reader_s(database)["Quay 12 in en"] == (result.alarm, False)


def test_what_a_busy_source_usually_brings_is_no_flood(database: Database) -> None:
    hours = [draft(n, published=(NOW - timedelta(hours=n)).isoformat()) for n in range(1, 30)]
    source = ListedSource("site", hours)
    read(database, source, first_run="baseline")
    source.drafts = [draft(n) for n in range(100, 124)]
    assert read(database, source, now=NOW + timedelta(days=1)).new == 24


def test_a_source_that_moved_does_not_mail_its_archive(database: Database) -> None:
    source = ListedSource("site", [draft(n) for n in range(8)])
    read(database, source, first_run="baseline")

    def moved(number: int) -> Any:
        return draft(number, guid=f"new-{number}", url=f"https://new.example.org/p/{number}")

    rewritten = draft(50, title="Quay 3 in en", guid="r", url="https://new.example.org/r")
    source.drafts = [moved(n) for n in range(6)] + [rewritten, moved(60)]
    result = read(database, source, now=NOW + timedelta(hours=1))
    assert (result.new, result.changed, result.held) == (0, 6, 2)
    assert "under other ids and addresses" in (reader_s(database)["Quay 60 in en"][0] or "")


def test_a_second_source_that_shows_the_same_does_not_hold_its_own(database: Database) -> None:
    site = [draft(n) for n in range(8)]
    read(database, ListedSource("site", site))
    mirror = ListedSource("mirror", [replace(draft(99), source="mirror")])
    read(database, mirror, first_run="baseline")
    mirror.drafts += [replace(each, source="mirror", guid=f"m{each.guid}") for each in site]
    mirror.drafts += [replace(draft(70), source="mirror")]
    result = read(database, mirror, now=NOW + timedelta(hours=1))
    assert (result.new, result.elsewhere, result.held) == (1, 8, 0)
    both = [each.article.guid for each in known(database) if len(each.sources) == 2]
    assert len(both) == 8


def test_an_article_that_looks_like_one_of_before_is_held(database: Database) -> None:
    source = ListedSource("site", [draft(1)])
    read(database, source)
    content = (draft(1).content or "") + "<p>Updated at noon.</p>"
    source.drafts.append(
        draft(2, title="The quay, once more", content=content, url="https://example.com/new")
    )
    result = read(database, source, now=NOW + timedelta(hours=1))
    assert (result.new, result.held) == (0, 1)
    assert "Quay 1 in en" in (reader_s(database)["The quay, once more"][0] or "")


def test_a_feed_that_links_to_one_page_for_all_loses_nothing(database: Database) -> None:
    home, podcast = "https://example.com/", "https://example.com/podcast"
    source = ListedSource("site", [draft(n, url=home) for n in (1, 2)])
    assert read(database, source).new == 2
    source.drafts = [draft(3, url=home, guid=None), draft(4, url=podcast)]
    assert read(database, source, now=NOW + timedelta(hours=1)).new == 2
    owl = "<p>" + "An owl lives in the tower, and nobody has ever seen it fly. " * 20 + "</p>"
    source.drafts = [draft(5, url=podcast, title="Of owls and towers", content=owl)]
    assert read(database, source, now=NOW + timedelta(hours=2)).new == 1


def test_keys_that_change_back_bring_nothing_again(database: Database) -> None:
    source = ListedSource("site", [draft(1)])
    read(database, source)
    other = {"guid": "other", "url": "https://elsewhere.example/1"}
    for changes in (other, {"title": "Renamed", "content": "<p>All new words here.</p>"}):
        source.drafts = [draft(1, **changes)]
        assert read(database, source).new == 0
    assert len(known(database)) == 1


def test_what_is_announced_for_a_later_day_is_news_from_then_on(database: Database) -> None:
    day = NOW + timedelta(days=3)
    source = ListedSource("site", [draft(1, published=day.isoformat())])
    read(database, source)
    (announced,) = known(database)
    assert (announced.first_seen, announced.news_since) == (NOW, day)
    source.drafts = [draft(1, published=(day - timedelta(days=1)).isoformat())]
    read(database, source, now=NOW + timedelta(hours=1))
    assert known(database)[0].news_since == day - timedelta(days=1)
    source.drafts = [draft(1, published=(day + timedelta(days=9)).isoformat())]
    read(database, source, now=day)
    assert known(database)[0].news_since == day - timedelta(days=1)


def stories(database: Database) -> dict[str | None, int]:
    return {each.article.guid: each.story for each in known(database)}


def test_two_that_claim_one_translation_are_both_stories_of_their_own(database: Database) -> None:
    source = ListedSource("site", [draft(9, "es"), linked(1, "en", ("es", 9))])
    read(database, source)
    joined = stories(database)
    assert joined["es-9"] == joined["en-1"]
    source.drafts.append(linked(2, "en", ("es", 9)))
    read(database, source)
    assert len(set(stories(database).values())) == 3


def test_a_page_that_names_its_true_translation_gets_it_back(database: Database) -> None:
    source = ListedSource("site", [linked(9, "es", ("en", 2)), linked(2, "en")])
    source.drafts.insert(0, linked(1, "en", ("es", 9)))
    read(database, source)
    found = stories(database)
    assert found["es-9"] == found["en-2"] != found["en-1"]


def test_an_editor_joins_and_parts_for_good(database: Database) -> None:
    source = ListedSource("site", [draft(1, "en"), draft(7, "es")])
    read(database, source)
    join_stories(database, "https://example.com/en/1", "https://example.com/es/7", **BY_ANA)
    found = stories(database)
    assert found["en-1"] == found["es-7"]
    source.drafts[0] = linked(1, "en", ("es", 8))
    read(database, source)
    assert stories(database)["en-1"] == found["es-7"]
    part_story(database, "https://example.com/en/1", **BY_ANA)
    source.drafts = [linked(1, "en", ("es", 7)), linked(7, "es", ("en", 1))]
    read(database, source)
    found = stories(database)
    assert found["en-1"] != found["es-7"]


def test_articles_of_one_language_cannot_be_joined(database: Database) -> None:
    read(database, ListedSource("site", [draft(1), draft(2)]))
    with pytest.raises(DecisionFault, match="one article in each language"):
        join_stories(database, "https://example.com/en/1", "https://example.com/en/2", **BY_ANA)
    with pytest.raises(DecisionFault, match="no article has this id or address"):
        part_story(database, "https://example.com/en/3", **BY_ANA)


BY_ANA: dict[str, Any] = {"who": "ana", "now": NOW}


def test_a_line_that_a_source_hangs_on_its_articles_is_learned_and_left_out(
    database: Database,
) -> None:
    sign = "<p>The Harbour Gazette is read by everyone who owns a boat.</p>"

    def signed(number: int) -> Any:
        text = "".join(f"<p>Part {part} of story {number}, told at length.</p>" for part in "abcde")
        return draft(number, content=f"{text}{draft(number).content}{sign}")

    source = ListedSource("site", [signed(n) for n in (1, 2, 3)])
    (note,) = read(database, source).notes
    assert "the harbour gazette is read by everyone" in note
    source.drafts.append(signed(4))
    assert read(database, source, now=NOW + timedelta(hours=1)).notes == ()
    texts = {each.article.guid: each.article.body_text for each in known(database)}
    assert ("Gazette" in texts["en-1"], "Gazette" in texts["en-4"]) == (True, False)
    assert "Part a of story 4" in texts["en-4"]
