"""Collect: from a source's drafts to articles in the store, and articles to stories.

What was dealt with before and has not changed is not read again. Pages are fetched outside any
transaction; what one reading found is written in a single one.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

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
from newsletter.articles.learned import learned_lines
from newsletter.articles.read import Reading
from newsletter.articles.triage import Past, Triage, all_keys, triage
from newsletter.flows.illustrating import illustrated
from newsletter.flows.reading import Read, Subject, read_tasks
from newsletter.flows.remembering import Remembered, note_drafts, remember
from newsletter.lib.errors import NewsletterError
from newsletter.lib.text import printable
from newsletter.model.article import Draft
from newsletter.model.poll import Failed, Looked, Outcome, Poll
from newsletter.model.specs import SourceSpec
from newsletter.sources.polling import after, known_to, rest, retry_at
from newsletter.sources.port import Found, ItemFault, NotModified
from newsletter.store import articles, polls, sources
from newsletter.store.database import Database, Tx
from newsletter.store.sources import SourceState

_LATEST = 50  # articles whose dates tell how much a source publishes

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What one reading of a source came to. `elsewhere` are articles that another source, or
    another address, had brought before; `held` those that an editor has to let go, `alarm` why;
    `postponed` those that the next reading looks at; `fault` is set when nothing could be read.

    `not_modified`: it was asked, and is as it was. `waits_until`: it was not asked, as its server
    wishes. `paused`: it is not asked any more, and why. `notes` are for the operator.
    """

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
    not_modified: bool = False
    waits_until: datetime | None = None
    paused: str | None = None
    notes: tuple[str, ...] = ()


def collect(
    database: Database, subject: Subject, languages: tuple[str, ...], now: datetime
) -> Collected:
    """Read one source once. A source that fails is written down with its reason and raises
    nothing: the others go on."""
    spec = subject.spec
    with database.exclusive(f"collecting-{spec.name}"):
        with database.read() as tx:
            state = sources.state_of(tx, spec.name)
            poll = known_to(polls.poll_of(tx, spec.name), configured(spec))
        found = _found(subject, poll.whole_at if state.first_read_at else None)
        if not isinstance(found, Found):
            return _not_read(database, subject, poll, found, now)
        with database.read() as tx:
            past = _past(tx, spec, state, found.drafts, now)
        todo = triage(found.drafts, past, spec.timezone)
        manner = Reading(
            languages=languages,
            language=spec.language,
            timezone=spec.timezone,
            now=now,
            learned=state.learned,
        )
        readings = illustrated(database, subject, read_tasks(subject, todo, manner), now)
        told = _stored(database, subject, poll, _Readings(found, past, todo, readings), now)
    return replace(
        told,
        unchanged=told.unchanged + todo.unchanged,
        postponed=todo.postponed,
        faults=(*found.faults, *(fault for each in readings for fault in each.faults)),
    )


@dataclass(frozen=True, slots=True)
class _Readings:
    """A source's document, what was known before, what was to be read of it, and was read."""

    found: Found
    past: Past
    todo: Triage
    done: Sequence[Read]


def _not_read(
    database: Database, subject: Subject, poll: Poll, outcome: NotModified | str, now: datetime
) -> Collected:
    """Write down that there was nothing to read, or why nothing could be read."""
    name = subject.spec.name
    with database.begin() as tx:
        if isinstance(outcome, str):
            sources.record_fault(tx, name, outcome, now)
            notes = _note_look(tx, subject, poll, _failed(subject, now), now)
            return Collected(source=name, fault=outcome, notes=notes)
        sources.record_reading(tx, name, now)
        notes = _note_look(tx, subject, poll, _looked(subject, poll.ttl), now)
        return Collected(source=name, not_modified=True, notes=notes)


def _stored(
    database: Database, subject: Subject, poll: Poll, readings: _Readings, now: datetime
) -> Collected:
    """Write down what was read, and what that means for the next look, in one transaction."""
    name, done = subject.spec.name, readings.done
    with database.begin() as tx:
        tx.take_turns("articles")  # one article of two sources that are read at once is one
        remembered = remember(tx, done, readings.past, readings.todo, now)
        note_drafts(tx, name, done)
        sources.record_reading(tx, name, now)
        result = _collected(name, remembered)
        look = _looked(
            subject,
            readings.found.ttl,
            fresh=bool(result.new or result.changed),
            whole=all(each.final for each in done) and not readings.todo.postponed,
        )
        notes = _note_look(tx, subject, poll, look, now)
        if result.new or result.changed or result.baseline:
            notes += _learn(tx, name)
        return replace(result, notes=notes)


def _learn(tx: Tx, name: str) -> tuple[str, ...]:
    """Know the lines that the source hangs on its articles, and tell of those that are new."""
    known = sources.state_of(tx, name).learned
    learned = learned_lines(articles.latest_texts(tx, name, _LATEST), known)
    if learned == known:
        return ()
    sources.learn(tx, name, learned)
    lines = (learned.top | learned.bottom) - (known.top | known.bottom)
    return tuple(
        f"a line that stands on many of its articles is left out from now on: “{line}”"
        for line in sorted(lines)
    )


def configured(spec: SourceSpec) -> str:
    """What stands for a source's configuration: with another one, nothing that is known of its
    documents says that there is nothing to do."""
    return sha256(repr(spec).encode("utf-8", "surrogatepass")).hexdigest()


def _found(subject: Subject, since: datetime | None) -> Found | NotModified | str:
    """What the source offers now, its ids told apart; the reason when it cannot be read."""
    try:
        with subject.visits.reading() if subject.visits else nullcontext():
            found = subject.source.read(since)
    except NotModified as nothing:
        return nothing
    except NewsletterError as fault:
        return printable(str(fault))
    except Exception as error:  # whatever a parser trips over, the other sources go on
        log.exception("source", source=subject.spec.name)
        return printable(f"could not be read: {type(error).__name__}: {error}")
    return replace(found, drafts=unambiguous(found.drafts))


def _looked(
    subject: Subject, ttl: int | None, *, fresh: bool = False, whole: bool = True
) -> Looked:
    """A look that was answered; what the first document says of itself counts for the source."""
    visits = subject.visits
    first = visits.first if visits else None
    return Looked(
        fresh=fresh,
        whole=whole,
        conditional=visits is not None and visits.conditional,
        documents=visits.documents if visits else (),
        rest=rest(first.headers if first else {}, ttl),
        ttl=ttl,
        moved=visits.moved if visits else None,
    )


def _failed(subject: Subject, now: datetime) -> Failed:
    answer = subject.visits.last if subject.visits else None
    return Failed(
        status=answer.status if answer else None,
        retry_at=retry_at(answer.headers, now) if answer else None,
    )


def _note_look(
    tx: Tx, subject: Subject, poll: Poll, outcome: Outcome, now: datetime
) -> tuple[str, ...]:
    """Write down what a look means for the next ones, with what it found or not at all: what was
    not stored has to be found again."""
    then = after(poll, outcome, now, subject.jitter)
    polls.save(tx, subject.spec.name, then.poll, looked_at=now)
    return then.notes


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
