"""Two articles are one story when they say so, and nothing speaks against it."""

from dataclasses import replace
from typing import Any

from newsletter.articles.pairing import contradicted, partner_of, why_alone
from newsletter.model.article import Article, Known, Pairing
from tests.articles.build import URL, article, known, moment

ES_URL = "https://news.example.com/es/el-ferri/"
ES2_URL = "https://news.example.com/es/otro/"


def _english(**fields: Any) -> Article:
    return article(**{"translations": {"es": ES_URL}, **fields})


def _spanish(story: int = 1, **fields: Any) -> Known:
    given = {"id": "a_es", "url": ES_URL, "language": "es", "title": "El ferri", **fields}
    return known(story, **given)


def test_articles_that_name_each_other_are_one_story() -> None:
    other = _spanish(translations={"en": URL + "?utm_source=x"})
    assert partner_of(_english(), [other]) == (other, Pairing.MUTUAL)


def test_a_link_one_way_joins_while_nothing_contradicts_it() -> None:
    other = _spanish()
    assert partner_of(_english(), [other]) == (other, Pairing.ONE_WAY)


def test_a_link_from_the_article_that_was_there_first_joins_too() -> None:
    other = _spanish(translations={"en": URL})
    assert partner_of(_english(translations={}), [other]) == (other, Pairing.ONE_WAY)


def test_a_translation_key_joins_across_any_time() -> None:
    other = _spanish(translation_key="ferry", published=moment(30))
    mine = _english(translations={}, translation_key="ferry")
    assert partner_of(mine, [other]) == (other, Pairing.TRANSLATION_KEY)


def test_a_link_to_an_article_in_the_same_language_joins_nothing() -> None:
    held = [_spanish(language="en-GB")]
    assert partner_of(_english(), held) is None
    remark = why_alone(_english(), held)
    assert remark is not None
    assert "same language" in remark.message


def test_a_link_one_way_over_more_than_a_week_joins_nothing() -> None:
    assert partner_of(_english(), [_spanish(published=moment(11))]) is None


def test_an_undated_article_can_be_joined() -> None:
    assert partner_of(_english(published=None), [_spanish()]) is not None


def test_a_story_that_has_the_language_already_takes_no_second() -> None:
    held = [_spanish(), known(1, id="a_2", url="https://news.example.com/other/")]
    assert partner_of(_english(), held) is None


def test_links_that_go_round_in_a_circle_join_nothing() -> None:
    elsewhere = _spanish(translations={"en": "https://news.example.com/third/"})
    assert partner_of(_english(), [elsewhere]) is None
    assert why_alone(_english(), [elsewhere]) is not None


def test_two_stories_that_name_one_article_join_nothing() -> None:
    held = [
        _spanish(1, translations={"en": URL}),
        _spanish(2, id="a_es2", url=ES2_URL, translations={"en": URL}),
    ]
    assert partner_of(_english(translations={}), held) is None


def test_the_one_that_is_named_back_wins_over_a_wrong_link() -> None:
    right = _spanish(1, translations={"en": URL})
    wrong = _spanish(2, id="a_es2", url=ES2_URL, translations={"en": URL})
    assert partner_of(_english(), [wrong, right]) == (right, Pairing.MUTUAL)


def test_an_article_joins_a_story_that_has_two_other_languages() -> None:
    held = [
        _spanish(4, translations={"en": URL}),
        known(4, id="a_fr", url="https://news.example.com/fr/", language="fr"),
    ]
    assert partner_of(_english(), held) == (held[0], Pairing.MUTUAL)


def test_an_article_that_nobody_names_is_alone_without_a_remark() -> None:
    assert partner_of(_english(translations={}), [_spanish()]) is None
    assert why_alone(_english(translations={}), [_spanish()]) is None


def _rival(story: int = 1, **fields: Any) -> Known:
    """Another English article that names the Spanish one."""
    given = {"id": "a_2", "url": "https://news.example.com/second/", "title": "The second"}
    return known(story, **{**given, "translations": {"es": ES_URL}, **fields})


def test_two_that_name_one_article_as_their_translation_are_both_parted_from_it() -> None:
    joined = [replace(_spanish(), pairing=Pairing.ONE_WAY), _rival()]
    assert contradicted(_english(), joined) == joined[:1]
    apart = [_spanish(), _rival(2)]
    assert contradicted(_english(), apart) == []
    assert partner_of(_english(), apart) is None
    remark = why_alone(_english(), apart)
    assert remark is not None
    assert "linked with 'El ferri' as well" in remark.message


def test_a_wrong_link_that_came_first_gives_way_to_the_one_that_is_named_back() -> None:
    spanish = _spanish(translations={"en": URL})
    wrong = replace(_rival(), pairing=Pairing.ONE_WAY)
    assert contradicted(_english(), [spanish, wrong]) == [wrong]
    assert partner_of(_english(), [spanish, _rival(2)]) == (spanish, Pairing.MUTUAL)


def test_what_is_certain_is_never_parted_by_a_link() -> None:
    spanish = replace(_spanish(), pairing=Pairing.TRANSLATION_KEY)
    rival = replace(_rival(), pairing=Pairing.EDITOR)
    assert contradicted(_english(), [spanish, rival]) == []


def test_what_an_editor_made_a_story_of_its_own_is_joined_by_no_link() -> None:
    apart = replace(_spanish(translations={"en": URL}), pairing=Pairing.APART)
    assert partner_of(_english(), [apart]) is None
