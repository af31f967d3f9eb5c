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
from newsletter.articles.identity import draft_hash
from newsletter.articles.pairing import contradicted, named_keys, partner_of
from newsletter.articles.triage import Past, draft_key
from newsletter.flows.reading import Read
from newsletter.model.article import Article, Known, Pairing, Stamp
from newsletter.store import articles
from newsletter.store.database import Tx


@dataclass(frozen=True, slots=True)
class Remembered:
    """How often which verdict was given, how many articles joined a story, why new ones are
    held."""

    verdicts: Counter[type[Verdict]]
    paired: int
    alarm: str | None


def remember(
    tx: Tx, readings: Sequence[Read], past: Past, alarm: str | None, now: datetime
) -> Remembered:
    """Decide about each article that was read, and write it down. With an `alarm`, what is new is
    held."""
    old = _old_ids(readings, past)
    alarm = alarm or _moved(tx, readings, past)
    verdicts: Counter[type[Verdict]] = Counter()
    paired = 0
    for each in readings:
        if each.article is None or each.stamp is None:
            if each.task.old:
                articles.note_keys(tx, each.task.draft.source, each.task.keys, None)
            continue
        decision = verdict(each.article, each.stamp, articles.earlier(tx, each.stamp), old)
        if alarm and isinstance(decision, New):
            decision = Held(alarm)
        paired += _carry_out(tx, decision, each.article, each.stamp, now)
        verdicts[type(decision)] += 1
    return Remembered(verdicts, paired, alarm)


def note_drafts(tx: Tx, source: str, readings: Sequence[Read]) -> None:
    """Know the drafts that were dealt with for good, as they are now."""
    for each in readings:
        if each.final:
            draft = each.task.draft
            articles.note_draft(tx, source, draft_key(draft), draft_hash(draft))


def _old_ids(readings: Sequence[Read], past: Past) -> set[str]:
    """The articles that are there, and not to be mailed."""
    old = {each.article.id for each in readings if each.article and each.task.old}
    if past.first_run:
        perhaps = [each.article for each in readings if each.article and not each.task.old]
        old |= baseline_ids(past.first_run, perhaps)
    return old


def _moved(tx: Tx, readings: Sequence[Read], past: Past) -> str | None:
    """Why what is new is held: most of what comes under new keys was there before."""
    if past.first_run:
        return None
    new = recognised = 0
    for each in readings:
        if each.article is None or each.stamp is None or not each.task.keys.isdisjoint(past.keys):
            continue
        held = articles.earlier(tx, each.stamp)
        match verdict(each.article, each.stamp, held):
            case New() if not is_familiar(each.stamp, held):
                new += 1
            case New() | Held() | Changed() | Unchanged():
                recognised += 1
    return move(new, recognised)


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
