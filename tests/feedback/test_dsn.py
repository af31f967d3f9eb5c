"""Delivery status notifications: RFC 3464, as it is written and as it is sent."""

import pytest

from newsletter.feedback.classify import classify
from newsletter.model.feedback import Reason, ReportKind
from tests.feedback.mails import LETTER, READER, TOKEN, dsn, failed, mail, multipart

HARD, SOFT = ReportKind.HARD, ReportKind.SOFT


def test_a_report_gives_reader_kind_status_reason_and_token() -> None:
    (report,) = classify(dsn(failed("550 5.1.1 <jane@reader.example>: user unknown")))
    assert (report.recipient, report.kind, report.status) == (READER, HARD, "5.1.1")
    assert (report.reason, report.token) == (Reason.NO_MAILBOX, TOKEN)
    assert "user unknown" in report.detail


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("5.0.0 (permanent failure: mailbox full)", Reason.FULL),
        ("552 the message is too large", Reason.SIZE),
    ],
)
def test_words_beside_the_status_are_read_where_there_are_no_others(
    status: str, reason: Reason
) -> None:
    (report,) = classify(dsn(failed("", status)))
    assert report.reason is reason


def test_a_status_part_of_a_misspelt_type_is_read() -> None:
    wrong = dsn(failed()).replace(b"message/delivery-status", b"message/xdelivery-status")
    (report,) = classify(wrong)
    assert (report.recipient, report.status) == (READER, "5.1.1")


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", "Delivered (to a list)"])
def test_what_arrived_says_nothing(action: str) -> None:
    assert classify(dsn(failed("250 2.1.5 fine", "2.1.5", Action=action))) == ()


@pytest.mark.parametrize("words", ["", "451 4.7.1 greylisted", "451 4.4.7 queued for 4 hours"])
def test_a_letter_that_is_only_late_says_nothing(words: str) -> None:
    assert classify(dsn(failed(words, "4.0.0", Action="delayed"))) == ()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("452 4.2.2 mailbox full", Reason.FULL),
        ("550 5.1.1 user unknown", Reason.NO_MAILBOX),
        ("connection refused", Reason.NETWORK),
    ],
)
def test_a_letter_that_is_late_for_a_cause_is_soft(words: str, reason: Reason) -> None:
    (report,) = classify(dsn(failed(words, "4.0.0", Action="delayed")))
    assert (report.kind, report.reason) == (SOFT, reason)


def test_every_reader_of_a_report_has_one_result() -> None:
    ann = failed(Final_Recipient="rfc822; ann@reader.example")
    bob = failed("552 5.2.2 over quota", "5.2.2", Final_Recipient="rfc822; bob@reader.example")
    cay = failed("250 fine", "2.0.0", Action="relayed", Final_Recipient="rfc822; c@reader.example")
    found = [(each.recipient, each.kind) for each in classify(dsn(ann, bob, cay))]
    assert found == [("ann@reader.example", HARD), ("bob@reader.example", SOFT)]


@pytest.mark.parametrize(
    "field",
    [
        "rfc822;jane@reader.example",
        "RFC822; <jane@reader.example>",
        "rfc822; jane@reader.example (Jane)",
        '"rfc822; jane@reader.example"',
        "jane@reader.example",
        "utf-8;jane@reader.example",
        "unknown; jane@reader.example.",
    ],
)
def test_an_address_is_found_however_it_is_written(field: str) -> None:
    (report,) = classify(dsn(failed(Final_Recipient=field)))
    assert report.recipient == READER


def test_an_address_of_more_letters_than_ascii_has_is_read() -> None:
    (report,) = classify(dsn(failed(Final_Recipient=r"utf-8; j\x{F6}rg@b\x{FC}ro.example")))
    assert report.recipient == "jörg@büro.example"


def test_the_reader_we_wrote_to_is_named_not_where_he_is_forwarded_to() -> None:
    block = failed(
        Original_Recipient=f"rfc822;{READER}", Final_Recipient="rfc822; j.doe@elsewhere.example"
    )
    (report,) = classify(dsn(block))
    assert report.recipient == READER


def test_a_withheld_reader_is_known_by_the_letter() -> None:
    (report,) = classify(dsn(failed(Final_Recipient="rfc822; redacted")))
    assert (report.recipient, report.token) == (READER, TOKEN)


def test_a_withheld_reader_is_known_by_the_token_alone() -> None:
    letter = LETTER.replace(READER, "undisclosed")
    (report,) = classify(dsn(failed(Final_Recipient="rfc822; redacted"), letter=letter))
    assert (report.recipient, report.kind, report.token) == (None, HARD, TOKEN)


def test_a_report_without_words_of_their_server_takes_those_for_people() -> None:
    told = f"<{READER}>: host mx.reader.example said: mailbox is full"
    (report,) = classify(dsn(failed("", "5.0.0"), told=told))
    assert (report.kind, report.reason) == (SOFT, Reason.FULL)


def test_the_code_of_their_server_is_told_where_the_reporter_has_none() -> None:
    (report,) = classify(dsn(failed("552 5.2.2 over quota", "5.0.0")))
    assert report.status == "5.2.2"


def test_an_answer_to_mail_from_is_about_us() -> None:
    told = f"<{READER}>: host mx said: 550 5.1.1 user unknown (in reply to MAIL FROM command)"
    (report,) = classify(dsn(failed(), told=told))
    assert (report.kind, report.reason) == (SOFT, Reason.POLICY)


def test_words_of_a_program_behind_the_mailbox_are_not_the_servers() -> None:
    block = failed("", "5.1.1") | {"Diagnostic-Code": "x-unix; cannot open box: no such user"}
    (report,) = classify(dsn(block))
    assert (report.kind, report.reason) == (SOFT, Reason.SYSTEM)


def test_what_powermta_makes_of_an_answer_is_believed() -> None:
    (report,) = classify(dsn(failed("554 no", "5.0.0", X_PowerMTA_BounceCategory="bad-mailbox")))
    assert (report.kind, report.reason) == (HARD, Reason.NO_MAILBOX)


def test_the_answer_inside_of_ironports_own_words_counts() -> None:
    told = "5.1.0 - Unknown address error 550-'5.7.1 your address is blocked'"
    (report,) = classify(dsn(failed(told, "5.0.0")))
    assert (report.kind, report.reason, report.status) == (SOFT, Reason.BLOCKED, "5.7.1")


def test_fields_without_an_empty_line_between_two_readers_are_told_apart() -> None:
    part = (
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        "Final-Recipient: rfc822; ann@reader.example\nAction: failed\nStatus: 5.1.1\n"
        "Final-Recipient: rfc822; bob@reader.example\nAction: failed\nStatus: 5.2.2\n"
    )
    found = [(each.recipient, each.kind) for each in classify(multipart(part))]
    assert found == [("ann@reader.example", HARD), ("bob@reader.example", SOFT)]


def test_fields_in_a_plain_notice_are_read() -> None:
    told = (
        "Technical report:\n\nReporting-MTA: dns; mx.example\n\n  Final-Recipient: rfc822; "
        f"{READER}\n  Action: failed\n  Status: 5.1.1\n"
    )
    (report,) = classify(mail(told, Subject="Delivery Status Notification (Failure)"))
    assert (report.recipient, report.kind) == (READER, HARD)


def test_a_report_whose_boundary_is_lost_is_read() -> None:
    broken = dsn(failed()).replace(b'; boundary="=_b"', b"")
    (report,) = classify(broken)
    assert (report.recipient, report.kind) == (READER, HARD)


def test_a_report_in_base64_is_read() -> None:
    part = (
        "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"
        "RmluYWwtUmVjaXBpZW50OiByZmM4MjI7IGphbmVAcmVhZGVyLmV4YW1wbGUKQWN0aW9uOiBm\n"
        "YWlsZWQKU3RhdHVzOiA1LjEuMQo=\n"
    )
    (report,) = classify(multipart(part))
    assert (report.recipient, report.kind) == (READER, HARD)
