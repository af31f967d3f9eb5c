"""New or not: what becomes of an article that a source hands over. Decides, and touches nothing."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.articles.language import base
from newsletter.articles.likeness import same_headline, shared_part
from newsletter.articles.pictures import same_picture
from newsletter.model.article import Article, Earlier, Stamp

_LATEST = re.compile(r"latest\s+(\d{1,5})")
_SINCE = re.compile(r"since\s+(\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?)")

_SAME_TEXT = 0.9  # of the shorter text: what is that much alike may be one article
_OTHER_TEXT = 0.3  # what is less alike is another one
_SOON = timedelta(days=30)  # a headline of last year is used again, that of this week is not


@dataclass(frozen=True, slots=True)
class FirstRun:
    """Which articles of a source's first reading are new: at most the `latest` (None: any number),
    and only those published at or after `since`. The others are there, and old."""

    latest: int | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class New:
    """Never seen: a story of its own, to be mailed."""


@dataclass(frozen=True, slots=True)
class Held:
    """Never seen, and for some `reason` not to be mailed before an editor has looked at it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """Never seen, but there before the program was: remembered, and not mailed."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The article `of`, with another text."""

    of: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The article `of`, as it is known."""

    of: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The article `of` once more, from another source."""

    of: str


Verdict = New | Held | Baseline | Changed | Unchanged | Duplicate


def parse_first_run(text: str, timezone: str) -> FirstRun:
    """A source's `first_run`: "baseline", "all", "latest 5" or "since 2026-11-22T07:00", the last
    local to `timezone`. Raises ValueError saying what was expected."""
    wanted = " ".join(text.split())
    if wanted == "baseline":
        return FirstRun(latest=0)
    if wanted == "all":
        return FirstRun()
    if match := _LATEST.fullmatch(wanted):
        return FirstRun(latest=int(match[1]))
    if match := _SINCE.fullmatch(wanted):
        return FirstRun(since=datetime.fromisoformat(match[1]).replace(tzinfo=ZoneInfo(timezone)))
    raise ValueError(
        f'{text!r} is none of "baseline", "all", "latest 5" (a number) '
        'and "since 2026-11-22T07:00" (a local date and time)'
    )


def perhaps_new(first_run: FirstRun, dates: Sequence[datetime | None]) -> list[int]:
    """Which drafts of a first reading may be new, newest first, going by the `dates` that they
    carry: the others need not be read for it. What has no date of its own may be of any age, and
    is taken in the source's order."""
    dated = sorted((i for i, at in enumerate(dates) if at), key=lambda i: dates[i], reverse=True)  # type: ignore[arg-type, return-value]
    since = first_run.since
    fresh = [i for i in dated if since is None or (at := dates[i]) is None or at >= since]
    undated = [i for i, at in enumerate(dates) if at is None]
    return [*fresh[: first_run.latest], *undated[: first_run.latest]]


def baseline_ids(first_run: FirstRun, articles: Iterable[Article]) -> set[str]:
    """The ids of those articles of a first reading that count as old. An undated article is older
    than any dated one: where only some are new, it is not among them before those."""
    newest = sorted(articles, key=_published, reverse=True)
    fresh = [article for article in newest if _is_since(article, first_run.since)]
    chosen = {article.id for article in fresh[: first_run.latest]}
    return {article.id for article in newest} - chosen


def verdict(
    article: Article, stamp: Stamp, held: Sequence[Earlier], baseline: Collection[str] = ()
) -> Verdict:
    """What an article is, given those that the store holds and that it may be the same as, the one
    seen first standing first. `baseline` are the ids that a first reading made old.

    In its own source it is known by its id, by an address or by its words: a site that moves
    changes the first two at once. From another source it is a duplicate. What only looks like one
    that is there is held: neither mailed twice, nor dropped.
    """
    for known in sorted(held, key=lambda known: known.stamp.source != stamp.source):
        if _is_same(article, stamp, known):
            if known.stamp.source != stamp.source:
                return Duplicate(known.stamp.id)
            same_text = known.stamp.content_hash == stamp.content_hash
            return Unchanged(known.stamp.id) if same_text else Changed(known.stamp.id)
    if stamp.id in baseline:
        return Baseline()
    if lookalike := _lookalike(article, stamp, held):
        return Held(f"may be {lookalike.title!r} once more ({lookalike.address})")
    return New()


def is_familiar(stamp: Stamp, held: Iterable[Earlier]) -> bool:
    """Whether its source had this headline before, whatever the dates and the texts."""
    return any(
        stamp.source in known.sources and stamp.title_key == known.stamp.title_key != ""
        for known in held
    )


def _is_same(article: Article, stamp: Stamp, known: Earlier) -> bool:
    if stamp.source in known.sources and stamp.ids & known.stamp.ids:
        return True
    if stamp.id == known.stamp.id or stamp.fingerprint == known.stamp.fingerprint:
        return True
    return bool(stamp.addresses & known.stamp.addresses) and not _replaced(article, stamp, known)


def _replaced(article: Article, stamp: Stamp, known: Earlier) -> bool:
    """Whether an address shows another article now ("/today"): the id, the headline and the text
    are all others. An article that is rewritten keeps some of them."""
    if not (stamp.ids and known.stamp.ids):
        return False
    other = known.article
    return (
        not same_headline(article.title, other.title)
        and shared_part(article.body_text, other.body_text) < _OTHER_TEXT
    )


def _lookalike(article: Article, stamp: Stamp, held: Iterable[Earlier]) -> Article | None:
    """An article of the same month in the same language with the same headline and picture, or
    with nearly the same text. A text that several have is a formula ("In this episode …")."""
    near = [
        known
        for known in held
        if base(article.language) == base(known.article.language)
        and _apart(article, known.article) <= _SOON
    ]
    for known in near:
        if stamp.title_key == known.stamp.title_key != "" and _alike(article, known.article):
            return known.article
    same_text = [known.article for known in near if _same_text(article, known.article)]
    return same_text[0] if len(same_text) == 1 else None


def _alike(one: Article, other: Article) -> bool:
    return _share_picture(one, other) or _same_text(one, other)


def _same_text(one: Article, other: Article) -> bool:
    return shared_part(one.body_text, other.body_text) >= _SAME_TEXT


def _apart(one: Article, other: Article) -> timedelta:
    """Between the two publications, where both are told; else none: who knows."""
    if one.published is None or other.published is None:
        return timedelta()
    return abs(one.published.instant - other.published.instant)


def _share_picture(one: Article, other: Article) -> bool:
    a, b = one.lead_image, other.lead_image
    return bool(a and b and a.url and b.url and same_picture(a.url, b.url))


def _published(article: Article) -> datetime:
    return article.published.instant if article.published else datetime.min.replace(tzinfo=UTC)


def _is_since(article: Article, since: datetime | None) -> bool:
    return since is None or _published(article) >= since
