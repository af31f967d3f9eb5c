"""What a report says went wrong for one reader, before it is known why."""

import re
from dataclasses import dataclass, replace

from newsletter.feedback.reasons import (
    Answer,
    gives_way,
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


# A letter that is late for no other reason than these may arrive yet: nothing is known so far.
_MAY_ARRIVE = frozenset({Reason.EXPIRED, Reason.OTHER})


def judged(failure: Failure, token: str | None) -> Report | None:
    """The failure with its reason, as a report; None for a letter of which is only said that it
    is late. One that is late for a cause that is named has not arrived, for now.
    """
    failure = _unwrapped(failure)
    answer = _answer(failure)
    reason = failure.category or reason_for(answer)
    if failure.late and reason in _MAY_ARRIVE:
        return None
    return Report(
        recipient=failure.recipients[0] if failure.recipients else None,
        kind=ReportKind.SOFT if failure.late else kind_of(reason, answer),
        status=answer.status,
        reason=reason,
        token=token,
        detail=" ".join((failure.words or failure.story).split())[:_MAX_DETAIL],
    )


def _unwrapped(failure: Failure) -> Failure:
    inner = _WRAPPED.match(failure.words)
    return replace(failure, words=inner[1], status="") if inner else failure


def _answer(failure: Failure) -> Answer:
    domains = (each.rpartition("@")[2] for each in failure.recipients)
    return Answer(
        words=failure.words,
        status=_status(failure),
        reply=reply_in(failure.words or failure.story),
        hosts=" ".join((failure.host, *domains)),
        story=failure.story,
        given_up=failure.given_up,
    )


def _status(failure: Failure) -> str:
    """The code that tells most: the reporter's own, unless the server's tells more."""
    told = status_in(failure.words)
    if told and gives_way(failure.status, told):
        return told
    if is_vague(failure.status):
        return told or status_in(failure.story) or failure.status
    return failure.status
