"""Collect: from a source's drafts to articles in the store, and articles to stories.

What was dealt with before and has not changed is not read again. Pages are fetched outside any
transaction; what one reading found is written in a single one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from newsletter.articles.decide import (
    Baseline,
    Changed,
    Duplicate,
    FirstRun,
    Held,
    New,
    Unchanged,
    parse_first_run,
)
from newsletter.articles.flood import usual_number
from newsletter.articles.identity import unambiguous
from newsletter.articles.triage import Past, all_keys, triage
from newsletter.flows.reading import Subject, read_tasks
from newsletter.flows.remembering import Remembered, note_drafts, remember
from newsletter.lib.errors import NewsletterError
from newsletter.lib.text import printable
from newsletter.model.article import Draft
from newsletter.model.specs import SourceSpec
from newsletter.sources.port import Found, ItemFault
from newsletter.store import articles, sources
from newsletter.store.database import Database, Tx
from newsletter.store.sources import SourceState

_LATEST = 50  # articles whose dates tell how much a source publishes

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What one reading of a source came to. `elsewhere` are articles that another source, or
    another address, had brought before; `held` those that an editor has to let go, `alarm` why;
    `postponed` those that the next reading looks at; `fault` is set when nothing could be read."""

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
        with database.read() as tx:
            past = _past(tx, spec, state, found.drafts, now)
        todo = triage(found.drafts, past, spec.timezone)
        readings = read_tasks(subject, todo, languages)
        with database.begin() as tx:
            done = remember(tx, readings, past, todo.alarm, now)
            note_drafts(tx, spec.name, readings)
            sources.record_reading(tx, spec.name, now)
    told = _collected(spec.name, done)
    return replace(
        told,
        unchanged=told.unchanged + todo.unchanged,
        postponed=todo.postponed,
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


def _past(
    tx: Tx, spec: SourceSpec, state: SourceState, drafts: Sequence[Draft], now: datetime
) -> Past:
    last = state.last_read_at
    dates = articles.latest_dates(tx, spec.name, _LATEST)
    return Past(
        first_run=None if state.first_read_at else _first_run(spec, state),
        drafts=articles.drafts_of(tx, spec.name),
        keys=articles.known_keys(tx, spec.name, all_keys(drafts)),
        usual=usual_number(dates, last, now) if last else 0.0,
    )


def _first_run(spec: SourceSpec, state: SourceState) -> FirstRun:
    """A source read before begins anew where the database was adopted: all of it counts as old."""
    return parse_first_run("baseline" if state.last_read_at else spec.first_run, spec.timezone)


def _collected(source: str, done: Remembered) -> Collected:
    count = done.verdicts
    return Collected(
        source=source,
        new=count[New],
        changed=count[Changed],
        unchanged=count[Unchanged],
        baseline=count[Baseline],
        elsewhere=count[Duplicate],
        held=count[Held],
        paired=done.paired,
        alarm=done.alarm,
    )
