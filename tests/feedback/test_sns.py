"""Notifications of Amazon SES that SNS sends as mail."""

import json

from newsletter.feedback.classify import classify
from newsletter.model.feedback import Reason, ReportKind
from tests.feedback.mails import READER, mail


def _notification(**told: object) -> bytes:
    text = json.dumps({"notificationType": "…", "mail": {"padding": "x" * 3_000}, **told})
    return mail(f"{text}\n\n--\nTo stop this, visit …", From="SES <no-reply@sns.amazonaws.com>")


def test_a_bounce_names_the_reader_and_the_reason() -> None:
    people = [
        {
            "emailAddress": READER,
            "status": "5.1.1",
            "action": "failed",
            "diagnosticCode": "smtp; 550 5.1.1 user unknown",
        }
    ]
    (report,) = classify(_notification(bounce={"bouncedRecipients": people}))
    assert (report.recipient, report.kind) == (READER, ReportKind.HARD)
    assert (report.status, report.reason) == ("5.1.1", Reason.NO_MAILBOX)


def test_a_complaint_names_the_reader() -> None:
    people = [{"emailAddress": READER}]
    (report,) = classify(_notification(complaint={"complainedRecipients": people}))
    assert (report.recipient, report.kind) == (READER, ReportKind.COMPLAINT)


def test_a_complaint_that_was_taken_back_does_nothing() -> None:
    people = [{"emailAddress": READER}]
    told = {"complainedRecipients": people, "complaintFeedbackType": "not-spam"}
    assert classify(_notification(complaint=told)) == ()


def test_a_delivery_says_nothing() -> None:
    assert classify(_notification(delivery={"recipients": [READER]})) == ()


def test_a_notification_of_another_form_says_nothing() -> None:
    forms: tuple[object, ...] = ([], "bounce", None, {"bouncedRecipients": [4, {}, {"status": 5}]})
    for told in forms:
        assert classify(_notification(bounce=told, complaint=told)) == ()
    assert classify(mail("{" * 100_000, From="no-reply@sns.amazonaws.com")) == ()
