"""What a report says went wrong for one reader, before it is known why."""

import re
from dataclasses import dataclass, replace

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
# IronPort (Cisco, Amazon SES in its first years) puts a code of its own around their answer.
_WRAPPED = re.compile(
    r"\s*5\.\d\.\d - (?:unknown address error|other (?:mail system"
    r"|network) problem) (\d{3}-?\s?'.*)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """`recipients` are the names of one reader, the surest first; none where the report withholds
    it. `words` are the server's, `story` what the report tells besides; `category` what the
    reporter itself makes of them. `late` is a letter that is still tried, `given_up` one that is
    expressly not.
    """

    recipients: tuple[str, ...] = ()
    words: str = ""
    status: str = ""
    host: str = ""
    story: str = ""
    late: bool = False
    category: Reason | None = None
    given_up: bool = False


# A letter that is late for these reasons may arrive yet, and a report will follow if it does not.
_MAY_ARRIVE = frozenset({Reason.EXPIRED, Reason.NETWORK, Reason.SYSTEM, Reason.OTHER})


def judged(failure: Failure, token: str | None) -> Report | None:
    """The failure with its reason, as a report; None for a letter that is only late.

    One that is late because their server told why it does not want it has not arrived, for now.
    """
    wrapped = _WRAPPED.match(failure.words)
    if wrapped:
        failure = replace(failure, words=wrapped[1], status="")
    status = _status(failure)
    answer = Answer(
        words=failure.words,
        status=status,
        reply=reply_in(failure.words or failure.story),
        hosts=" ".join((failure.host, *(each.rpartition("@")[2] for each in failure.recipients))),
        story=failure.story,
        given_up=failure.given_up,
    )
    reason = failure.category or reason_for(answer)
    if failure.late and reason in _MAY_ARRIVE:
        return None
    return Report(
        recipient=failure.recipients[0] if failure.recipients else None,
        kind=ReportKind.SOFT if failure.late else kind_of(reason, answer),
        status=status,
        reason=reason,
        token=token,
        detail=" ".join((failure.words or failure.story).split())[:_MAX_DETAIL],
    )


def _status(failure: Failure) -> str:
    """The code that tells most: the reporter's own, unless it is vague and the server's is not."""
    told = status_in(failure.words) or status_in(failure.story)
    if is_vague(failure.status) and told:
        return told
    return failure.status or told
