"""Words of a server that came without a mail: in an answer at sending, in a provider's event."""

from newsletter.feedback.reasons import Answer, kind_of, reason_for, reply_in, status_in
from newsletter.model.feedback import Reason, Report


def reason_in(words: str) -> Reason:
    """The reason behind a server's words, which bring their codes with them."""
    return reason_for(Answer(words, status=status_in(words), reply=reply_in(words)))


def failure(
    recipient: str | None, words: str, otherwise: Reason, *, status: str = "", token: str | None
) -> Report:
    """The report of a letter that did not arrive: for the reason in the server's words, which tell
    more than a provider's drawer; `otherwise` where they tell none."""
    answer = Answer(words, status=status or status_in(words), reply=reply_in(words))
    found = reason_for(answer)
    reason = otherwise if found is Reason.OTHER else found
    return Report(
        recipient=recipient,
        kind=kind_of(reason, answer),
        status=status,
        reason=reason,
        token=token,
        detail=words,
    )
