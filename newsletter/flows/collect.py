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
from newsletter.flows.picture import (
    Look,
    Patient,
    named_by,
    picture_is_due,
    picture_keys,
    shared_pictures,
    with_checked_picture,
)
from newsletter.lib.errors import NewsletterError
from newsletter.lib.isolation import Isolation, here
from newsletter.lib.text import printable
from newsletter.lib.urls import url_key
from newsletter.model.article import Article, Draft, Known, NotAnArticle, Stamp
from newsletter.model.specs import SourceSpec
from newsletter.sources.page import PAGE_UNREAD
from newsletter.sources.port import Found, ItemFault, Source
from newsletter.store import article_pictures, articles, sources
from newsletter.store.database import Database, Tx

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Subject:
    """A source, open, and what the configuration says of it. Without a `look`, pictures are taken
    for what they are said to be; with one, they are decoded `isolated`."""

    source: Source
    spec: SourceSpec
    look: Look | None = None
    isolated: Isolation = here


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
    reading it again could not give more: a page or picture that was not to be had is asked for
    again. `pictures` are the keys of those that the article names."""

    draft: Draft
    article: Article | None
    reasons: tuple[str, ...] = ()
    whole: bool = True
    pictures: tuple[str, ...] = ()

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
        readings = [_read(draft, subject, languages) for draft in fresh]
        if subject.look:
            look = Patient(subject.look)
            readings = list(_looked_at(database, subject, readings, look, now))
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


def _read(draft: Draft, subject: Subject, languages: tuple[str, ...]) -> _Read:
    """The article in a draft. One that cannot be read has its reason, and stops no other."""
    spec = subject.spec
    reading = Reading(languages=languages, language=spec.language, timezone=spec.timezone)
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
    return _Read(draft, article, tuple(reasons), whole, picture_keys(article))


def _looked_at(
    database: Database, subject: Subject, readings: list[_Read], look: Look, now: datetime
) -> Iterator[_Read]:
    """The readings with lead pictures that were looked at, where an article may be mailed."""
    read = [each.article for each in readings if each.article]
    beside = named_by(read)
    with database.read() as tx:
        old = _old(tx, subject.spec, read)
    for each in readings:
        if each.article is None or each.article.id in old:
            yield each
            continue
        given = each.article.provenance.get("lead_image") == f"{each.draft.origin}.image"
        with database.read() as tx:
            shared = shared_pictures(tx, each.article, beside, given=given)
        seen = _illustrated(each, each.article, subject, look, shared)
        due = seen.article is not None and picture_is_due(seen.article, now)
        yield replace(seen, whole=seen.whole and not due)


def _illustrated(
    each: _Read, article: Article, subject: Subject, look: Look, shared: frozenset[str]
) -> _Read:
    """A reading with its picture looked at. That an article lost all of them is told."""
    try:
        seen = with_checked_picture(article, look, isolated=subject.isolated, shared=shared)
    except Exception as error:
        log.exception("picture", source=subject.spec.name, place=_place(each.draft))
        reason = f"its picture: {type(error).__name__}: {error}"
        return replace(each, reasons=(*each.reasons, reason))
    shown = seen.lead_image is not None and seen.lead_image.shown
    lost = () if shown else seen.remarks[len(article.remarks) :]
    return replace(
        each,
        article=seen,
        reasons=(*each.reasons, *(remark.message for remark in lost)),
    )


def _place(draft: Draft) -> str:
    return draft.url or draft.guid or draft.title or "an entry without address"


def _remember(tx: Tx, spec: SourceSpec, readings: list[_Read], now: datetime) -> Collected:
    """Write down what was read; count what it came to."""
    old = _old(tx, spec, [each.article for each in readings if each.article])
    counted: Counter[type[Verdict]] = Counter()
    paired = 0
    for each in readings:
        if each.article is None:
            continue
        stamp = stamp_of(each.draft, each.article)
        decision = verdict(stamp, articles.alike(tx, stamp, _keys(stamp)), old)
        paired += _carry_out(tx, decision, each.article, stamp, now)
        _name_pictures(tx, decision, each, stamp)
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


def _old(tx: Tx, spec: SourceSpec, read: list[Article]) -> set[str]:
    """Which of these articles are a baseline; there is one with a source's first reading only."""
    state = sources.state_of(tx, spec.name)
    if state.first_read_at is not None:
        return set()
    # A source read before begins anew where the database was adopted: all of it counts as old.
    wanted = "baseline" if state.last_read_at else spec.first_run
    return baseline_ids(parse_first_run(wanted, spec.timezone), read)


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


def _name_pictures(tx: Tx, decision: Verdict, each: _Read, stamp: Stamp) -> None:
    """Remember what the article names, whatever became of it: the next ones name it too."""
    if isinstance(decision, New | Baseline | Changed):
        article = decision.of if isinstance(decision, Changed) else stamp.id
        article_pictures.name_pictures(tx, article, stamp.source, each.pictures)


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
