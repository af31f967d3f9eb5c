"""Pictures and dates propose that two articles are one story; they never join them."""

from dataclasses import replace
from typing import Any

from newsletter.articles.proposals import proposals
from newsletter.model.article import Image, Known, Pairing
from tests.articles.build import known, moment

PICTURE = "https://img.example.com/2024/ferry-at-the-quay-1200x800.jpg"
SAME = "https://cdn.example.com/ferry-at-the-quay-600x400.jpg"


def _english(**fields: Any) -> Known:
    return known(1, **{"lead_image": Image(url=PICTURE), **fields})


def _spanish(story: int = 2, **fields: Any) -> Known:
    given = {"id": "a_es", "language": "es", "title": "El ferri", "lead_image": Image(url=SAME)}
    return known(story, **{**given, **fields})


def _reasons(*articles: Known) -> list[str]:
    return [proposal.reason for proposal in proposals(articles)]


def test_one_picture_in_two_languages_within_two_days_is_proposed() -> None:
    assert _reasons(_english(), _spanish()) == ["the same picture, published within two days"]


def test_a_picture_that_is_used_again_later_proposes_nothing() -> None:
    assert _reasons(_english(), _spanish(published=moment(6))) == []
    assert _reasons(_english(), _spanish(published=None)) == []


def test_a_picture_that_many_articles_use_proposes_nothing() -> None:
    third = known(3, id="a_3", title="Third", lead_image=Image(url=PICTURE))
    assert _reasons(_english(), _spanish(), third) == []


def test_articles_in_one_language_are_never_proposed() -> None:
    assert _reasons(_english(), _spanish(language="en-GB")) == []


def test_what_is_one_story_or_was_parted_is_not_proposed() -> None:
    assert _reasons(_english(), _spanish(1)) == []
    assert _reasons(replace(_english(), pairing=Pairing.APART), _spanish()) == []


def test_a_story_that_has_the_language_already_is_not_proposed() -> None:
    other = known(1, id="a_9", language="es", title="Otro")
    assert _reasons(_english(), other, _spanish()) == []


def test_a_picture_that_carries_the_headline_of_another_article_is_proposed() -> None:
    told = Image(url="https://img.example.com/x.jpg", alt="The ferry  leaves late")
    reasons = _reasons(_english(), _spanish(lead_image=told))
    assert reasons == ["the picture of one carries the headline of the other"]
