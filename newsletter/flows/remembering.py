"""Remembering: what was read is decided about, written down, and joined to its story."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from newsletter.articles.decide import (
    Baseline,
    Changed,
    Duplicate,
    Held,
    New,
    Unchanged,
    Verdict,
    baseline_ids,
    is_familiar,
    verdict,
)
from newsletter.articles.flood import move
from newsletter.articles.identity import draft_hash, stamp_of
from newsletter.articles.pairing import contradicted, named_keys, partner_of
from newsletter.articles.triage import Past, Triage, draft_key
from newsletter.flows.reading import Read
from newsletter.model.article import Article, Known, Pairing, Stamp
from newsletter.store import article_pictures, articles
from newsletter.store.database import Tx


@dataclass(frozen=True, slots=True)
class Remembered:
    """How often which verdict was given, how many articles joined a story, why new ones are
    held."""

    verdicts: Counter[type[Verdict]]
    paired: int
    alarm: str | None


def remember(
    tx: Tx, readings: Sequence[Read], past: Past, todo: Triage, now: datetime
) -> Remembered:
    """Decide about each article that was read, and write it down. With an alarm, what is new is
    held."""
    found = [
        _Found(each, each.article, stamp_of(each.task.draft, each.article, todo.shared))
        for each in readings
        if each.article
    ]
    for each in readings:
        if each.article is None and each.task.old:
            articles.note_keys(tx, each.task.draft.source, each.task.keys, None)
    old = _old_ids(found, past)
    alarm = todo.alarm or _moved(tx, found, past)
    verdicts: Counter[type[Verdict]] = Counter()
    paired = 0
    for one in found:
        decision = verdict(one.article, one.stamp, articles.earlier(tx, one.stamp), old)
        if alarm and isinstance(decision, New):
            decision = Held(alarm)
        paired += _carry_out(tx, decision, one.article, one.stamp, now)
        _name_pictures(tx, decision, one)
        verdicts[type(decision)] += 1
    return Remembered(verdicts, paired, alarm)


@dataclass(frozen=True, slots=True)
class _Found:
    """An article that was read, and what it is known by."""

    read: Read
    article: Article
    stamp: Stamp


def note_drafts(tx: Tx, source: str, readings: Sequence[Read]) -> None:
    """Know the drafts that were dealt with for good, as they are now."""
    for each in readings:
        if each.final:
            draft = each.task.draft
            articles.note_draft(tx, source, draft_key(draft), draft_hash(draft))


def _old_ids(found: Sequence[_Found], past: Past) -> set[str]:
    """The articles that are there, and not to be mailed."""
    old = {one.article.id for one in found if one.read.task.old}
    if past.first_run:
        perhaps = [one.article for one in found if not one.read.task.old]
        old |= baseline_ids(past.first_run, perhaps)
    return old


def _moved(tx: Tx, found: Sequence[_Found], past: Past) -> str | None:
    """Why what is new is held: most of what comes under new keys was there before."""
    if past.first_run:
        return None
    new = recognised = 0
    for one in found:
        if not one.read.task.keys.isdisjoint(past.keys):
            continue
        held = articles.earlier(tx, one.stamp)
        match verdict(one.article, one.stamp, held):
            case New() if not is_familiar(one.stamp, held):
                new += 1
            case New() | Held() | Changed() | Unchanged():
                recognised += 1
    return move(new, recognised)


def _name_pictures(tx: Tx, decision: Verdict, one: _Found) -> None:
    """Remember what the article names, whatever became of it: the next ones name it too."""
    if isinstance(decision, New | Held | Baseline | Changed):
        article = decision.of if isinstance(decision, Changed) else one.stamp.id
        article_pictures.name_pictures(tx, article, one.stamp.source, one.read.pictures)


def _carry_out(tx: Tx, decision: Verdict, article: Article, stamp: Stamp, now: datetime) -> bool:
    """Do what was decided about an article; True when it joined another's story."""
    match decision:
        case New() | Baseline() | Held():
            articles.add(
                tx,
                article,
                stamp,
                named_keys(article),
                baseline=isinstance(decision, Baseline),
                held=decision.reason if isinstance(decision, Held) else None,
                now=now,
            )
            return _pair(tx, article, stamp, now)
        case Changed(known):
            article, stamp = replace(article, id=known), replace(stamp, id=known)
            articles.revise(tx, article, stamp, named_keys(article), now)
            return _pair(tx, article, stamp, now)
        case Unchanged(known) | Duplicate(known):
            articles.note_keys(tx, stamp.source, stamp.keys, known)
            return False
        case _:
            assert_never(decision)


def _pair(tx: Tx, article: Article, stamp: Stamp, now: datetime) -> bool:
    """Make the article one of the story that it is a translation of, if there is one. What an
    editor said of it stands."""
    if articles.pairing_of(tx, article.id) in (Pairing.EDITOR, Pairing.APART):
        return False
    held = _held(tx, article, stamp)
    if doubtful := contradicted(article, held):
        for known in doubtful:
            articles.part(tx, known.article.id, now)
        held = _held(tx, article, stamp)
    partner = partner_of(article, held)
    if partner is None:
        return False
    known, pairing = partner
    if articles.story_of(tx, article.id) == known.story:
        return False
    articles.join(tx, article.id, known.story, pairing)
    return True


def _held(tx: Tx, article: Article, stamp: Stamp) -> list[Known]:
    """What the article may be paired with, each once."""
    found = articles.pairing_candidates(tx, stamp, named_keys(article))
    if article.translation_key:
        found += articles.same_key(tx, stamp, article.translation_key)
    return list({known.article.id: known for known in found}.values())
