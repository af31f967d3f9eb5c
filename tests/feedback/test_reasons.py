"""Why a letter did not arrive: what servers say, and what it means for the reader."""

import pytest

from newsletter.feedback.reasons import (
    KINDS,
    Answer,
    gives_way,
    kind_of,
    reason_for,
    reply_in,
    status_in,
)
from newsletter.model.feedback import OURS, Reason, ReportKind

RCPT = "(in reply to RCPT TO command)"


def _answer(words: str, hosts: str = "mx.reader.example") -> Answer:
    return Answer(words=words, status=status_in(words), reply=reply_in(words), hosts=hosts)


def test_every_reason_says_something_of_the_reader() -> None:
    assert set(KINDS) == set(Reason)


def test_no_reason_that_lies_with_us_is_held_against_the_reader() -> None:
    assert {KINDS[reason] for reason in OURS} == {ReportKind.SOFT}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("550 5.1.1 nobody of that name here", Reason.NO_MAILBOX),
        (f"550 recipient unknown {RCPT}", Reason.NO_MAILBOX),
        (f"550 El usuario no existe {RCPT}", Reason.NO_MAILBOX),
        ("550 5.1.6 this person has moved to another address", Reason.MOVED),
        ("550 5.2.1 this account is disabled", Reason.DISABLED),
        ("550 5.1.2 host or domain name not found", Reason.BAD_DOMAIN),
        ("556 5.1.10 null MX", Reason.BAD_DOMAIN),
        ("550 5.2.2 over quota", Reason.FULL),
        ("552 Der Postfachspeicher: Postfach ist voll", Reason.FULL),
        ("552 5.3.4 message too large", Reason.SIZE),
        ("550 5.7.1 classified as spam", Reason.SPAM),
        ("550 5.1.1 listed by a blocklist", Reason.BLOCKED),
        ("554 5.7.1 no PTR record for 192.0.2.1", Reason.BLOCKED),
        ("550 5.7.26 unauthenticated mail", Reason.AUTHENTICATION),
        ("550 5.7.23 SPF check failed", Reason.AUTHENTICATION),
        ("451 4.7.1 greylisted, come back later", Reason.EXPIRED),
        ("421 4.7.0 too many connections from you", Reason.RATE),
        ("554 5.6.0 a virus was found", Reason.VIRUS),
        ("550 5.7.1 not accepted for policy reasons", Reason.POLICY),
        ("550 5.1.8 sender address rejected: domain not found", Reason.POLICY),
        ("554 5.4.6 mail loops back to myself", Reason.NETWORK),
        ("451 4.4.1 connection timed out", Reason.NETWORK),
        ("451 4.3.0 internal error", Reason.SYSTEM),
        ("550 5.7.999 no", Reason.POLICY),
        ("550 no", Reason.OTHER),
        ("", Reason.OTHER),
    ],
)
def test_words_and_codes_give_the_reason(words: str, reason: Reason) -> None:
    assert reason_for(_answer(words)) is reason


@pytest.mark.parametrize(
    ("hosts", "words", "reason"),
    [
        (
            "reader-example.mail.protection.outlook.com",
            "550 5.4.1 Recipient address rejected: Access denied.",
            Reason.NO_MAILBOX,
        ),
        (
            "mx1.hotmail.com",
            "550 5.5.0 Requested action not taken: mailbox unavailable",
            Reason.NO_MAILBOX,
        ),
        ("mx.outlook.com", "550 5.7.606 access denied, banned sending IP", Reason.BLOCKED),
        ("gmail-smtp-in.l.google.com", "550 5.2.1 receiving mail at a rate that", Reason.RATE),
        ("mta7.am0.yahoodns.net", "554 30 this mailbox is disabled", Reason.DISABLED),
        ("mta7.am0.yahoodns.net", "554 delivery error: dd not a valid user", Reason.NO_MAILBOX),
        ("mx01.mail.icloud.com", "554 5.7.1 [CS01] rejected", Reason.POLICY),
        ("smtp.secureserver.net", "550 5.1.1 IB212 try later", Reason.BLOCKED),
        ("mx3.qq.com", "550 Ip frequency limited", Reason.BLOCKED),
        ("mx3.qq.com", "550 Mailbox not found", Reason.NO_MAILBOX),
        ("eu-smtp.mimecast.com", "550 Invalid Recipient", Reason.NO_MAILBOX),
        ("mx.pphosted.com", "554 5.1.1 Blocked, see ipcheck", Reason.BLOCKED),
        ("mx.facebook.com", "550 5.1.1 RCP-P2 refused", Reason.FILTERED),
        ("mx.facebook.com", "550 INT-P3 no such group", Reason.NO_MAILBOX),
        ("mx3.qq.com", "550 Mailbox unavailable or access denied", Reason.FILTERED),
        ("mx.cox.net", "550 5.1.0 recipient rejected", Reason.NO_MAILBOX),
        ("mx.vtext.com", "550 - no such user here", Reason.NO_MAILBOX),
        ("lsean.ezweb.ne.jp", "550 : User unknown", Reason.FILTERED),
        ("mta7.am0.yahoodns.net", "552 1 action aborted, mailbox not found", Reason.NO_MAILBOX),
        ("mx.outlook.com", "550 5.1.6 single label domains are not taken", Reason.NO_MAILBOX),
        ("mx.outlook.com", "550 5.4.4 Invalid arguments", Reason.NETWORK),
    ],
)
def test_the_server_decides_what_its_answer_means(hosts: str, words: str, reason: Reason) -> None:
    assert reason_for(_answer(words, hosts)) is reason


@pytest.mark.parametrize(
    "words",
    [
        "550 5.1.1 your mail was over quota",
        "550 5.1.1 there is not enough space for it",
        "550 5.1.1 go away",
        "550 5.1.1 you use us as a relay",
        "550 5.1.1 the sender domain is empty",
        "550 5.1.1 unsigned DSN for this address",
        "550 5.1.1 the recipient name is ambiguous",
        "550 5.1.7 the address is not valid",
        "550 5.1.8 no such user",
    ],
)
def test_a_code_of_unknown_readers_does_not_outweigh_what_is_said(words: str) -> None:
    answer = _answer(f"{words} {RCPT}")
    assert kind_of(reason_for(answer), answer) is ReportKind.SOFT


@pytest.mark.parametrize(
    "words",
    [
        "554 5.7.1 Recipient address rejected: Access denied",
        "550 your envelope recipient has been denied",
        "550 it is not in my validrcptto list",
        "550 that domain or user isn't in my list of allowed rcpthosts",
        "550 non existent user",
        "550 mailbox unavaiable",
    ],
)
def test_an_address_that_nobody_may_write_to_is_gone(words: str) -> None:
    assert reason_for(_answer(f"{words} {RCPT}")) is Reason.NO_MAILBOX


def test_an_address_that_was_replaced_has_moved() -> None:
    assert reason_for(_answer(f"550 it has been replaced by another {RCPT}")) is Reason.MOVED


def test_no_phrase_goes_from_a_reporters_words_into_a_servers() -> None:
    words = "192.0.2.9 does not like recipient.\nRemote host said: 550 closed for today"
    assert reason_for(_answer(words)) is Reason.OTHER


@pytest.mark.parametrize(
    ("status", "told", "taken"),
    [
        ("5.0.0", "5.2.2", True),
        ("5.0.350", "5.1.1", True),
        ("4.4.7", "4.2.2", True),
        ("5.1.1", "5.7.1", True),
        ("5.5.4", "5.1.1", True),
        ("5.1.1", "5.5.0", False),
        ("5.2.2", "5.1.1", False),
        ("5.0.0", "5.0.0", False),
    ],
)
def test_a_code_that_tells_less_gives_way(status: str, told: str, taken: bool) -> None:
    assert gives_way(status, told) is taken


@pytest.mark.parametrize("reason", [Reason.NO_MAILBOX, Reason.BAD_DOMAIN])
def test_what_holds_for_now_is_soft(reason: Reason) -> None:
    assert kind_of(reason, _answer("450 4.1.1 not today")) is ReportKind.SOFT


def test_an_unknown_reader_whom_nobody_tries_again_is_hard() -> None:
    answer = Answer(words="450 4.1.1 user unknown", status="4.1.1", reply="450", given_up=True)
    assert kind_of(reason_for(answer), answer) is ReportKind.HARD


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("550 5.2.1 this account is disabled", ReportKind.SOFT),
        (f"550 5.2.1 this account is disabled {RCPT}", ReportKind.HARD),
        (f"550 this account is disabled {RCPT}", ReportKind.HARD),
        ("554 your account is blocked", ReportKind.SOFT),
    ],
)
def test_an_account_is_gone_only_where_the_address_was_refused(
    words: str, kind: ReportKind
) -> None:
    answer = _answer(words)
    assert kind_of(reason_for(answer), answer) is kind


def test_the_first_code_that_tells_anything_is_taken() -> None:
    assert status_in("550 5.0.0 refused (5.2.2 over quota)") == "5.2.2"
    assert status_in("host 192.5.1.1 said 5.7.1 no") == "5.7.1"
    assert status_in("see 1.5.1.1") == ""
