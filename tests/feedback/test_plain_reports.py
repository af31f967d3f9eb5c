"""Reports without RFC 3464: each in the manner of one server, told in words of our own."""

from dataclasses import dataclass

import pytest

from newsletter.feedback.classify import classify
from newsletter.model.feedback import Reason, ReportKind
from tests.feedback.mails import LETTER, OURS, READER, notice

HARD, SOFT = ReportKind.HARD, ReportKind.SOFT


@dataclass(frozen=True, slots=True)
class Manner:
    """How one server tells it, and what is meant."""

    server: str
    told: str
    kind: ReportKind
    reason: Reason
    sender: str = "MAILER-DAEMON@mx.example"
    subject: str = "Undelivered Mail Returned to Sender"


MANNERS = (
    Manner(
        "qmail, nobody",
        f"Hi. This is the qmail-send program at mx.example.\nI'm afraid it did not work.\n\n"
        f"<{READER}>:\nSorry, no mailbox here by that name. (#5.1.1)",
        HARD,
        Reason.NO_MAILBOX,
        subject="failure notice",
    ),
    Manner(
        "qmail, remote",
        f"<{READER}>:\n192.0.2.9 does not like recipient.\nRemote host said: 550 unknown user\n"
        "Giving up on 192.0.2.9.",
        HARD,
        Reason.NO_MAILBOX,
        subject="failure notice",
    ),
    Manner(
        "qmail, no host",
        f"<{READER}>:\nSorry, I couldn't find any host named reader.example. (#5.1.2)",
        HARD,
        Reason.BAD_DOMAIN,
    ),
    Manner(
        "qmail, no connection",
        f"<{READER}>:\nSorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n"
        "I'm not going to try again; this message has been in the queue too long.",
        SOFT,
        Reason.EXPIRED,
    ),
    Manner(
        "vpopmail, full",
        f"<{READER}>:\nuser is over quota (#5.2.2)",
        SOFT,
        Reason.FULL,
    ),
    Manner(
        "Exim, asked another server",
        "A message that you sent could not be delivered to all of its recipients.\n"
        f"This is a permanent error. The following address(es) failed:\n\n  {READER}\n"
        f"    host mx.reader.example [192.0.2.9]\n    SMTP error from remote mail server after "
        f"RCPT TO:<{READER}>:\n    550 No such user here",
        HARD,
        Reason.NO_MAILBOX,
        subject="Mail delivery failed: returning message to sender",
    ),
    Manner(
        "Exim, no way",
        f"The following address(es) failed:\n\n  {READER}\n    Unrouteable address",
        HARD,
        Reason.BAD_DOMAIN,
    ),
    Manner(
        "Exim, sender refused",
        f"The following address(es) failed:\n\n  {READER}\n    SMTP error from remote mail server "
        "after MAIL FROM:<bounces@meridian.example>:\n    550 5.1.1 user unknown",
        SOFT,
        Reason.POLICY,
    ),
    Manner(
        "Exim, too old",
        f"The following address(es) failed:\n\n  {READER}\n    retry timeout exceeded",
        SOFT,
        Reason.EXPIRED,
    ),
    Manner(
        "sendmail of old",
        "   ----- Transcript of session follows -----\nWhile talking to mx.reader.example:\n"
        f">>> RCPT To:<{READER}>\n<<< 550 {READER}, User Unknown\n550 <{READER}>... User unknown",
        HARD,
        Reason.NO_MAILBOX,
        subject="Returned mail: User unknown",
    ),
    Manner(
        "Domino",
        f"Your message\n\n  Subject: Five stories\n\nwas not delivered to:\n\n  {READER}\n\n"
        "because:\n\n  User jane (jane@reader.example) not listed in Domino Directory",
        HARD,
        Reason.NO_MAILBOX,
        sender="Postmaster <postmaster@domino.example>",
        subject="DELIVERY FAILURE: User not listed",
    ),
    Manner(
        "Yahoo, refused for our sake",
        f"Sorry, we were unable to deliver your message to the following address.\n\n<{READER}>:\n"
        "Remote host said:\n554 5.7.9 Message not accepted for policy reasons\n [BODY]",
        SOFT,
        Reason.POLICY,
        subject="Failure Notice",
    ),
    Manner(
        "Gmail of old",
        f"Delivery to the following recipient failed permanently:\n\n     {READER}\n\n"
        "Technical details of permanent failure:\nGoogle tried to deliver your message, but it was "
        "rejected by the server for the recipient domain reader.example.\n\nThe error that the "
        "other server returned was:\n550 550 5.1.1 unknown recipient (state 14).",
        HARD,
        Reason.NO_MAILBOX,
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        subject="Delivery Status Notification (Failure)",
    ),
    Manner(
        "DragonFly",
        f"There was an error delivering your mail to <{READER}>.\n\nmx.reader.example [192.0.2.9] "
        "did not like our RCPT TO:\n550 5.7.1 your address is on a blocklist",
        SOFT,
        Reason.BLOCKED,
    ),
    Manner(
        "IMail",
        f"User mailbox exceeds allowed size: {READER}",
        SOFT,
        Reason.FULL,
        sender="Postmaster <postmaster@imail.example>",
        subject="Undeliverable Mail",
    ),
    Manner(
        "GMX",
        f'The following address failed:\n\n"{READER}":\nSMTP error from remote server after RCPT '
        "command:\nhost: mx.reader.example\n5.1.1 no such mailbox",
        HARD,
        Reason.NO_MAILBOX,
    ),
    Manner(
        "MailMarshal",
        "Your message:\n   Subject: Five stories\nCould not be delivered because of\n\n"
        f"552 5.3.4 Message too big\n\nThe following recipients were affected:\n    {READER}",
        SOFT,
        Reason.SIZE,
        subject="Undeliverable mail",
    ),
    Manner(
        "German provider",
        f"Die Nachricht konnte nicht zugestellt werden.\n\nEmpfänger: {READER}\n"
        "550 5.1.1 Benutzer unbekannt",
        HARD,
        Reason.NO_MAILBOX,
        subject="Unzustellbar: Five stories",
    ),
    Manner(
        "Japanese provider",
        f"次の宛先に配信できませんでした。\n\n<{READER}>:\n550 5.2.2 mailbox full",
        SOFT,
        Reason.FULL,
        sender="Mail Delivery Subsystem <MAILER-DAEMON@mail.example>",
        subject="配信エラー",
    ),
    Manner(
        "Japanese carrier",
        f"Your mail sent on: Sun, 22 Nov 2026 07:00:00 +0900\n    Could not be delivered to: "
        f"<{READER}>\n    As their mailbox is full.",
        SOFT,
        Reason.FULL,
        sender="no-reply@carrier.example",
        subject="Sunday",
    ),
    Manner(
        "Exchange 5",
        "Your message\n\n  To:      bounces@meridian.example\n  Subject: Five stories\n\n"
        f"did not reach the following recipient(s):\n\nc=US;a= ;p=Reader;smtp={READER} on Sun, "
        "22 Nov\n    MSEXCH:IMS:READER 0 (000C05A6) Unknown Recipient",
        HARD,
        Reason.NO_MAILBOX,
        sender="System Administrator <admin@reader.example>",
        subject="Undeliverable: Five stories",
    ),
    Manner(
        "a server without names, one sentence",
        f"We could not deliver your mail to {READER}, as 421 too many connections from your host.",
        SOFT,
        Reason.RATE,
    ),
)


@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: manner.server)
def test_a_report_in_words_names_the_reader_and_the_reason(manner: Manner) -> None:
    (report,) = classify(notice(manner.told, From=manner.sender, Subject=manner.subject))
    assert (report.recipient, report.kind, report.reason) == (READER, manner.kind, manner.reason)


def test_each_of_several_readers_has_a_reason_of_his_own() -> None:
    told = (
        "<ann@reader.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "<bob@reader.example>:\nmailbox is full (#5.2.2)\n"
    )
    ann, bob = classify(notice(told, letter=""))
    assert (ann.recipient, ann.kind) == ("ann@reader.example", HARD)
    assert (bob.recipient, bob.kind) == ("bob@reader.example", SOFT)


def test_words_that_a_filter_says_too_are_not_held_against_the_reader() -> None:
    told = f"<{READER}>:\nRemote host said: 550 unknown user"
    (report,) = classify(notice(told))
    assert (report.kind, report.reason) == (SOFT, Reason.FILTERED)


def test_a_warning_that_a_letter_is_late_says_nothing() -> None:
    told = (
        f"THIS IS A WARNING MESSAGE ONLY.\nYour message has been delayed.\n\n<{READER}>:\n"
        "greylisted"
    )
    assert classify(notice(told, Subject="Warning: could not send message")) == ()


def test_help_that_is_offered_is_no_reader() -> None:
    told = (
        "Your message could not be delivered.\nFor assistance contact help@provider.example\n\n"
        f"  {READER}\n    mailbox is full"
    )
    (report,) = classify(notice(told))
    assert report.recipient == READER


def test_what_the_letter_quotes_is_not_believed() -> None:
    told = "A message could not be delivered: out of disk space."
    (report,) = classify(notice(told))
    assert (report.recipient, report.kind) == (READER, SOFT)


def test_a_reader_who_is_named_by_the_letter_alone_is_found() -> None:
    told = "Message could not be delivered to mobile.\nError: no valid recipients for this message"
    (report,) = classify(notice(told, letter=LETTER, To=OURS))
    assert (report.recipient, report.kind) == (READER, HARD)


def test_a_report_that_a_gateway_forwards_in_its_own_is_read() -> None:
    inner = notice(f"<{READER}>: 550 5.1.1 user unknown (in reply to RCPT TO command)").decode()
    told = "The message below was returned to us, it could not be delivered."
    (report,) = classify(notice(told, letter=inner))
    assert report.recipient == READER


def test_a_notice_of_unknown_origin_is_believed_for_its_form() -> None:
    told = f"Your mail of Sunday could not be delivered to:\n\n  <{READER}>\n\nmailbox is full"
    fields = {"From": "gateway@carrier.example", "Subject": "Sunday", "Return_Path": "<>"}
    (report,) = classify(notice(told, **fields))
    assert (report.recipient, report.kind) == (READER, SOFT)
    assert classify(notice(told, **fields | {"Return_Path": "<jane@reader.example>"})) == ()
