"""Which articles are one story told in several languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from newsletter.articles.identity import address_key, address_keys
from newsletter.articles.language import base
from newsletter.model.article import Article, Known, Pairing, Remark

_APART = timedelta(days=7)  # a translation that comes later is another story's, or a wrong link


@dataclass(frozen=True, slots=True)
class _Claim:
    """One candidate: how it is connected, and what speaks against it ("" for nothing)."""

    known: Known
    pairing: Pairing
    against: str


def partner_of(article: Article, held: Sequence[Known]) -> tuple[Known, Pairing] | None:
    """The article whose story this one joins, and how certain that is; None for a story of its own.

    `held` are articles that it names as translations, or that name it, or that have its
    translation key, with all members of their stories. A translation key and links both ways are
    certain; a link one way joins only while nothing contradicts it. Claims on several stories
    cancel each other out, unless the certain ones agree.
    """
    sound = [claim for claim in _claims(article, held) if not claim.against]
    certain = [claim for claim in sound if claim.pairing is not Pairing.ONE_WAY]
    chosen = certain or sound
    if len({claim.known.story for claim in chosen}) != 1:
        return None
    return chosen[0].known, chosen[0].pairing


def contradicted(article: Article, held: Sequence[Known]) -> list[Known]:
    """Those of the held articles that joined a story by a link one way which this article shows to
    be doubtful: it has the same language, and the same claim or a better one. They are to be
    parted again before this one is looked at."""
    doubtful: dict[str, Known] = {}
    for known in held:
        if not _connection(article, known.article):
            continue
        for rival in _rivals(article, known, held):
            for each in (rival, known):
                if each.pairing is Pairing.ONE_WAY and rival.story == known.story:
                    doubtful[each.article.id] = each
    return list(doubtful.values())


def _rivals(article: Article, known: Known, held: Sequence[Known]) -> list[Known]:
    """Other articles in this one's language that are connected to `known` one way only."""
    return [
        rival
        for rival in held
        if rival.article.id not in (article.id, known.article.id)
        and base(rival.article.language) == base(article.language)
        and _connection(rival.article, known.article) is Pairing.ONE_WAY
    ]


def why_alone(article: Article, held: Sequence[Known]) -> Remark | None:
    """What an editor should know where links exist but join nothing: what speaks against them."""
    claims = _claims(article, held)
    if not claims or partner_of(article, held) is not None:
        return None
    reasons = {claim.against or "several stories claim to be its translation" for claim in claims}
    return Remark("pairing_refused", "; ".join(sorted(reasons)))


def named_keys(article: Article) -> frozenset[str]:
    """The keys of the addresses that an article names as its translations."""
    return frozenset(filter(None, map(address_key, article.translations.values())))


def _claims(article: Article, held: Sequence[Known]) -> list[_Claim]:
    """Every connection, the most certain first."""
    found = [
        _Claim(known, pairing, _against(article, known, pairing, held))
        for known in held
        if known.article.id != article.id and (pairing := _connection(article, known.article))
    ]
    order = [Pairing.TRANSLATION_KEY, Pairing.MUTUAL, Pairing.ONE_WAY]
    return sorted(found, key=lambda claim: order.index(claim.pairing))


def _connection(article: Article, other: Article) -> Pairing | None:
    if article.translation_key and article.translation_key == other.translation_key:
        return Pairing.TRANSLATION_KEY
    there, back = _names(article, other), _names(other, article)
    if there and back:
        return Pairing.MUTUAL
    return Pairing.ONE_WAY if there or back else None


def _against(article: Article, known: Known, pairing: Pairing, held: Sequence[Known]) -> str:
    """What contradicts that both are one story; "" if nothing does."""
    other = known.article
    if base(other.language) == base(article.language):
        return f"{other.title!r} is in the same language"
    if known.pairing is Pairing.APART:
        return f"an editor has made {other.title!r} a story of its own"
    if _taken(article, known.story, held):
        return f"the story of {other.title!r} has an article in {article.language} already"
    if pairing is not Pairing.ONE_WAY:
        return ""
    if rivals := _rivals(article, known, held):
        return f"{rivals[0].article.title!r} is linked with {other.title!r} as well"
    if _named_otherwise(article, other) or _named_otherwise(other, article):
        return f"of {other.title!r} and this one, one names another translation"
    if _published_apart(article, other):
        return f"{other.title!r} was published more than a week away"
    return ""


def _taken(article: Article, story: int, held: Sequence[Known]) -> bool:
    """Whether the story holds another article in this one's language."""
    return any(
        known.story == story
        and known.article.id != article.id
        and base(known.article.language) == base(article.language)
        for known in held
    )


def _names(article: Article, other: Article) -> bool:
    return bool(named_keys(article) & address_keys(other))


def _named_otherwise(article: Article, other: Article) -> bool:
    """Whether an article says that its version in the other's language is somewhere else, or that
    the other's address is in another language."""
    own = address_keys(other)
    for language, url in article.translations.items():
        fits = base(language) == base(other.language)
        if url and fits != (address_key(url) in own):
            return True
    return False


def _published_apart(article: Article, other: Article) -> bool:
    if article.published is None or other.published is None:
        return False
    return abs(article.published.instant - other.published.instant) > _APART
