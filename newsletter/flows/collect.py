"""Collect: from a source's drafts to articles in the store, and articles to stories.

What was dealt with before and has not changed is not read again. Pages are fetched outside any
transaction; what one reading found is written in a single one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

import structlog

from newsletter.articles.dates import read_date
from newsletter.articles.decide import (
    Baseline,
    Changed,
    Duplicate,
    FirstRun,
    Held,
    New,
    Unchanged,
    Verdict,
    baseline_ids,
    is_familiar,
    parse_first_run,
    perhaps_new,
    verdict,
)
from newsletter.articles.flood import flood, move, usual_number
from newsletter.articles.identity import (
    draft_hash,
    keys_of,
    shared_addresses,
    stamp_of,
    unambiguous,
)
from newsletter.articles.pairing import contradicted, named_keys, partner_of
from newsletter.articles.read import Reading, read_article
from newsletter.lib.errors import NewsletterError
from newsletter.lib.text import printable
from newsletter.model.article import Article, Draft, Known, NotAnArticle, Pairing, Stamp
from newsletter.model.specs import SourceSpec
from newsletter.sources.page import PAGE_UNREAD
from newsletter.sources.port import Found, ItemFault, Source
from newsletter.store import articles, sources
from newsletter.store.database import Database, Tx

_SAMPLE = 12  # articles of a first reading that are read whole: the desk shows them
_MOST_PAGES = 100  # articles that one reading reads whole; the others come with the next
_LATEST = 50  # articles whose dates tell how much a source publishes

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Subject:
    """A source, open, and what the configuration says of it."""

    source: Source
    spec: SourceSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What one reading of a source came to. `elsewhere` are articles that another source, or
    another address, had brought before; `held` those that an editor has to let go, `postponed`
    those that the next reading looks at; `fault` is set when nothing could be read."""

    source: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    baseline: int = 0
    elsewhere: int = 0
    held: int = 0
    postponed: int = 0
    paired: int = 0
    faults: tuple[ItemFault, ...] = ()
    alarm: str | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What the store knows of a source before a reading."""

    first_run: FirstRun | None  # None once that is over
    drafts: Mapping[str, str]
    keys: Mapping[str, str | None]
    usual: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A draft to be dealt with: whether with its page, whether it may be news at all, and whether
    the next reading is to look at it again."""

    draft: Draft
    keys: frozenset[str]
    whole: bool = True
    old: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A task done: the article in it, if there is one, and what was wrong. It is `final` when
    reading it again could not give more: a page that was not to be had is asked for again."""

    task: _Task
    article: Article | None = None
    stamp: Stamp | None = None
    reasons: tuple[str, ...] = ()
    final: bool = True

    @property
    def faults(self) -> Iterator[ItemFault]:
        return (ItemFault(_place(self.task.draft), reason) for reason in self.reasons)


def collect(
    database: Database, subject: Subject, languages: tuple[str, ...], now: datetime
) -> Collected:
    """Read one source once. A source that fails is written down with its reason and raises
    nothing: the others go on."""
    spec = subject.spec
    with database.exclusive(f"collecting-{spec.name}"):
        with database.read() as tx:
            state = sources.state_of(tx, spec.name)
        found = _found(subject, state.last_read_at if state.first_read_at else None)
        if isinstance(found, str):
            with database.begin() as tx:
                sources.record_fault(tx, spec.name, found, now)
            return Collected(source=spec.name, fault=found)
        shared = shared_addresses(found.drafts)
        with database.read() as tx:
            past = _past(tx, spec, found.drafts, shared, now)
        fresh = [draft for draft in found.drafts if not _seen(draft, past)]
        tasks, alarm = _tasks(fresh, spec, past, shared)
        readings = [_read(task, subject, languages, shared) for task in tasks]
        with database.begin() as tx:
            result = _remember(tx, readings, past, alarm, now)
            for each in readings:
                if each.final:
                    draft = each.task.draft
                    articles.note_draft(tx, spec.name, _draft_key(draft), draft_hash(draft))
            sources.record_reading(tx, spec.name, now)
    return replace(
        result,
        source=spec.name,
        unchanged=result.unchanged + len(found.drafts) - len(fresh),
        postponed=len(fresh) - len(tasks),
        faults=(*found.faults, *(fault for each in readings for fault in each.faults)),
    )


def _found(subject: Subject, since: datetime | None) -> Found | str:
    """What the source offers now, its ids told apart; the reason when it cannot be read."""
    try:
        found = subject.source.read(since)
    except NewsletterError as fault:
        return printable(str(fault))
    except Exception as error:  # whatever a parser trips over, the other sources go on
        log.exception("source", source=subject.spec.name)
        return printable(f"could not be read: {type(error).__name__}: {error}")
    return replace(found, drafts=unambiguous(found.drafts))


# --- what has to be read, and how much of it ----------------------------------------------------


def _past(
    tx: Tx, spec: SourceSpec, drafts: Iterable[Draft], shared: frozenset[str], now: datetime
) -> _Past:
    state = sources.state_of(tx, spec.name)
    keys = {key for draft in drafts for key in keys_of(draft, shared)}
    return _Past(
        first_run=_first_run(spec, state) if state.first_read_at is None else None,
        drafts=articles.drafts_of(tx, spec.name),
        keys=articles.known_keys(tx, spec.name, keys),
        usual=usual_number(articles.latest_dates(tx, spec.name, _LATEST), state.last_read_at, now)
        if state.last_read_at
        else 0.0,
    )


def _first_run(spec: SourceSpec, state: sources.SourceState) -> FirstRun:
    """A source read before begins anew where the database was adopted: all of it counts as old."""
    return parse_first_run("baseline" if state.last_read_at else spec.first_run, spec.timezone)


def _tasks(
    fresh: Sequence[Draft], spec: SourceSpec, past: _Past, shared: frozenset[str]
) -> tuple[list[_Task], str | None]:
    """What is to be read of the drafts that are new or have changed, and why those that were
    never seen are held, if they are. Pages are asked for where an article may be mailed."""
    tasks = [_Task(draft=draft, keys=keys_of(draft, shared)) for draft in fresh]
    if past.first_run:
        return _first_tasks(tasks, past.first_run, spec), None
    tasks = [replace(t, whole=False, old=True) if _is_old(t, past) else t for t in tasks]
    unknown = [task for task in tasks if not any(key in past.keys for key in task.keys)]
    if alarm := flood(len(unknown), past.usual):
        return [replace(t, whole=False) if t in unknown else t for t in tasks], alarm
    return tasks[:_MOST_PAGES], None


def _first_tasks(tasks: list[_Task], first_run: FirstRun, spec: SourceSpec) -> list[_Task]:
    """All of a first reading: what is new by its rule, as far as can be told before it is read,
    and the latest of the rest, are read whole."""
    dates = [_date_of(task.draft, spec.timezone) for task in tasks]
    new = perhaps_new(first_run, dates)
    shown = perhaps_new(FirstRun(latest=_SAMPLE), dates)
    whole = {*new[:_MOST_PAGES], *shown[:_SAMPLE]}
    fresh = set(new)
    return [
        replace(task, whole=at in whole, old=at not in fresh, again=at in fresh - whole)
        for at, task in enumerate(tasks)
    ]


def _date_of(draft: Draft, timezone: str) -> datetime | None:
    dated = read_date(draft.published or draft.updated or "", timezone, draft.language)
    return dated.moment.instant if dated else None


def _is_old(task: _Task, past: _Past) -> bool:
    """Known since the first reading, and never read: what changes in it is no news."""
    known = [past.keys[key] for key in task.keys if key in past.keys]
    return bool(known) and not any(known)


def _draft_key(draft: Draft) -> str:
    return min(keys_of(draft), key=_ids_first, default="") or draft_hash(draft)


def _ids_first(key: str) -> tuple[bool, str]:
    return not key.startswith("id:"), key


def _seen(draft: Draft, past: _Past) -> bool:
    return past.drafts.get(_draft_key(draft)) == draft_hash(draft)


# --- reading ------------------------------------------------------------------------------------


def _read(
    task: _Task, subject: Subject, languages: tuple[str, ...], shared: frozenset[str]
) -> _Read:
    """The article in a draft. One that cannot be read has its reason, and stops no other."""
    spec, draft = subject.spec, task.draft
    reading = Reading(languages=languages, language=spec.language, timezone=spec.timezone)
    try:
        complete = subject.source.complete(draft) if task.whole else draft
        article = read_article(complete, reading)
    except Exception as error:
        log.exception("article", source=spec.name, place=_place(draft))
        return _Read(task=task, reasons=(f"{type(error).__name__}: {error}",))
    reasons = tuple(remark.message for remark in complete.remarks)
    unread = any(remark.code == PAGE_UNREAD for remark in complete.remarks)
    final = not (unread or task.again)
    if isinstance(article, NotAnArticle):
        why = () if task.old else (article.reason,)  # nobody misses what is not to be mailed
        return _Read(task=task, reasons=(*reasons, *why), final=final)
    stamp = stamp_of(draft, article, shared)
    return _Read(task=task, article=article, stamp=stamp, reasons=reasons, final=final)


def _place(draft: Draft) -> str:
    return draft.url or draft.guid or draft.title or "an entry without address"


# --- remembering --------------------------------------------------------------------------------


def _remember(
    tx: Tx, readings: Sequence[_Read], past: _Past, alarm: str | None, now: datetime
) -> Collected:
    """Write down what was read; count what it came to."""
    old = _old_ids(readings, past)
    alarm = alarm or _moved(tx, readings, past)
    counted: Counter[type[Verdict]] = Counter()
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
        counted[type(decision)] += 1
    return Collected(
        source="",
        new=counted[New],
        changed=counted[Changed],
        unchanged=counted[Unchanged],
        baseline=counted[Baseline],
        elsewhere=counted[Duplicate],
        held=counted[Held],
        paired=paired,
        alarm=alarm,
    )


def _old_ids(readings: Sequence[_Read], past: _Past) -> set[str]:
    """The articles that are there, and not to be mailed."""
    old = {each.article.id for each in readings if each.article and each.task.old}
    if past.first_run:
        perhaps = [each.article for each in readings if each.article and not each.task.old]
        old |= baseline_ids(past.first_run, perhaps)
    return old


def _moved(tx: Tx, readings: Sequence[_Read], past: _Past) -> str | None:
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
