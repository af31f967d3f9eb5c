"""Report and standing → verdict: what follows of what came back.

| what                                | what follows                                           |
|-------------------------------------|--------------------------------------------------------|
| a reason of ours, whatever the kind | no fault of the reader's: counted for the edition      |
| hard                                | suppressed at once                                     |
| hard: bad domain                    | suppressed at the second edition                       |
| soft                                | suppressed at the third edition in a row, over 14 days |
| complaint                           | suppressed for good                                    |
| unsubscribe                         | that digest ends                                       |
| auto-reply                          | nothing                                                |

Reasons decide, not the first digit of a code: of 258 real bounces "5 is final" throws out 63 good
readers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.model.feedback import OURS, Failure, Reason, Report, ReportKind
from newsletter.model.subscriber import SubscriptionStatus

# A mailbox that is full for a holiday, a server that is down for a week, come back.
PATIENCE = timedelta(days=14)
EDITIONS = 3
BAD_DOMAIN_EDITIONS = 2  # a domain that is not known today may have forgotten to pay

TOO_MANY = 0.05  # of an edition's letters, failed for a reason of ours
AT_LEAST = 3  # of them: one letter in a list of ten readers says nothing


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to be done."""


@dataclass(frozen=True, slots=True)
class Remember:
    """The letter did not arrive; the next one is tried all the same."""


@dataclass(frozen=True, slots=True)
class Blame:
    """The letter did not arrive, and that lies with us."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Suppress:
    """The address is not mailed any more, and its subscriptions end."""

    reason: str
    status: SubscriptionStatus


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """The reader does not want the digest any more."""


Verdict = Nothing | Remember | Blame | Suppress | Unsubscribe


def decide(report: Report, run: Sequence[Failure], now: datetime) -> Verdict:
    """What follows of a report. `run` are the reader's failures since the last edition that
    arrived, oldest first, with the one that is reported."""
    match report.kind:
        case ReportKind.COMPLAINT:
            return Suppress("complaint", SubscriptionStatus.COMPLAINED)
        case ReportKind.UNSUBSCRIBE:
            return Unsubscribe()
        case ReportKind.AUTO_REPLY:
            return Nothing()
    if report.reason in OURS:
        return Blame(report.reason)
    if words := _is_enough(report, run, now):
        said = f": {report.detail}" if report.detail else ""
        return Suppress(f"{words}{said}", SubscriptionStatus.BOUNCED)
    return Remember()


def is_final(report: Report) -> bool:
    """Whether one failure says everything: nobody has to know what was before."""
    hard = report.kind is ReportKind.HARD and report.reason is not Reason.BAD_DOMAIN
    return hard or report.reason in OURS


def _is_enough(report: Report, run: Sequence[Failure], now: datetime) -> str | None:
    """Why the reader is given up; None while there is hope."""
    if is_final(report):
        return f"hard bounce ({report.reason or Reason.OTHER})"
    if sum(_says_bad_domain(each) for each in run) >= BAD_DOMAIN_EDITIONS:
        return "bad domain"
    if len(run) >= EDITIONS and now - run[0].at >= PATIENCE:
        return f"soft bounces ({len(run)} editions since {run[0].at:%Y-%m-%d})"
    return None


def _says_bad_domain(failure: Failure) -> bool:
    return failure.kind is ReportKind.HARD and failure.reason is Reason.BAD_DOMAIN


def enough(failed: int) -> int:
    """So many letters that this many failed ones of them are not too much."""
    return math.ceil(failed / TOO_MANY)


def is_too_much(failed: int, letters: int) -> bool:
    """Whether so many letters failed for reasons of ours that somebody has to look."""
    return failed >= AT_LEAST and failed > TOO_MANY * letters
