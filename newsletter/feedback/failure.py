"""What a report says went wrong for one reader, before it is known why."""

from dataclasses import dataclass

from newsletter.feedback.reasons import (
    Answer,
    is_vague,
    kind_of,
    reason_for,
    reply_in,
    status_in,
)
from newsletter.model.feedback import Reason, Report, ReportKind

_MAX_DETAIL = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """`recipients` are the names of one reader, the one that we wrote to first; none where the
    report withholds it. `words` are the server's, `story` what the report tells besides."""

    recipients: tuple[str, ...] = ()
    words: str = ""
    status: str = ""
    host: str = ""
    story: str = ""
    late: bool = False


# A letter that is late for these reasons may arrive yet, and a report will follow if it does not.
_MAY_ARRIVE = frozenset({Reason.EXPIRED, Reason.NETWORK, Reason.SYSTEM, Reason.OTHER})


def judged(failure: Failure, token: str | None) -> Report | None:
    """The failure with its reason, as a report; None for a letter that is only late.

    One that is late because their server told why it does not want it has not arrived, for now.
    """
    words = failure.words or failure.story
    status = _status(failure)
    answer = Answer(
        words=words,
        status=status,
        reply=reply_in(words),
        hosts=" ".join((failure.host, *(each.rpartition("@")[2] for each in failure.recipients))),
        story=failure.story,
    )
    reason = reason_for(answer)
    if failure.late and reason in _MAY_ARRIVE:
        return None
    return Report(
        recipient=failure.recipients[0] if failure.recipients else None,
        kind=ReportKind.SOFT if failure.late else kind_of(reason, answer),
        status=status,
        reason=reason,
        token=token,
        detail=" ".join(words.split())[:_MAX_DETAIL],
    )


def _status(failure: Failure) -> str:
    """The code that tells most: the reporter's own, unless it is vague and the server's is not."""
    told = status_in(failure.words) or status_in(failure.story)
    if is_vague(failure.status) and told:
        return told
    return failure.status or told
