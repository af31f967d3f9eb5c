"""Outcome → report: what a refusal at sending says of the reader, as if it had come back later."""

from newsletter.model.delivery import Deferred, Refusal, Refused
from newsletter.model.feedback import Reason, Report, ReportKind

# Who sends through a relay is told by mail what others hear at once: both count the same.
_REFUSED = {
    Refusal.GONE: (ReportKind.HARD, Reason.NO_MAILBOX),
    Refusal.BAD_DOMAIN: (ReportKind.HARD, Reason.BAD_DOMAIN),
    Refusal.LETTER: (ReportKind.SOFT, Reason.SIZE),
    Refusal.POLICY: (ReportKind.SOFT, Reason.POLICY),
    Refusal.OTHER: (ReportKind.SOFT, Reason.OTHER),
}


def refusal(outcome: Refused) -> Report:
    """The report of a reader who was refused for good."""
    kind, reason = _REFUSED[outcome.why]
    return Report(recipient=None, kind=kind, reason=reason, detail=outcome.reply)


def given_up(outcome: Deferred, reason: Reason) -> Report:
    """The report of a reader whose server asked for patience until it was too late; `reason` is the
    one in its words."""
    said = Reason.RATE if outcome.slow else reason
    kind = ReportKind.SOFT  # whatever they say of today, it may be different tomorrow
    return Report(recipient=None, kind=kind, reason=said, detail=outcome.reply)
