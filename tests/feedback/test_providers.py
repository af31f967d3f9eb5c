"""What providers tell by webhook: believed when it is signed, and what it says."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.feedback.esp import mailgun, postmark, sendgrid, ses
from newsletter.feedback.esp.call import Answer, Call, Confirm, Refused, Told
from newsletter.model.feedback import Reason, Report, ReportKind
from newsletter.model.specs import SesSpec
from tests.feedback.calls import (
    ANN,
    HOST,
    MAILGUN,
    NOW,
    POSTMARK,
    SECRET,
    SENDGRID,
    SES,
    TOKEN,
    TOPIC,
    Sns,
    call,
    mailgun_call,
    postmark_call,
    sendgrid_call,
    sendgrid_event,
    ses_bounce,
    ses_complaint,
)

HARD, SOFT, COMPLAINT = ReportKind.HARD, ReportKind.SOFT, ReportKind.COMPLAINT
UNSUBSCRIBE = ReportKind.UNSUBSCRIBE
SNS = Sns()


def ses_answer(message: object, spec: SesSpec = SES) -> Answer:
    return ses.read(spec, call(message), lambda url: SNS.pem)


def reports(answer: Answer) -> list[Report]:
    assert isinstance(answer, Told), answer
    assert all(event.proven and event.keys for event in answer.events)
    return [report for event in answer.events for report in event.reports]


def said(answer: Answer) -> list[tuple[ReportKind, Reason | None]]:
    return [(each.kind, each.reason) for each in reports(answer)]


# --- Amazon SES ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", [None, "Amazon SES Email Event Notification"])
def test_a_signed_bounce_of_ses_is_understood(version: str, subject: str | None) -> None:
    told = ses_bounce(diagnosticCode="smtp; 550 5.1.1 user unknown", status="5.1.1")
    message = SNS.message(told, SignatureVersion=version, Subject=subject)
    (report,) = reports(ses_answer(message))
    assert (report.kind, report.reason, report.token) == (HARD, Reason.NO_MAILBOX, TOKEN)
    assert report.recipient == ANN


@pytest.mark.parametrize(
    "changes",
    [
        {"Message": json.dumps(ses_complaint())},
        {"MessageId": "another"},
        {"Signature": ""},
        {"Signature": "not base64!"},
        {"SignatureVersion": "3"},
        {"SignatureVersion": "1"},
        {"Type": "SubscriptionConfirmation"},
        {"Type": "Whatever"},
        {"Timestamp": ["2026"]},
    ],
    ids=str,
)
def test_a_message_that_was_changed_is_refused(changes: dict[str, Any]) -> None:
    assert isinstance(ses_answer({**SNS.message(ses_bounce()), **changes}), Refused)


@pytest.mark.parametrize(
    "url",
    [
        f"{HOST}.evil.example/x.pem",
        "https://evil.example/sns.eu-west-1.amazonaws.com/x.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/x.pem",
        "https://sns.us-east-1.amazonaws.com/x.pem",
        "https://s3.eu-west-1.amazonaws.com/x.pem",
        "http://sns.eu-west-1.amazonaws.com/x.pem",
        f"{HOST}:8443/x.pem",
        f"{HOST}/x.pem.exe",
        f"{HOST}\\@evil.example/x.pem",
        "https://[::1/x.pem",
        "",
    ],
)
def test_a_certificate_is_fetched_from_the_topics_own_host_only(url: str) -> None:
    asked: list[str] = []

    def fetch(where: str) -> bytes:
        asked.append(where)
        return SNS.pem

    message = SNS.message(ses_bounce(), SigningCertURL=url)
    assert isinstance(ses.read(SES, call(message), fetch), Refused)
    assert asked == []


def test_another_topic_is_refused_before_anything_is_fetched() -> None:
    message = SNS.message(ses_bounce(), TopicArn=TOPIC + "s")
    assert isinstance(ses.read(SES, call(message), lambda url: pytest.fail(url)), Refused)


def test_what_is_no_certificate_signs_nothing() -> None:
    message = call(SNS.message(ses_bounce()))
    assert isinstance(ses.read(SES, message, lambda url: b"<html>"), Refused)
    assert isinstance(ses.read(SES, message, lambda url: Sns().pem), Refused)


def test_a_subscription_is_confirmed_for_our_topic_at_its_own_host() -> None:
    url = f"{HOST}/?Action=ConfirmSubscription&Token=2336"
    confirmation = {"Type": "SubscriptionConfirmation", "Token": "2336"}
    assert ses_answer(SNS.message("", SubscribeURL=url, **confirmation)) == Confirm(url)
    evil = SNS.message("", SubscribeURL="https://evil.example/", **confirmation)
    assert ses_answer(evil) == Told(())


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (ses_bounce("Permanent", "NoEmail"), (HARD, Reason.NO_MAILBOX)),
        (ses_bounce("Permanent", "OnAccountSuppressionList"), (HARD, Reason.NO_MAILBOX)),
        (ses_bounce("Transient", "MailboxFull"), (SOFT, Reason.FULL)),
        (ses_bounce("Transient", "ContentRejected"), (SOFT, Reason.SPAM)),
        (ses_bounce("Undetermined", "Undetermined"), (SOFT, Reason.OTHER)),
        (
            ses_bounce("Permanent", "General", diagnosticCode="smtp; 554 5.7.1 blocked as spam"),
            (SOFT, Reason.SPAM),
        ),
        (ses_complaint(), (COMPLAINT, None)),
    ],
    ids=lambda each: None,
)
def test_the_kinds_of_ses(told: object, expected: tuple[ReportKind, Reason | None]) -> None:
    answer = ses_answer(SNS.message(told))
    assert said(answer) == [expected]
    assert reports(answer)[0].token == TOKEN


@pytest.mark.parametrize(
    "told",
    [ses_complaint("not-spam"), {"eventType": "DeliveryDelay"}, {"eventType": "Open"}, [], "x"],
    ids=lambda each: None,
)
def test_what_says_nothing_against_a_letter_does_nothing(told: object) -> None:
    assert reports(ses_answer(SNS.message(told))) == []


# --- Mailgun ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, [(HARD, Reason.NO_MAILBOX)]),
        ({"reason": "old"}, [(SOFT, Reason.EXPIRED)]),
        ({"reason": "suppress-bounce"}, [(HARD, Reason.NO_MAILBOX)]),
        ({"reason": "suppress-complaint"}, [(COMPLAINT, None)]),
        ({"reason": "suppress-unsubscribe"}, [(UNSUBSCRIBE, None)]),
        ({"reason": "espblock"}, [(SOFT, Reason.BLOCKED)]),
        ({"severity": "temporary"}, []),
        (
            {"delivery-status": {"code": 550, "message": "5.7.1 rejected by spam filter"}},
            [(SOFT, Reason.SPAM)],
        ),
        ({"event": "complained"}, [(COMPLAINT, None)]),
        ({"event": "unsubscribed"}, [(UNSUBSCRIBE, None)]),
        ({"event": "opened"}, []),
    ],
    ids=str,
)
def test_the_kinds_of_mailgun(
    told: dict[str, Any], expected: list[tuple[ReportKind, Reason | None]]
) -> None:
    answer = mailgun.read(MAILGUN, mailgun_call(**told), NOW)
    assert said(answer) == expected
    assert all(each.token == TOKEN for each in reports(answer))


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_signature_of_mailgun_is_good_for_a_quarter_of_an_hour(minutes: int) -> None:
    made = mailgun_call(at=NOW + timedelta(minutes=minutes))
    assert isinstance(mailgun.read(MAILGUN, made, NOW), Refused)


def test_a_token_of_mailgun_names_the_call_whatever_event_it_brings() -> None:
    one = mailgun.read(MAILGUN, mailgun_call(id="one"), NOW)
    other = mailgun.read(MAILGUN, mailgun_call(id="other"), NOW)
    assert isinstance(one, Told)
    assert isinstance(other, Told)
    assert set(one.events[0].keys) & set(other.events[0].keys)


# --- Postmark -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "told", "expected"),
    [
        ("HardBounce", {}, [(HARD, Reason.NO_MAILBOX)]),
        ("SoftBounce", {}, [(SOFT, Reason.OTHER)]),
        ("DnsError", {}, [(SOFT, Reason.NETWORK)]),
        ("SpamNotification", {}, [(SOFT, Reason.SPAM)]),
        ("HardBounce", {"Details": "smtp;550 5.7.1 blocked by spamhaus"}, [(SOFT, Reason.BLOCKED)]),
        ("AutoResponder", {}, [(ReportKind.AUTO_REPLY, None)]),
        ("Subscribe", {}, []),
        ("SpamComplaint", {"RecordType": "SpamComplaint"}, [(COMPLAINT, None)]),
        (
            "",
            {
                "RecordType": "SubscriptionChange",
                "Recipient": ANN,
                "SuppressSending": True,
                "SuppressionReason": "ManualSuppression",
            },
            [(UNSUBSCRIBE, None)],
        ),
        ("", {"RecordType": "Delivery"}, []),
    ],
    ids=str,
)
def test_the_kinds_of_postmark(
    kind: str, told: dict[str, Any], expected: list[tuple[ReportKind, Reason | None]]
) -> None:
    answer = postmark.read(POSTMARK, postmark_call(kind, **told))
    assert said(answer) == expected
    assert all(each.recipient == ANN for each in reports(answer))


def test_the_secret_of_postmark_may_stand_in_a_header() -> None:
    made = postmark_call(secret="wrong")
    assert isinstance(postmark.read(POSTMARK, made), Refused)
    with_header = Call({"x-newsletter-secret": SECRET}, made.body)
    assert isinstance(postmark.read(POSTMARK, with_header), Told)


# --- SendGrid -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (sendgrid_event(reason="550 5.1.1 user unknown"), (HARD, Reason.NO_MAILBOX)),
        (sendgrid_event(bounce_classification="Invalid Address"), (HARD, Reason.NO_MAILBOX)),
        (sendgrid_event(bounce_classification="Reputation"), (SOFT, Reason.BLOCKED)),
        (sendgrid_event(type="blocked"), (SOFT, Reason.BLOCKED)),
        (sendgrid_event("dropped", reason="Bounced Address"), (HARD, Reason.NO_MAILBOX)),
        (sendgrid_event("dropped", reason="Unsubscribed Address"), (UNSUBSCRIBE, None)),
        (sendgrid_event("spamreport"), (COMPLAINT, None)),
        (sendgrid_event("group_unsubscribe"), (UNSUBSCRIBE, None)),
        (sendgrid_event("deferred"), None),
        (sendgrid_event("open"), None),
    ],
    ids=lambda each: None,
)
def test_the_kinds_of_sendgrid(
    told: dict[str, Any], expected: tuple[ReportKind, Reason | None] | None
) -> None:
    answer = sendgrid.read(SENDGRID, sendgrid_call(told), NOW)
    assert said(answer) == ([expected] if expected else [])
    assert all(each.token == TOKEN for each in reports(answer))


def test_many_events_of_one_call_count_each() -> None:
    told = [sendgrid_event("bounce", sg_event_id=str(n)) for n in range(3)]
    answer = sendgrid.read(SENDGRID, sendgrid_call(*told), NOW)
    assert isinstance(answer, Told)
    assert len({event.keys for event in answer.events}) == 3


def test_a_call_of_sendgrid_that_was_changed_is_refused() -> None:
    good = sendgrid_call(sendgrid_event())
    late = sendgrid_call(sendgrid_event(), at=NOW - timedelta(days=2))
    for wrong in (
        Call(good.headers, good.body + b" "),
        Call({**good.headers, sendgrid.TIME: "1"}, good.body),
        Call({**good.headers, sendgrid.SIGNATURE: b64encode(b"no").decode()}, good.body),
        Call({}, good.body),
        late,
    ):
        assert isinstance(sendgrid.read(SENDGRID, wrong, NOW), Refused)
    other = replace(SENDGRID, public_key=b64encode(b"no key").decode())
    assert isinstance(sendgrid.read(other, good, NOW), Refused)


# --- all of them --------------------------------------------------------------------------------


def test_without_a_secret_nobody_is_believed() -> None:
    for unset in (None, ""):
        assert isinstance(
            mailgun.read(replace(MAILGUN, secret=unset), mailgun_call(secret=""), NOW), Refused
        )
        assert isinstance(
            postmark.read(replace(POSTMARK, secret=unset), postmark_call(secret="")), Refused
        )


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_JSON, st.binary())
def test_whatever_is_sent_unsigned_is_refused(document: object, raw: bytes) -> None:
    for made in (call(document), Call({"authorization": "Basic x"}, raw)):
        answers = (
            ses.read(SES, made, lambda url: SNS.pem),
            mailgun.read(MAILGUN, made, NOW),
            postmark.read(POSTMARK, made),
            sendgrid.read(SENDGRID, made, NOW),
        )
        assert all(isinstance(answer, Refused) for answer in answers)


@given(_JSON)
def test_whatever_is_signed_breaks_nothing(document: object) -> None:
    assert isinstance(ses_answer(SNS.message(document)), Told)
    odd: dict[str, Any] = {"recipient": document, "delivery-status": document, "message": document}
    assert isinstance(mailgun.read(MAILGUN, mailgun_call(**odd), NOW), Told)
    odd = {"Email": document, "Type": document, "Details": document, "ID": document}
    assert isinstance(postmark.read(POSTMARK, postmark_call(**odd)), Told)
    odd = {"email": document, "reason": document, "event": document, "status": document}
    assert isinstance(sendgrid.read(SENDGRID, sendgrid_call({**odd}), NOW), Told)
