"""Which stories an edition holds, and which rule keeps each of the others out."""

from datetime import timedelta
from typing import Any

import pytest

from newsletter.editions.select import Selection, newest, passed_over, select
from newsletter.editions.story import Story, stories_of
from newsletter.model.article import Author, Moment, Visibility
from newsletter.model.edition import Rule
from newsletter.model.specs import ORIGINAL, Choice, Fallback
from tests.editions.stories import NOW, known, story, wish

DAY = timedelta(days=1)


def chosen(selection: Selection) -> list[int]:
    return [each.story for each in selection.chosen]


def rules(selection: Selection) -> dict[int, Rule]:
    return {left.story: left.rule for left in selection.left_out}


def test_new_stories_stand_newest_first() -> None:
    assert chosen(select([story(3), story(1), story(2)], {}, wish())) == [1, 2, 3]


def test_an_undated_story_counts_from_when_it_was_seen() -> None:
    undated = story(9, published=None, first_seen=NOW - timedelta(minutes=1))
    assert chosen(select([story(1), undated], {}, wish())) == [9, 1]


@pytest.mark.parametrize("rule", [Rule.MAILED, Rule.PASSED_OVER])
def test_what_the_ledger_holds_is_not_new(rule: Rule) -> None:
    assert rules(select([story(1)], {1: rule}, wish())) == {1: rule}


def test_an_old_date_alone_keeps_no_story_out() -> None:
    old = story(1, published=Moment(NOW - 30 * DAY))
    assert chosen(select([old], {}, wish())) == [1]


def test_what_was_first_seen_too_long_ago_is_no_news_any_more() -> None:
    assert rules(select([story(1, first_seen=NOW - 3 * DAY)], {}, wish())) == {1: Rule.TOO_OLD}


def test_a_story_from_the_future_waits() -> None:
    early = story(1, published=Moment(NOW + timedelta(minutes=1)))
    assert rules(select([early], {}, wish())) == {1: Rule.NOT_YET}


def test_what_was_there_at_the_first_reading_is_not_mailed() -> None:
    assert rules(select([story(1, baseline=True)], {}, wish())) == {1: Rule.BASELINE}


def test_a_late_translation_of_what_was_old_at_the_start_is_old() -> None:
    members = (known(1, "en", baseline=True, first_seen=NOW - 9 * DAY), known(1, "es"))
    selection = select([Story(1, members)], {}, wish(language="es"))
    assert rules(selection) == {1: Rule.BASELINE}


def test_a_source_that_is_added_later_does_not_silence_a_running_story() -> None:
    members = (known(1, "en", first_seen=NOW - timedelta(hours=2)), known(1, "es", baseline=True))
    stories = [Story(1, members)]
    assert chosen(select(stories, {}, wish(language="en"))) == [1]
    assert rules(select(stories, {}, wish(language="es"))) == {1: Rule.BASELINE}


def test_only_the_digest_s_sources_count() -> None:
    assert rules(select([story(1)], {}, wish(sources=("other",)))) == {1: Rule.OTHER_SOURCE}


def test_an_article_that_a_second_source_brought_counts_for_that_too() -> None:
    twice = story(1, sources=frozenset({"wire", "site"}))
    assert chosen(select([twice], {}, wish(sources=("wire",)))) == [1]


@pytest.mark.parametrize(
    ("article", "choice", "fits"),
    [
        ({"section": "World"}, Choice(sections=("world",)), True),
        ({"section": "Sport"}, Choice(sections=("World",)), False),
        ({"section": None}, Choice(sections=("World",)), False),
        ({"tags": ("Cuba", "Sea")}, Choice(tags=("sea", "sky")), True),
        ({"authors": (Author(name="Ana Ruiz"),)}, Choice(authors=("Ana  Ruiz",)), True),
        ({"tags": ("sea",), "section": "Sport"}, Choice(tags=("sea",), sections=("World",)), False),
        ({}, Choice(languages=("en",)), True),
        ({}, Choice(languages=("es",)), False),
        ({}, Choice(sources=("site",)), True),
        ({}, Choice(), True),
    ],
)
def test_a_digest_holds_what_it_includes(
    article: dict[str, Any], choice: Choice, fits: bool
) -> None:
    selection = select([story(1, **article)], {}, wish(include=choice))
    assert rules(selection) == ({} if fits else {1: Rule.NOT_INCLUDED})


@pytest.mark.parametrize(
    ("article", "choice", "out"),
    [
        ({"tags": ("Sponsored",)}, Choice(tags=("sponsored",)), True),
        ({"tags": ("Sponsored",)}, Choice(tags=("ad",), sections=("World",)), False),
        ({"section": "World"}, Choice(tags=("ad",), sections=("World",)), True),
        ({}, Choice(), False),
    ],
)
def test_a_digest_does_without_what_it_excludes(
    article: dict[str, Any], choice: Choice, out: bool
) -> None:
    selection = select([story(1, **article)], {}, wish(exclude=choice))
    assert rules(selection) == ({1: Rule.EXCLUDED} if out else {})


def test_a_section_named_in_one_language_stands_for_the_story_in_all() -> None:
    members = (known(1, "en", section="World"), known(1, "es", section="Mundo"))
    world = Choice(sections=("World",))
    assert chosen(select([Story(1, members)], {}, wish(language="es", include=world))) == [1]
    assert rules(select([Story(1, members)], {}, wish(language="es", exclude=world))) == {
        1: Rule.EXCLUDED
    }


@pytest.mark.parametrize("closed", [Visibility.MEMBERS, Visibility.PAID, Visibility.PASSWORD])
def test_what_not_everybody_may_read_is_left_out(closed: Visibility) -> None:
    stories = [story(1, visibility=closed)]
    assert rules(select(stories, {}, wish())) == {1: Rule.MEMBERS_ONLY}
    assert chosen(select(stories, {}, wish(members_only=True))) == [1]


def test_what_is_held_waits_and_says_why() -> None:
    (left,) = select([story(1, held="one of 43 at once")], {}, wish()).left_out
    assert (left.rule, left.reason) == (Rule.HELD, "one of 43 at once")


def test_a_withdrawn_article_leaves_the_others_of_its_story() -> None:
    members = (known(1, "en"), known(1, "es", withdrawn="404"))
    stories = [Story(1, members), story(2, withdrawn="410")]
    selection = select(stories, {}, wish())
    assert (chosen(selection), rules(selection)) == ([1], {2: Rule.WITHDRAWN})
    assert selection.chosen[0].translations == {}
    assert rules(select(stories[:1], {}, wish(language="es"))) == {1: Rule.NO_TRANSLATION}


def test_what_was_published_long_before_it_was_seen_is_told_and_may_be_held() -> None:
    late = [story(1, published=Moment(NOW - 4 * DAY)), story(2)]
    shown = select(late, {}, wish()).chosen
    assert {each.story: each.late for each in shown} == {1: True, 2: False}
    assert rules(select(late, {}, wish(hold_late=True))) == {1: Rule.LATE}


def test_what_was_announced_for_a_later_day_is_news_on_that_day() -> None:
    announced = story(1, published=Moment(NOW), first_seen=NOW - 5 * DAY, news_since=NOW)
    assert chosen(select([announced], {}, wish())) == [1]


WAIT = Fallback(original=True, wait=timedelta(hours=6))


@pytest.mark.parametrize(
    ("hours", "fallback", "rule"),
    [
        (5, WAIT, Rule.WAITING),
        (7, WAIT, None),
        (53, WAIT, None),  # its time as news begins when the wait is over
        (55, WAIT, Rule.TOO_OLD),
        (5, Fallback(wait=WAIT.wait), Rule.WAITING),
        (7, Fallback(wait=WAIT.wait), Rule.NO_TRANSLATION),
    ],
)
def test_an_edition_waits_for_a_translation(
    hours: int, fallback: Fallback, rule: Rule | None
) -> None:
    english = story(1, "en", first_seen=NOW - timedelta(hours=hours))
    selection = select([english], {}, wish(language="es", fallback=fallback))
    assert rules(selection) == ({1: rule} if rule else {})


def test_who_reads_the_language_of_the_article_waits_for_nothing() -> None:
    assert chosen(select([story(1, "en")], {}, wish(fallback=WAIT))) == [1]


def test_without_a_translation_a_story_is_left_out() -> None:
    selection = select([story(1, "en"), story(2, "es")], {}, wish(language="es"))
    assert (chosen(selection), rules(selection)) == ([2], {1: Rule.NO_TRANSLATION})


def test_the_original_stands_in_where_the_digest_says_so() -> None:
    (shown,) = select([story(1, "en")], {}, wish(language="es", fallback=ORIGINAL)).chosen
    assert (shown.article.language, shown.fallback) == ("en", True)


def test_a_late_translation_is_not_new_to_those_who_had_the_original() -> None:
    both = story(1, "en", "es")
    used = {1: Rule.MAILED}
    assert chosen(select([both], used, wish(language="es", fallback=ORIGINAL))) == []
    assert chosen(select([both], {}, wish(language="es"))) == [1]


def test_each_language_shows_its_own_article_and_links_to_the_other() -> None:
    (shown,) = select([story(1, "en", "es")], {}, wish(language="es")).chosen
    assert shown.article.language == "es"
    assert shown.translations == {"en": "https://example.com/en/1"}


def test_a_regional_article_serves_readers_of_the_language() -> None:
    assert chosen(select([story(1, "es-MX")], {}, wish(language="es"))) == [1]


def test_a_full_edition_keeps_the_newest_and_names_the_rest() -> None:
    selection = select([story(n) for n in range(1, 6)], {}, wish(max_stories=3))
    assert chosen(selection) == [1, 2, 3]
    assert rules(selection) == {4: Rule.MAX_STORIES, 5: Rule.MAX_STORIES}


def test_a_sample_shows_the_newest_whatever_the_ledger_says() -> None:
    shown = newest([story(2, baseline=True), story(1), story(3, "es")], wish())
    assert [each.story for each in shown] == [1, 2]


def test_articles_are_gathered_into_their_stories() -> None:
    gathered = stories_of([known(1, "en"), known(2, "en"), known(1, "es")])
    assert {each.id: len(each.members) for each in gathered} == {1: 2, 2: 1}


@pytest.mark.parametrize("carry_over", [False, True])
def test_forty_stories_a_day_for_five_days_are_all_accounted_for(carry_over: bool) -> None:
    """Twelve a day are mailed; the others are passed over, or wait until they are too old."""
    ledger: dict[int, Rule] = {}
    all_stories: list[Story] = []
    mailed: list[list[int]] = []
    for day in range(5):
        now = NOW + day * DAY
        today = range(day * 40 + 1, day * 40 + 41)
        all_stories += [story(n, first_seen=now, published=Moment(now)) for n in today]
        selection = select(all_stories, ledger, wish(now=now, carry_over=carry_over))
        mailed.append(chosen(selection))
        ledger |= dict.fromkeys(chosen(selection), Rule.MAILED)
        left = passed_over(selection, carry_over=carry_over)
        ledger |= {each.story: Rule.PASSED_OVER for each in left}
        assert len(chosen(selection)) + len(selection.left_out) == len(all_stories)
    flat = [number for day in mailed for number in day]
    assert len(flat) == len(set(flat)) == 60
    kept_for_later = [number for number in range(1, 201) if number not in ledger]
    assert bool(kept_for_later) is carry_over


def test_what_found_an_edition_full_comes_again_only_if_carried_over() -> None:
    stories = [story(n) for n in range(1, 4)]
    first = select(stories, {}, wish(max_stories=2))
    ledger = dict.fromkeys(chosen(first), Rule.MAILED)
    carried = select(stories, ledger, wish(carry_over=True))
    ledger |= {each.story: Rule.PASSED_OVER for each in passed_over(first, carry_over=False)}
    dropped = select(stories, ledger, wish())
    assert (chosen(carried), chosen(dropped)) == ([3], [])
