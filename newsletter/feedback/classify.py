"""Mail → what it says of readers."""

import re
from collections.abc import Iterable, Iterator

from newsletter.feedback import arf, dsn, sns, transcript
from newsletter.feedback.auto_reply import auto_reply_of, is_auto_reply, is_of_a_machine
from newsletter.feedback.failure import Failure, judged
from newsletter.feedback.mail import Mail, read_mail
from newsletter.feedback.notice import Notice, read_notice
from newsletter.feedback.tokens import token_in
from newsletter.feedback.trust import is_believed, is_of_a_server
from newsletter.feedback.unsubscribe import unsubscribe_of
from newsletter.model.feedback import Report

_MAX_DEPTH = 1  # of reports in reports
_PACKED = (
    "application/gzip",
    "application/zip",
    "application/x-gzip",
    "application/x-zip-compressed",
)
_DMARC = re.compile(r"\s*(report domain:|\[?dmarc|(dmarc )?aggregate report)", re.IGNORECASE)
# Reports that are about no letter's arrival: receipts (RFC 8098), DMARC (RFC 7489 §7.2.1.1) and
# TLS (RFC 8460 §5.3) summaries.
_OTHER_REPORTS = (
    "message/disposition-notification",
    "application/tlsrpt+gzip",
    "application/tlsrpt+json",
)


def classify(content: bytes) -> tuple[Report, ...]:
    """One report for each reader of whom a mail that came back says something.

    () for a mail that says nothing: a letter, an answer, a receipt, a report on other things. Never
    raises, and takes less than five seconds and 300 MB for any bytes.
    """
    mail = read_mail(content)
    token = token_in(mail)
    if _is_of_other_things(mail):
        return ()
    if sns.is_notification(mail):
        return (*_judged(sns.failures_of(mail), token), *sns.complaints_of(mail, token))
    if arf.is_complaint(mail):
        return arf.complaints_of(mail, token)
    if is_believed(mail) and not _answers_for_a_reader(mail):
        return tuple(_judged(_failures(mail), token))
    wish = unsubscribe_of(mail, token)
    if wish is not None:
        return (wish,)
    answered = is_auto_reply(mail) or is_of_a_machine(mail)
    return (auto_reply_of(mail, token),) if answered else ()


def _judged(failures: Iterable[Failure], token: str | None) -> Iterator[Report]:
    """What failures say, of readers that can be known: by an address or by our token."""
    reports = (judged(each, token) for each in failures if each.recipients or token)
    return (report for report in reports if report is not None)


def _is_of_other_things(mail: Mail) -> bool:
    return bool(mail.of_type(*_OTHER_REPORTS)) or bool(
        _DMARC.match(mail.headers.get("subject")) and mail.of_type(*_PACKED)
    )


def _answers_for_a_reader(mail: Mail) -> bool:
    """Whether it is a machine that answers, though its subject reads like a server's."""
    return is_auto_reply(mail) and not dsn.has_status(mail) and not is_of_a_server(mail)


def _failures(mail: Mail, depth: int = 0) -> tuple[Failure, ...]:
    """What a report says went wrong: by its part for machines, else by its words."""
    notice = read_notice(mail)
    if dsn.tells(mail, notice.text):
        return transcript.with_story(dsn.failures_of(mail, notice.text), mail, notice)
    return _forwarded(notice, depth) or transcript.failures_of(mail, notice)


def _forwarded(notice: Notice, depth: int) -> tuple[Failure, ...]:
    """What a report says that a gateway forwards in one of its own."""
    inner = read_mail(notice.quoted.lstrip("\n").encode("utf-8", "replace"))
    return _failures(inner, depth + 1) if depth < _MAX_DEPTH and is_believed(inner) else ()
