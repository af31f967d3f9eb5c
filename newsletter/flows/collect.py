"""Collect: from a source's drafts to articles in the store, and articles to stories.

What was dealt with before and has not changed is not read again. Pages are fetched outside any
transaction; what one reading found is written in a single one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

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
from newsletter.articles.identity import content_hash, draft_hash, fingerprint, guid_key
from newsletter.articles.pairing import named_keys, partner_of
from newsletter.articles.read import Reading, read_article
from newsletter.lib.errors import NewsletterError
from newsletter.lib.urls import url_key
from newsletter.model.article import Article, Draft, Known, NotAnArticle, Stamp
from newsletter.model.specs import SourceSpec
from newsletter.sources.port import ItemFault, Source
from newsletter.store import articles, sources
from newsletter.store.database import Database, Tx


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
    """A draft that is new or has changed, and the article in it."""

    draft: Draft
    article: Article


def collect(
    database: Database, subject: Subject, languages: tuple[str, ...], now: datetime
) -> Collected:
    """Read one source once. A source that fails is written down with its reason and raises
    nothing: the others go on."""
    spec = subject.spec
    with database.exclusive(f"collecting-{spec.name}"):
        try:
            found = subject.source.read()
        except NewsletterError as fault:
            with database.begin() as tx:
                sources.record_fault(tx, spec.name, str(fault), now)
            return Collected(source=spec.name, fault=str(fault))
        with database.read() as tx:
            dealt_with = articles.drafts_of(tx, spec.name)
        fresh = [draft for draft in found.drafts if not _seen(draft, dealt_with)]
        read, faults = _read(subject, fresh, languages)
        with database.begin() as tx:
            result = _remember(tx, subject.spec, read, now)
            for draft in fresh:
                articles.note_draft(tx, spec.name, _draft_key(draft), draft_hash(draft))
            sources.record_reading(tx, spec.name, now)
    return replace(
        result,
        unchanged=result.unchanged + len(found.drafts) - len(fresh),
        faults=(*found.faults, *faults),
    )


def _draft_key(draft: Draft) -> str:
    return guid_key(draft) or (draft.url and url_key(draft.url)) or draft_hash(draft)


def _seen(draft: Draft, dealt_with: dict[str, str]) -> bool:
    return dealt_with.get(_draft_key(draft)) == draft_hash(draft)


def _read(
    subject: Subject, drafts: Iterable[Draft], languages: tuple[str, ...]
) -> tuple[list[_Read], list[ItemFault]]:
    reading = Reading(
        languages=languages, language=subject.spec.language, timezone=subject.spec.timezone
    )
    read, faults = [], []
    for draft in drafts:
        complete = subject.source.complete(draft)
        faults += [ItemFault(_place(draft), remark.message) for remark in complete.remarks]
        article = read_article(complete, reading)
        if isinstance(article, NotAnArticle):
            faults.append(ItemFault(_place(draft), article.reason))
        else:
            read.append(_Read(draft, article))
    return read, faults


def _place(draft: Draft) -> str:
    return draft.url or draft.guid or draft.title or "an entry without address"


def _remember(tx: Tx, spec: SourceSpec, read: list[_Read], now: datetime) -> Collected:
    """Write down what was read; count what it came to."""
    old: set[str] = set()
    if sources.state_of(tx, spec.name).first_read_at is None:
        first_run = parse_first_run(spec.first_run, spec.timezone)
        old = baseline_ids(first_run, [each.article for each in read])
    counted: Counter[type[Verdict]] = Counter()
    paired = 0
    for each in read:
        stamp = _stamp(each)
        decision = verdict(stamp, articles.alike(tx, stamp, _keys(stamp)), old)
        paired += _carry_out(tx, decision, each.article, stamp, now)
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


def _stamp(each: _Read) -> Stamp:
    article = each.article
    return Stamp(
        id=article.id,
        source=article.source,
        guid_key=guid_key(each.draft),
        url_key=url_key(article.url) if article.url else None,
        canonical_key=url_key(article.canonical_url) if article.canonical_url else None,
        fingerprint=fingerprint(article),
        content_hash=content_hash(article),
    )


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
