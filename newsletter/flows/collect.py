"""Collect: from a source's drafts to articles in the store, and articles to stories.

What was dealt with before and has not changed is not read again. Pages are fetched outside any
transaction; what one reading found is written in a single one.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

import structlog

from newsletter.articles.decide import (
    Baseline,
    Changed,
    Duplicate,
    New,
    Unchanged,
    Verdict,
    baseline_ids,
    parse_first_run,
    verdict,
)
from newsletter.articles.identity import draft_hash, guid_key, stamp_of, unambiguous
from newsletter.articles.pairing import named_keys, partner_of
from newsletter.articles.read import Reading, read_article
from newsletter.lib.errors import NewsletterError
from newsletter.lib.text import printable
from newsletter.lib.urls import url_key
from newsletter.model.article import Article, Draft, Known, NotAnArticle, Stamp
from newsletter.model.specs import SourceSpec
from newsletter.sources.page import PAGE_UNREAD
from newsletter.sources.port import Found, ItemFault, Source
from newsletter.store import articles, sources
from newsletter.store.database import Database, Tx

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Subject:
    """A source, open, and what the configuration says of it."""

    source: Source
    spec: SourceSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What one reading of a source came to. `elsewhere` are articles that another source, or
    another address, had brought before; `fault` is set when nothing could be read."""

    source: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    baseline: int = 0
    elsewhere: int = 0
    paired: int = 0
    faults: tuple[ItemFault, ...] = ()
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """A draft that is new or has changed, the article in it, what was wrong. It is `whole` when
    reading it again could not give more: a page that was not to be had is asked for again."""

    draft: Draft
    article: Article | None
    reasons: tuple[str, ...] = ()
    whole: bool = True

    @property
    def faults(self) -> Iterator[ItemFault]:
        return (ItemFault(_place(self.draft), reason) for reason in self.reasons)


def collect(
    database: Database, subject: Subject, languages: tuple[str, ...], now: datetime
) -> Collected:
    """Read one source once. A source that fails is written down with its reason and raises
    nothing: the others go on."""
    spec = subject.spec
    with database.exclusive(f"collecting-{spec.name}"):
        found = _found(subject)
        if isinstance(found, str):
            with database.begin() as tx:
                sources.record_fault(tx, spec.name, found, now)
            return Collected(source=spec.name, fault=found)
        with database.read() as tx:
            dealt_with = articles.drafts_of(tx, spec.name)
        fresh = [draft for draft in found.drafts if not _seen(draft, dealt_with)]
        readings = [_read(draft, subject, languages, now) for draft in fresh]
        with database.begin() as tx:
            result = _remember(tx, spec, readings, now)
            for each in readings:
                if each.whole:
                    articles.note_draft(
                        tx, spec.name, _draft_key(each.draft), draft_hash(each.draft)
                    )
            sources.record_reading(tx, spec.name, now)
    return replace(
        result,
        unchanged=result.unchanged + len(found.drafts) - len(fresh),
        faults=(*found.faults, *(fault for each in readings for fault in each.faults)),
    )


def _found(subject: Subject) -> Found | str:
    """What the source offers now, its ids told apart; the reason when it cannot be read."""
    try:
        found = subject.source.read()
    except NewsletterError as fault:
        return printable(str(fault))
    except Exception as error:  # whatever a parser trips over, the other sources go on
        log.exception("source", source=subject.spec.name)
        return printable(f"could not be read: {type(error).__name__}: {error}")
    return replace(found, drafts=unambiguous(found.drafts))


def _draft_key(draft: Draft) -> str:
    return guid_key(draft) or (draft.url and url_key(draft.url)) or draft_hash(draft)


def _seen(draft: Draft, dealt_with: dict[str, str]) -> bool:
    return dealt_with.get(_draft_key(draft)) == draft_hash(draft)


def _read(draft: Draft, subject: Subject, languages: tuple[str, ...], now: datetime) -> _Read:
    """The article in a draft. One that cannot be read has its reason, and stops no other."""
    spec = subject.spec
    reading = Reading(languages=languages, language=spec.language, timezone=spec.timezone, now=now)
    try:
        complete = subject.source.complete(draft)
        article = read_article(complete, reading)
    except Exception as error:
        log.exception("article", source=spec.name, place=_place(draft))
        return _Read(draft, None, (f"{type(error).__name__}: {error}",))
    reasons = [remark.message for remark in complete.remarks]
    whole = all(remark.code != PAGE_UNREAD for remark in complete.remarks)
    if isinstance(article, NotAnArticle):
        return _Read(draft, None, (*reasons, article.reason), whole)
    return _Read(draft, article, tuple(reasons), whole)


def _place(draft: Draft) -> str:
    return draft.url or draft.guid or draft.title or "an entry without address"


def _remember(tx: Tx, spec: SourceSpec, readings: list[_Read], now: datetime) -> Collected:
    """Write down what was read; count what it came to."""
    read = [(each.article, each.draft) for each in readings if each.article]
    old: set[str] = set()
    state = sources.state_of(tx, spec.name)
    if state.first_read_at is None:
        # A source read before begins anew where the database was adopted: all of it counts as old.
        wanted = "baseline" if state.last_read_at else spec.first_run
        first_run = parse_first_run(wanted, spec.timezone)
        old = baseline_ids(first_run, [article for article, _ in read])
    counted: Counter[type[Verdict]] = Counter()
    paired = 0
    for article, draft in read:
        stamp = stamp_of(draft, article)
        decision = verdict(stamp, articles.alike(tx, stamp, _keys(stamp)), old)
        paired += _carry_out(tx, decision, article, stamp, now)
        counted[type(decision)] += 1
    return Collected(
        source=spec.name,
        new=counted[New],
        changed=counted[Changed],
        unchanged=counted[Unchanged],
        baseline=counted[Baseline],
        elsewhere=counted[Duplicate],
        paired=paired,
    )


def _carry_out(tx: Tx, decision: Verdict, article: Article, stamp: Stamp, now: datetime) -> bool:
    """Do what was decided about an article; True when it joined another's story."""
    match decision:
        case New() | Baseline():
            is_old = isinstance(decision, Baseline)
            articles.add(tx, article, stamp, named_keys(article), baseline=is_old, now=now)
            return _pair(tx, article, stamp)
        case Changed(known):
            article, stamp = replace(article, id=known), replace(stamp, id=known)
            articles.revise(tx, article, stamp, named_keys(article), now)
            return _pair(tx, article, stamp)
        case Unchanged() | Duplicate():
            return False
        case _:
            assert_never(decision)


def _keys(stamp: Stamp) -> list[str]:
    return [key for key in (stamp.url_key, stamp.canonical_key) if key]


def _pair(tx: Tx, article: Article, stamp: Stamp) -> bool:
    """Make the article one of the story that it is a translation of, if there is one."""
    held = {known.article.id: known for known in _held(tx, article, stamp)}
    partner = partner_of(article, list(held.values()))
    if partner is None:
        return False
    known, pairing = partner
    if articles.story_of(tx, article.id) == known.story:
        return False
    articles.join(tx, article.id, known.story, pairing)
    return True


def _held(tx: Tx, article: Article, stamp: Stamp) -> Iterator[Known]:
    yield from articles.pairing_candidates(tx, stamp, named_keys(article))
    if article.translation_key:
        yield from articles.same_key(tx, stamp, article.translation_key)
