from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.replies import GoOn, RelayWrong, Reply, Stage, ends_connection, meaning
from newsletter.model.delivery import (
    Accepted,
    Deferred,
    InDoubt,
    Refusal,
    Refused,
    Slow,
    Untouched,
)

BEFORE_THE_DOT = (Stage.MAIL, Stage.RCPT, Stage.DATA)

TABLE = [
    (Stage.MAIL, 250, "2.1.0 Ok", GoOn),
    (Stage.MAIL, 451, "4.3.0 Try again", Deferred),
    (Stage.MAIL, 454, "4.7.0 Maximum sending rate exceeded", Deferred),
    (Stage.MAIL, 530, "5.7.0 Authentication required", RelayWrong),
    (Stage.MAIL, 550, "5.7.1 Sender rejected", RelayWrong),
    (Stage.RCPT, 251, "User not local; will forward", GoOn),
    (Stage.RCPT, 252, "Cannot verify, but will accept", GoOn),
    (Stage.RCPT, 452, "4.2.2 Mailbox full", Deferred),
    (Stage.RCPT, 550, "5.1.1 No such user", Refused),
    (Stage.RCPT, 530, "5.7.0 Authentication required", RelayWrong),
    (Stage.RCPT, 421, "4.7.0 Too many connections", Untouched),
    (Stage.RCPT, 451, "4.4.2 Timeout waiting for data from client.", Untouched),
    (Stage.DATA, 354, "Go on", GoOn),
    (Stage.DATA, 250, "what?", Untouched),
    (Stage.DATA, 554, "5.5.1 No valid recipients", Refused),
    (Stage.DOT, 250, "2.0.0 Ok: queued", Accepted),
    (Stage.DOT, 421, "4.7.0 Later", Deferred),
    (Stage.DOT, 552, "5.3.4 Too large", Refused),
    (Stage.RSET, 250, "2.0.0 Ok", GoOn),
    (Stage.RSET, 500, "5.5.1 What?", Untouched),
    (Stage.RSET, 421, "4.3.2 Bye", Untouched),
    (Stage.DOT, 354, "Go on", InDoubt),
    (Stage.DOT, -1, "", InDoubt),
]


@pytest.mark.parametrize(("stage", "code", "text", "expected"), TABLE)
def test_a_reply_means_what_the_table_says(
    stage: Stage, code: int, text: str, expected: Any
) -> None:
    assert type(meaning(stage, Reply(code, text))) is expected


# Replies as they were seen, with where: the words are the servers'.
LATER, SLOW_RELAY, SLOW_DOMAIN = (None, Slow.RELAY, Slow.DOMAIN)
FOR_LATER = [
    (Stage.DOT, 454, "Throttling failure: Maximum sending rate exceeded.", SLOW_RELAY),
    (Stage.DATA, 454, "4.7.0 Maximum sending rate exceeded", SLOW_RELAY),
    (Stage.MAIL, 450, "4.7.1 Error: too many messages from your account", SLOW_RELAY),
    (Stage.MAIL, 452, "4.4.5 Messages per second limit exceeded", SLOW_RELAY),
    (Stage.MAIL, 452, "4.3.1 Insufficient system storage", SLOW_RELAY),
    (Stage.RCPT, 450, "4.2.1 Peak SMTP relay limit exceeded for this customer.", SLOW_RELAY),
    (
        Stage.DOT,
        421,
        (
            "4.7.28 [192.0.2.7] Our system has detected an unusual rate of unsolicited mail"
            " originating from your IP address. Mail sent from your IP address has"
            " been temporarily rate limited. - gsmtp"
        ),
        SLOW_DOMAIN,
    ),
    (Stage.RCPT, 451, "4.7.500 Server busy. Please try again later (S77719)", SLOW_DOMAIN),
    (
        Stage.RCPT,
        451,
        (
            "4.7.650 The mail server [192.0.2.7] has been temporarily rate limited due to IP"
            " reputation. For e-mail delivery information, see https://aka.ms/postmaster (S775)"
        ),
        SLOW_DOMAIN,
    ),
    (Stage.RCPT, 421, "RP-001 The sending IP exceeded a rate limit", SLOW_DOMAIN),
    (
        Stage.RCPT,
        421,
        (
            "4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to unexpected volume or"
            " user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes"
        ),
        SLOW_DOMAIN,
    ),
    (Stage.RCPT, 450, "4.7.0 [TS02] Messages temporarily deferred", SLOW_DOMAIN),
    (Stage.RCPT, 450, "4.7.1 <ann@example.com>: Recipient address rejected: Greylisted", LATER),
    (Stage.RCPT, 451, "4.7.1 Greylisting in action, please come back later", LATER),
    (Stage.RCPT, 450, "4.2.0 <ann@example.com>: Recipient address rejected: Graylisted", LATER),
    (
        Stage.RCPT,
        450,
        (
            "4.2.1 The user you are trying to contact is receiving mail at a rate that prevents"
            " additional messages from being delivered."
        ),
        LATER,
    ),
    (Stage.RCPT, 450, "User is receiving mail too quickly", LATER),
    (Stage.DOT, 550, "5.2.1 The user you are trying to contact is receiving mail too fast", LATER),
    (Stage.RCPT, 452, "4.2.2 The email account that you tried to reach is over quota.", LATER),
    (Stage.RCPT, 552, "5.2.2 The email account that you tried to reach is over quota.", LATER),
    (Stage.RCPT, 552, "Requested mail action aborted: exceeded storage allocation", LATER),
    (
        Stage.DOT,
        554,
        (
            "delivery error: dd Sorry, your message to ann@yahoo.com cannot be delivered. This"
            " account is over quota."
        ),
        LATER,
    ),
    (Stage.RCPT, 450, "4.1.1 <a@b.example>: unverified address: Relay access denied", LATER),
    (Stage.DOT, 451, "4.3.0 Temporary failure", LATER),
]


@pytest.mark.parametrize(("stage", "code", "text", "slow"), FOR_LATER)
def test_who_is_asked_to_wait_is_told_by_whom(
    stage: Stage, code: int, text: str, slow: Slow | None
) -> None:
    assert meaning(stage, Reply(code, text)) == Deferred(f"{code} {text}", slow)


RELAY_WRONG = [
    (Stage.DOT, 454, "Throttling failure: Daily message quota exceeded."),
    (Stage.MAIL, 452, "4.5.3 Daily message limit exceeded"),
    (Stage.RCPT, 550, "5.4.5 Daily user sending limit exceeded. For more information, go to"),
    (Stage.DOT, 550, "5.1.90 Your message can't be sent because you've reached your daily limit"),
    (
        Stage.DOT,
        554,
        (
            "Message rejected: Email address is not verified. The following identities failed the"
            " check in region EU-WEST-1: news@news.example"
        ),
    ),
    (Stage.DOT, 554, "Message rejected: Sending paused for this account."),
    (Stage.DOT, 554, "Access denied: User `arn` is not authorized to perform `ses:SendRawEmail`"),
    (Stage.RCPT, 554, "5.7.1 <ann@example.com>: Relay access denied"),
    (Stage.RCPT, 550, "5.7.64 TenantAttribution; Relay Access Denied"),
    (Stage.RCPT, 553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
    (Stage.MAIL, 553, "5.1.8 <news@news.example>: Sender address rejected: Domain not found"),
    (Stage.MAIL, 552, "5.3.4 Message size exceeds fixed limit"),
    (Stage.DATA, 530, "5.7.0 Must issue a STARTTLS command first"),
    (Stage.MAIL, 535, "5.7.8 Authentication credentials invalid"),
]


@pytest.mark.parametrize(("stage", "code", "text"), RELAY_WRONG)
def test_what_is_no_readers_fault_is_the_relays(stage: Stage, code: int, text: str) -> None:
    assert meaning(stage, Reply(code, text)) == RelayWrong(f"{code} {text}")


GONE, BAD_DOMAIN, LETTER, POLICY, OTHER = (
    Refusal.GONE,
    Refusal.BAD_DOMAIN,
    Refusal.LETTER,
    Refusal.POLICY,
    Refusal.OTHER,
)
REFUSALS = [
    (
        Stage.RCPT,
        550,
        (
            "5.1.1 The email account that you tried to reach does not exist. Please try"
            " double-checking the recipient's email address for typos. - gsmtp"
        ),
        GONE,
    ),
    (Stage.RCPT, 550, "5.1.1 <a@b.example>: Recipient address rejected: User unknown", GONE),
    (Stage.RCPT, 550, "5.1.0 Address rejected.", GONE),
    (Stage.RCPT, 550, "5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP lookup", GONE),
    (Stage.RCPT, 550, "5.2.1 The email account that you tried to reach is inactive.", GONE),
    (Stage.RCPT, 501, "5.1.3 Bad recipient address syntax", GONE),
    (Stage.RCPT, 550, "No such user here", GONE),
    (Stage.RCPT, 550, "<ann@example.com>: User unknown in virtual mailbox table", GONE),
    (Stage.RCPT, 550, "Requested action not taken: mailbox unavailable", GONE),
    (Stage.RCPT, 550, "sorry, no mailbox here by that name. (#5.1.1)", GONE),
    (Stage.RCPT, 554, "delivery error: dd This user doesn't have a yahoo.com account", GONE),
    (Stage.DOT, 554, "delivery error: dd This user doesn't have a yahoo.com account", GONE),
    (
        Stage.RCPT,
        550,
        (
            "5.4.1 Recipient address rejected: Access denied. AS(201806281)"
            " [DB5EUR01FT064.eop-EUR01.prod.protection.outlook.com]"
        ),
        GONE,
    ),
    (
        Stage.RCPT,
        550,
        "5.1.2 <a@b.example>: Recipient address rejected: Domain not found",
        BAD_DOMAIN,
    ),
    (Stage.RCPT, 550, "5.4.4 Host or domain name not found", BAD_DOMAIN),
    (Stage.RCPT, 550, "Unrouteable address", BAD_DOMAIN),
    (Stage.RCPT, 556, "5.1.10 Recipient address has null MX", BAD_DOMAIN),
    (Stage.DOT, 552, "5.3.4 Message size exceeds fixed limit", LETTER),
    (Stage.DOT, 552, "Message too large", LETTER),
    (Stage.DOT, 550, "5.2.3 Message too large for this mailbox", LETTER),
    (Stage.DOT, 554, "5.6.0 Message contains NUL characters", LETTER),
    (Stage.DOT, 552, "5.7.0 This message was blocked because its content presents a", LETTER),
    (Stage.RCPT, 550, "5.7.1 Service unavailable, Client host blocked using Spamhaus", POLICY),
    (Stage.RCPT, 550, "5.7.606 Access denied, banned sending IP [192.0.2.7].", POLICY),
    (Stage.DOT, 550, "5.7.26 Your email has been blocked because the sender is unauth", POLICY),
    (Stage.RCPT, 554, "5.7.1 <a@b.example>: Recipient address rejected: Quota exceeded", POLICY),
    (Stage.RCPT, 550, "5.1.8 Access denied, bad outbound sender", POLICY),
    (Stage.DOT, 554, "Message rejected as spam", POLICY),
    (Stage.RCPT, 550, "SC-001 Mail rejected by Outlook.com for policy reasons.", POLICY),
    (
        Stage.RCPT,
        550,
        "Requested action not taken: mailbox unavailable Reject due to policy restrictions.",
        POLICY,
    ),
    (Stage.RCPT, 550, "5.1.1 <a@b.example>: blocked using zen.spamhaus.org", POLICY),
    (Stage.DOT, 550, "Requested action not taken: mailbox unavailable", OTHER),
    (Stage.RCPT, 550, "No", OTHER),
    (Stage.DOT, 554, "Transaction failed", OTHER),
    (Stage.RCPT, 500, "5.5.2 Syntax error", OTHER),
]


@pytest.mark.parametrize(("stage", "code", "text", "why"), REFUSALS)
def test_a_refusal_is_told_by_whose_fault_it_is(
    stage: Stage, code: int, text: str, why: Refusal
) -> None:
    assert meaning(stage, Reply(code, text)) == Refused(f"{code} {text}", why)


@given(st.sampled_from(Stage), st.integers(400, 499), st.text())
def test_a_temporary_no_refuses_nobody_for_good(stage: Stage, code: int, text: str) -> None:
    assert not isinstance(meaning(stage, Reply(code, text)), Refused)


@given(st.sampled_from(Stage), st.integers(500, 599))
def test_without_words_nobody_is_gone(stage: Stage, code: int) -> None:
    found = meaning(stage, Reply(code, ""))
    assert not (isinstance(found, Refused) and found.why is Refusal.GONE)


@given(st.sampled_from(BEFORE_THE_DOT), st.integers(-1, 999))
def test_nothing_is_accepted_or_in_doubt_before_the_dot(stage: Stage, code: int) -> None:
    assert not isinstance(meaning(stage, Reply(code, "")), Accepted | InDoubt)


@given(st.integers(-1, 999))
def test_after_the_dot_nobody_is_untouched(code: int) -> None:
    assert not isinstance(meaning(Stage.DOT, Reply(code, "")), Untouched | GoOn)


@pytest.mark.parametrize(("code", "ends"), [(421, True), (-1, True), (450, False), (550, False)])
def test_some_replies_end_the_connection(code: int, ends: bool) -> None:
    assert ends_connection(Reply(code, "")) is ends
