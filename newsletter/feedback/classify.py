"""Mail → what it says of readers."""

from newsletter.feedback import arf, dsn, transcript
from newsletter.feedback.auto_reply import auto_reply_of, is_auto_reply
from newsletter.feedback.failure import Failure, judged
from newsletter.feedback.mail import Mail, read_mail
from newsletter.feedback.notice import read_notice
from newsletter.feedback.tokens import token_in
from newsletter.feedback.trust import is_believed
from newsletter.feedback.unsubscribe import unsubscribe_of
from newsletter.model.feedback import Report

# Reports that are about no letter's arrival: receipts (RFC 8098), DMARC (RFC 7489 §7.2.1.1) and
# TLS (RFC 8460 §5.3) summaries.
_OTHER_REPORTS = ("message/disposition-notification", "application/tlsrpt+gzip", "application/tlsrpt+json")


def classify(content: bytes) -> tuple[Report, ...]:
    """One report for each reader of whom a mail that came back says something.

    () for a mail that says nothing: a letter, an answer, a receipt, a report on other things. Never
    raises, and takes less than five seconds and 300 MB for any bytes.
    """
    mail = read_mail(content)
    token = token_in(mail)
    if mail.of_type(*_OTHER_REPORTS):
        return ()
    if arf.is_complaint(mail):
        return arf.complaints_of(mail, token)
    if is_believed(mail):
        found = (judged(failure, token) for failure in _failures(mail))
        return tuple(report for report in found if report is not None)
    wish = unsubscribe_of(mail, token)
    if wish is not None:
        return (wish,)
    return (auto_reply_of(mail, token),) if is_auto_reply(mail) else ()


def _failures(mail: Mail) -> tuple[Failure, ...]:
    """What a report says went wrong: by its part for machines, else by its words."""
    notice = read_notice(mail)
    if dsn.tells(mail, notice.text):
        return transcript.with_story(dsn.failures_of(mail, notice.text), mail, notice)
    if transcript.is_still_tried(notice, mail.headers.get("subject")):
        return ()
    return transcript.failures_of(mail, notice)
