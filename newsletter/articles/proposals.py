"""Articles that may be one story although neither names the other: pictures and dates propose, and
only an editor decides."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

from newsletter.articles.blocks import same_words
from newsletter.articles.language import base
from newsletter.articles.pictures import picture_stem
from newsletter.model.article import Article, Known, Pairing

_NEAR = timedelta(hours=48)
_COMMON = 2  # articles with one picture; above that it belongs to none of them


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
    by_picture: dict[str, list[Known]] = {}
    used = Counter(stem for each in known if (stem := _picture(each.article)))
    for each in known:
        if (stem := _picture(each.article)) and used[stem] <= _COMMON:
            by_picture.setdefault(stem, []).append(each)
    for pairs in by_picture.values():
        for one, other in combinations(pairs, 2):
            if _are_near(one.article, other.article):
                yield one, other, "the same picture, published within two days"
    titled = {" ".join(each.article.title.split()).casefold(): each for each in known}
    for each in known:
        alt = " ".join(((each.article.lead_image and each.article.lead_image.alt) or "").split())
        other = titled.get(alt.casefold()) if alt else None
        if other and not same_words(each.article.title, other.article.title):
            yield each, other, "the picture of one carries the headline of the other"


def _picture(article: Article) -> str | None:
    image = article.lead_image
    return picture_stem(image.url) if image and image.url else None


def _are_near(one: Article, other: Article) -> bool:
    if one.published is None or other.published is None:
        return False
    return abs(one.published.instant - other.published.instant) <= _NEAR
