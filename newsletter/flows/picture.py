"""Picture: an article's lead picture, looked at before anybody is shown it.

A picture that is none gives way to the next best one. What is not to be had for the moment is not
shown and not forgotten: it stays among the article's other pictures, for who can read it later.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from newsletter.articles.blocks import as_html, as_text, blocks
from newsletter.articles.lead_image import without_lead_image
from newsletter.articles.picture_check import (
    IMAGE_UNREAD,
    MANY,
    Fits,
    Unfit,
    generic,
    is_generic,
    judged,
    unfit,
)
from newsletter.articles.pictures import picture_key
from newsletter.lib.errors import NewsletterError
from newsletter.lib.images import look_at
from newsletter.lib.isolation import Isolation, here
from newsletter.model.article import Article, Image, Remark
from newsletter.sources.port import SourceFault
from newsletter.store import article_pictures
from newsletter.store.database import Tx

Look = Callable[[Image], bytes]
"""A picture's bytes, from this machine or from its address; a NewsletterError when they are not to
be had."""

Named = dict[tuple[str, str], set[str]]
"""By language and picture key, the ids of the articles that name the picture."""

_DOWNLOADS = 3  # an article: who has three broken pictures has more
_NEWS = timedelta(days=2)  # after that, a server that is gone for good is asked no more
_PATIENCE = 2  # pictures that a server may fail to give before it is left alone


@dataclass(frozen=True, slots=True)
class Unread:
    """A picture that was not to be had, and may be the next time."""

    remark: Remark


@dataclass(frozen=True, slots=True)
class _Search:
    """What looking came to: the picture that fits, those that nobody needed or could look at, and
    why others were passed over."""

    chosen: Image | None
    left: tuple[Image, ...]
    remarks: tuple[Remark, ...]


def with_checked_picture(
    article: Article,
    look: Look,
    *,
    isolated: Isolation = here,
    shared: Collection[str] = (),
) -> Article:
    """The article with a lead picture whose bytes were looked at, or with none; `remarks` tell why.

    `shared` are the keys of pictures that are the site's and not the article's. Where none fits,
    the caption stays without its picture. Raises nothing of a picture's making.
    """
    found = _search(article, lambda image: _tried(image, look, isolated), shared)
    told = replace(article, other_images=found.left, remarks=(*article.remarks, *found.remarks))
    return with_lead(told, found.chosen)


def picture_keys(article: Article) -> tuple[str, ...]:
    """The keys of the pictures that an article names, before anybody looked at them."""
    named = (article.lead_image, *article.other_images)
    return tuple(key for image in named if image and (key := picture_key(image)))


def named_by(articles: Iterable[Article]) -> Named:
    """Who names which picture, among articles that are not in the store yet."""
    named: Named = defaultdict(set)
    for article in articles:
        for key in picture_keys(article):
            named[article.language, key].add(article.id)
    return named


def shared_pictures(tx: Tx, article: Article, beside: Named, *, given: bool) -> frozenset[str]:
    """The keys of an article's pictures that are the site's own: several other articles in its
    language name them too. Other languages have the same pictures for good reasons; and where the
    source itself has `given` the lead picture to this article, it is this article's."""
    own = picture_key(article.lead_image) if given and article.lead_image else None
    return frozenset(
        key
        for key in picture_keys(article)
        if key != own and is_generic(len(_naming(tx, article, key, beside) - {article.id}))
    )


def _naming(tx: Tx, article: Article, key: str, beside: Named) -> set[str]:
    before = article_pictures.naming(tx, article.source, article.language, key, most=MANY + 1)
    return before | beside.get((article.language, key), set())


def picture_is_due(article: Article, now: datetime) -> bool:
    """Whether the article has no picture only because none was to be had just now: it is worth
    being read again, as long as it is news."""
    if article.lead_image and article.lead_image.shown:
        return False
    published = article.published.instant if article.published else now
    unread = any(remark.code == IMAGE_UNREAD for remark in article.remarks)
    return unread and now - published <= _NEWS


def with_lead(article: Article, chosen: Image | None) -> Article:
    """The article with this lead picture, which its text then shows no more; or with none, and the
    words that stood with the one it had."""
    before = article.lead_image
    if chosen is None:
        return replace(article, lead_image=_words_of(before), provenance=_whence(article, chosen))
    if before and (before.url, before.file) == (chosen.url, chosen.file):
        return replace(article, lead_image=chosen)
    body = without_lead_image(blocks(article.body_html), chosen)
    return replace(
        article,
        lead_image=chosen,
        body_html=as_html(body),
        body_text=as_text(body),
        provenance=_whence(article, chosen),
    )


def fitting(image: Image, content: bytes, isolated: Isolation) -> Fits | Unfit:
    """What becomes of a picture by its bytes, which are decoded in isolation."""
    try:
        return judged(image, isolated(look_at, content))
    except NewsletterError as fault:
        return unfit(image, _reason(image, fault))


@dataclass(slots=True)
class Patient:
    """A look that asks no more of a server that failed to give two pictures in a row: thirty more
    would each wait as long."""

    look: Look
    _failed: Counter[str] = field(default_factory=Counter)

    def __call__(self, image: Image) -> bytes:
        host = urlsplit(image.url or "").netloc
        if self._failed[host] >= _PATIENCE:
            raise SourceFault("timeout", f"{image.place}: {host} does not answer at the moment")
        try:
            content = self.look(image)
        except SourceFault as fault:
            self._failed[host] += bool(host and fault.passing)
            raise
        del self._failed[host]
        return content


def _search(
    article: Article,
    tried: Callable[[Image], Fits | Unfit | Unread],
    shared: Collection[str],
) -> _Search:
    """The first that fits, and is not small if there is a larger one among those tried."""
    best: Fits | None = None
    left: list[Image] = []
    remarks: list[Remark] = []
    asked = 0
    for image in _candidates(article):
        if picture_key(image) in shared:
            remarks.append(generic(image).remark)
            continue
        if asked == _DOWNLOADS or (best and not best.remark):
            left.append(image)
            continue
        asked += 1
        match tried(image):
            case Fits() as fits if best and fits.remark:
                left.append(fits.image)
            case Fits() as fits:
                left += [best.image] if best else []
                best = fits
            case Unfit(remark):
                remarks.append(remark)
            case Unread(remark):
                remarks.append(remark)
                left.append(image)
    if best and best.remark:
        remarks.append(best.remark)
    return _Search(best.image if best else None, tuple(left), tuple(remarks))


def _candidates(article: Article) -> Iterator[Image]:
    if article.lead_image and article.lead_image.shown:
        yield article.lead_image
    yield from article.other_images


def _tried(image: Image, look: Look, isolated: Isolation) -> Fits | Unfit | Unread:
    try:
        content = look(image)
    except SourceFault as fault:
        if fault.passing:
            return Unread(Remark(IMAGE_UNREAD, f"{image.place}: {_reason(image, fault)}"))
        return unfit(image, _reason(image, fault))
    except NewsletterError as fault:
        return unfit(image, _reason(image, fault))
    return fitting(image, content, isolated)


def _reason(image: Image, fault: NewsletterError) -> str:
    return str(fault).removeprefix(f"{image.place}: ")


def _words_of(image: Image | None) -> Image | None:
    """What stood with a picture that is no longer shown; None where nothing did."""
    if image is None or not image.shown:
        return image
    if not (image.caption or image.credit):
        return None
    return Image(caption=image.caption, credit=image.credit)


def _whence(article: Article, chosen: Image | None) -> dict[str, str]:
    rest = {name: where for name, where in article.provenance.items() if name != "lead_image"}
    where = article.provenance.get("lead_image")
    if chosen:
        return {**rest, "lead_image": "another picture"}
    return {**rest, "lead_image": where} if where and _words_of(article.lead_image) else rest
