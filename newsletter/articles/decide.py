"""New or not: what becomes of an article that a source hands over. Decides, and touches nothing."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from newsletter.model.article import Article, Stamp

_LATEST = re.compile(r"latest\s+(\d{1,5})")
_SINCE = re.compile(r"since\s+(\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?)")


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


Verdict = New | Baseline | Changed | Unchanged | Duplicate


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


def baseline_ids(first_run: FirstRun, articles: Iterable[Article]) -> set[str]:
    """The ids of those articles of a first reading that count as old. An undated article is older
    than any dated one: where only some are new, it is not among them before those."""
    newest = sorted(articles, key=_published, reverse=True)
    fresh = [article for article in newest if _is_since(article, first_run.since)]
    chosen = {article.id for article in fresh[: first_run.latest]}
    return {article.id for article in newest} - chosen


def verdict(stamp: Stamp, held: Iterable[Stamp], baseline: Collection[str] = ()) -> Verdict:
    """What an article is, given the stamps that the store holds: of its source, and of any source
    with one of its addresses or its words. `baseline` are the ids that a first reading made old.

    In its own source it is known by its id, by an address or by its words: a site that moves
    changes the first two at once. From another source it is a duplicate.
    """
    held = list(held)
    for known in held:
        if known.source == stamp.source and _is_same(stamp, known):
            same_text = known.content_hash == stamp.content_hash
            return Unchanged(known.id) if same_text else Changed(known.id)
    for known in held:
        if _addresses(stamp) & _addresses(known) or known.fingerprint == stamp.fingerprint:
            return Duplicate(known.id)
    return Baseline() if stamp.id in baseline else New()


def _is_same(stamp: Stamp, known: Stamp) -> bool:
    by_id = stamp.guid_key is not None and stamp.guid_key == known.guid_key
    same_words = stamp.fingerprint == known.fingerprint
    return (
        by_id or same_words or stamp.id == known.id or bool(_addresses(stamp) & _addresses(known))
    )


def _addresses(stamp: Stamp) -> set[str]:
    return {key for key in (stamp.url_key, stamp.canonical_key) if key}


def _published(article: Article) -> datetime:
    return article.published.instant if article.published else datetime.min.replace(tzinfo=UTC)


def _is_since(article: Article, since: datetime | None) -> bool:
    return since is None or _published(article) >= since
