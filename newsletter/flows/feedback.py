"""Feedback: what came back is counted once, and what follows of it is done in the same transaction.

Anybody can write to a mailbox for bounces, and almost anything into a mail. So a mail is believed
as far as it carries what only we can have written: the token of a delivery, or of a link to leave.
An event of a provider, whose call has proven where it comes from, may name the reader by address.
Neither counts for anybody to whom nothing went out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from newsletter.feedback.decide import (
    Blame,
    Nothing,
    Suppress,
    Verdict,
    decide,
    enough,
    is_final,
    is_too_much,
)
from newsletter.flows.consent import Said, in_turn, logged
from newsletter.lib.text import one_line, shortened
from newsletter.model.consent import How, Origin, What
from newsletter.model.edition import EditionEntry, EditionState
from newsletter.model.event import Event, EventKind
from newsletter.model.feedback import OURS, Arrived, Failure, Mailed, Report, ReportKind
from newsletter.store import consents, editions, events, failures, readers, reports, subscribers
from newsletter.store.database import Database, Tx
from newsletter.subscribers.address import NotAnAddress, normalise
from newsletter.subscribers.address import key as email_key
from newsletter.subscribers.tokens import KeyRing, Purpose

# An event that names only an address is about the last letter there: nothing takes longer than a
# server's queue (five days, RFC 5321 §4.5.4.1) and a reader's holiday.
_LATELY = timedelta(days=45)
_LONGEST_DETAIL = 300

_KINDS = {
    ReportKind.HARD: EventKind.BOUNCE,
    ReportKind.SOFT: EventKind.BOUNCE,
    ReportKind.COMPLAINT: EventKind.COMPLAINT,
    ReportKind.UNSUBSCRIBE: EventKind.UNSUBSCRIBE,
    ReportKind.AUTO_REPLY: EventKind.AUTO_REPLY,
}


Alarm = Callable[[str], object]
"""Called with what somebody should know at once."""


def nobody(words: str) -> None:
    """Who reads what is written down needs no call."""


class Taken(StrEnum):
    """What became of something that came in."""

    COUNTED = "counted"
    SEEN = "seen before"
    NOT_UNDERSTOOD = "not understood"


@dataclass(frozen=True, slots=True)
class _Leaving:
    """Who wants to leave which digest, by the token of the link to leave."""

    subscriber: int
    digest: str


def take(
    database: Database, ring: KeyRing, arrived: Arrived, now: datetime, alarm: Alarm = nobody
) -> Taken:
    """Count what came in, in one transaction; nothing is written of what is not understood."""
    with database.begin() as tx:
        if reports.was_seen(tx, arrived.keys):
            return Taken.SEEN
        found = [
            (report, whose)
            for report in arrived.reports
            if (whose := _whose(tx, ring, report, now, proven=arrived.proven))
        ]
        answers = [each for each in arrived.reports if each.kind is ReportKind.AUTO_REPLY]
        if not found and not answers:
            return Taken.NOT_UNDERSTOOD
        if not reports.first_time(tx, arrived.keys, now):
            return Taken.SEEN
        for report, whose in found:
            _count(tx, report, whose, now, alarm)
    return Taken.COUNTED


def _whose(
    tx: Tx, ring: KeyRing, report: Report, now: datetime, *, proven: bool
) -> Mailed | _Leaving | None:
    """The letter that a report is about, or who leaves what; None when nothing proves either."""
    if report.token and report.token.isascii():
        if numbers := ring.read_return_token(report.token):
            return failures.mailed(tx, *numbers)
        if report.kind is ReportKind.UNSUBSCRIBE:
            return _leaving(tx, ring, report.token)
    if proven and report.recipient:
        address = normalise(report.recipient)
        if not isinstance(address, NotAnAddress):
            return failures.last_mailed(tx, email_key(address), now - _LATELY)
    return None


def _leaving(tx: Tx, ring: KeyRing, token: str) -> _Leaving | None:
    payload = ring.read(Purpose.UNSUBSCRIBE, token)
    if payload is None:
        return None
    number, _, digest = payload.partition(":")
    person = readers.by_number(tx, int(number))
    return _Leaving(person.id, digest) if person else None


def _count(tx: Tx, report: Report, whose: Mailed | _Leaving, now: datetime, alarm: Alarm) -> None:
    if report.kind is ReportKind.UNSUBSCRIBE:
        _leave(tx, report, whose, now)
    else:
        _tell(tx, report, whose, now)
        if isinstance(whose, Mailed) and isinstance(judge(tx, whose, report, now), Blame):
            weigh(tx, whose.edition, report, now, alarm)


def _leave(tx: Tx, report: Report, whose: Mailed | _Leaving, now: datetime) -> None:
    """End the digest, and log it as whatever readers take back: what was asked for before cannot be
    confirmed any more."""
    person = in_turn(tx, whose.subscriber)
    standing = subscribers.status_of(tx, whose.subscriber, whose.digest)
    if person is None or standing is None:
        return
    ended = subscribers.unsubscribe(tx, whose.subscriber, whose.digest)
    if ended:
        _tell(tx, report, whose, now)
    if ended or consents.asked_after_withdrawal(tx, person.id, whose.digest):
        said = Said(Origin(how=How.MAIL, language=standing[1]), now)
        consents.record(tx, logged(person, What.UNSUBSCRIBE, said, digest=whose.digest))


def _tell(tx: Tx, report: Report, whose: Mailed | _Leaving, now: datetime) -> None:
    said = (report.kind, report.reason, report.status, report.detail)
    events.record(
        tx,
        Event(
            at=now,
            kind=_KINDS[report.kind],
            subscriber=whose.subscriber,
            edition=whose.edition if isinstance(whose, Mailed) else None,
            digest=whose.digest,
            detail=_words(" ".join(filter(None, said))),
        ),
    )


def judge(tx: Tx, letter: Mailed, report: Report, now: datetime) -> Verdict:
    """Write down what a report says of a reader's letter, and do with the reader what follows."""
    report = _plain(report)
    run: list[Failure] = []
    if report.kind in (ReportKind.HARD, ReportKind.SOFT):
        if letter.elsewhere and report.reason not in OURS:
            return Nothing()
        failures.record(tx, letter, report, now)
        run = [] if is_final(report) else failures.run_until(tx, letter)
    verdict = decide(report, run, now)
    if isinstance(verdict, Suppress):
        reason, status = verdict.reason, verdict.status
        subscribers.suppress_reader(tx, letter.subscriber, reason, status, now)
    return verdict


def _plain(report: Report) -> Report:
    """With words that can be kept: of a length, and without what a database refuses (NUL)."""
    return replace(report, status=_words(report.status), detail=_words(report.detail))


def _words(text: str) -> str:
    return shortened(one_line(text), _LONGEST_DETAIL)


# --- what lies with us --------------------------------------------------------------------------

_GOING_OUT = (EditionState.FROZEN, EditionState.SENDING)


def weigh(tx: Tx, edition: int, report: Report, now: datetime, alarm: Alarm = nobody) -> None:
    """Look, after a failure for a reason of ours, whether too much of the edition fails so: then
    it is paused, and an alarm written down. Once: whoever has looked at it may let it go on."""
    if events.was_alarmed(tx, edition):
        return
    failed = failures.of_ours(tx, edition)
    letters = failures.letters(tx, edition, enough=enough(failed))
    if not is_too_much(failed, letters):
        return
    entry = editions.entry(tx, edition)
    assert entry is not None
    words = f"{failed} of {letters} letters failed for reasons of ours"
    said = _words(f"{words}: {report.reason}: {report.detail}")
    tx.after_commit.append(partial(alarm, f"edition {edition} of {entry.digest}: {said}"))
    editions.change_state(tx, edition, _GOING_OUT, EditionState.PAUSED, reason=said)
    events.record(
        tx,
        Event(at=now, kind=EventKind.ALARM, edition=edition, digest=entry.digest, detail=said),
    )


def hold_alarmed(database: Database, *, rehearsal: bool) -> list[str]:
    """Keep the frozen editions of digests with an alarm for an editor; says so of each. An alarm
    stands until somebody approves or resumes an edition of its digest."""
    with database.read() as tx:
        frozen = [
            each
            for each in editions.unfinished(tx, rehearsal=rehearsal)
            if each.state is EditionState.FROZEN
        ]
    return [words for edition in frozen if (words := _held(database, edition))]


def _held(database: Database, edition: EditionEntry) -> str | None:
    """Hold an edition, if an alarm of another one stands; what it waits for."""
    with database.begin() as tx:
        alarm = events.standing_alarm(tx, edition.digest)
        if alarm is None or alarm.edition == edition.id:
            return None
        reason = f"an alarm stands since edition {alarm.edition}: {alarm.detail}"
        frozen = [EditionState.FROZEN]
        if not editions.change_state(tx, edition.id, frozen, EditionState.HELD, reason=reason):
            return None
        editions.stop_veto(tx, edition.id)
    return f"edition {edition.id} of {edition.digest} is held: {reason}"
