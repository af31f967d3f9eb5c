"""Articles that may be one story although neither names the other: pictures and dates propose, and
only an editor decides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from newsletter.articles.blocks import word_key
from newsletter.articles.language import base
from newsletter.articles.pictures import stem
from newsletter.model.article import Article, Known, Pairing

_NEAR = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two articles in different languages, and what they have in common."""

    one: Known
    other: Known
    reason: str


def proposals(known: Sequence[Known]) -> list[Proposal]:
    """The pairs that an editor may want to join, of stories that lack each other's language."""
    spoken: dict[int, set[str]] = {}
    for each in known:
        spoken.setdefault(each.story, set()).add(base(each.article.language))
    return [
        Proposal(one, other, reason)
        for one, other, reason in _alike(known)
        if one.story != other.story
        and spoken[one.story].isdisjoint(spoken[other.story])
        and Pairing.APART not in (one.pairing, other.pairing)
    ]


def _alike(known: Sequence[Known]) -> Iterator[tuple[Known, Known, str]]:
    yield from _sharing_a_picture(known)
    titled = {word_key(each.article.title): each for each in known}
    for each in known:
        image = each.article.lead_image
        other = titled.get(word_key(image.alt or "")) if image else None
        if other:
            yield each, other, "the picture of one carries the headline of the other"


def _sharing_a_picture(known: Sequence[Known]) -> Iterator[tuple[Known, Known, str]]:
    by_picture: dict[str, list[Known]] = {}
    for each in known:
        if url := _picture(each.article):
            by_picture.setdefault(stem(url), []).append(each)
    for pair in by_picture.values():
        if len(pair) == 2 and _are_near(pair[0].article, pair[1].article):
            yield pair[0], pair[1], "the same picture, published within two days"


def _picture(article: Article) -> str | None:
    """The lead picture's address; that of the next best where the first was not to be had yet."""
    images = (article.lead_image, *article.other_images)
    return next((image.url for image in images if image and image.url), None)


def _are_near(one: Article, other: Article) -> bool:
    if one.published is None or other.published is None:
        return False
    return abs(one.published.instant - other.published.instant) <= _NEAR
