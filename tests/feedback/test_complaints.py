"""Complaints, and reports of the same form that are none."""

import pytest

from newsletter.feedback.classify import classify
from newsletter.model.feedback import ReportKind
from tests.feedback.mails import LETTER, OURS, READER, TOKEN, feedback, mail, multipart


@pytest.mark.parametrize("kind", ["abuse", "fraud", "virus", "Abuse"])
def test_a_complaint_names_the_reader_and_the_token(kind: str) -> None:
    (report,) = classify(feedback(kind, Original_Rcpt_To=READER))
    assert (report.kind, report.recipient) == (ReportKind.COMPLAINT, READER)
    assert (report.token, report.status, report.reason) == (TOKEN, "", None)


@pytest.mark.parametrize("kind", ["auth-failure", "not-spam", "other", "dmarc", ""])
def test_a_feedback_report_of_another_type_does_nothing(kind: str) -> None:
    assert classify(feedback(kind, Original_Rcpt_To=READER)) == ()


def test_the_letter_tells_who_complains_where_the_report_does_not() -> None:
    (report,) = classify(feedback())
    assert report.recipient == READER


def test_a_complaint_without_a_name_is_one_by_its_token() -> None:
    letter = LETTER.replace(READER, "redacted")
    (report,) = classify(feedback(letter=letter, Original_Rcpt_To="redacted"))
    assert (report.recipient, report.token) == (None, TOKEN)


def test_every_reader_of_a_complaint_has_one_result() -> None:
    both = feedback(Original_Rcpt_To=f"<{READER}>\nOriginal-Rcpt-To: bob@reader.example")
    assert [each.recipient for each in classify(both)] == [READER, "bob@reader.example"]


@pytest.mark.parametrize("sender", ["staff@hotmail.com", "complaints@email-abuse.amazonses.com"])
def test_the_letter_that_microsoft_sends_back_is_a_complaint(sender: str) -> None:
    (report,) = classify(
        multipart(
            f"Content-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: {READER}\n{LETTER}",
            kind="mixed",
            From=sender,
            Subject="complaint about message from 192.0.2.1",
        )
    )
    assert (report.kind, report.recipient, report.token) == (ReportKind.COMPLAINT, READER, TOKEN)


def test_a_read_receipt_does_nothing() -> None:
    receipt = multipart(
        "Content-Type: text/plain\n\nYour message was deleted without being read. 550 5.1.1\n",
        "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; "
        f"{READER}\nDisposition: automatic-action/MDN-sent-automatically; deleted\n",
        kind="report; report-type=disposition-notification",
        From=READER,
    )
    assert classify(receipt) == ()


def test_a_summary_for_dmarc_does_nothing() -> None:
    summary = multipart(
        "Content-Type: text/plain\n\nThis is an aggregate report. 12 messages failed.\n",
        "Content-Type: application/gzip\nContent-Transfer-Encoding: base64\n\nH4sIAAAA\n",
        kind="mixed",
        From="postmaster@provider.example",
        Subject="Report domain: meridian.example Submitter: provider.example Report-ID: 4",
    )
    assert classify(summary) == ()


def test_a_summary_of_tls_does_nothing() -> None:
    summary = multipart(
        "Content-Type: text/plain\n\nThis is an aggregate TLS report, with failures.\n",
        "Content-Type: application/tlsrpt+gzip\n\nH4sIAAAA\n",
        kind="report; report-type=tlsrpt",
        From="noreply-smtp-tls-reporting@provider.example",
        To=OURS,
    )
    assert classify(summary) == ()


def test_a_complaint_in_somebodys_own_words_does_nothing_by_itself() -> None:
    assert classify(mail("This is an email abuse report!", From=READER, Subject="Abuse")) == ()
