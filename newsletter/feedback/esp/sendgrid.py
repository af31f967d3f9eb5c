"""SendGrid: many events a call, signed with ECDSA over a time and the body.

twilio.com/docs/sendgrid: "Event webhook reference", "Event webhook security features".
Needs the package `cryptography`.
"""

import binascii
from base64 import b64decode
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from newsletter.feedback.esp.call import (
    Answer,
    Call,
    Refused,
    Told,
    event,
    rows,
    text,
    token_of,
    values_of,
)
from newsletter.feedback.said import failure
from newsletter.model.feedback import Arrived, Reason, Report, ReportKind
from newsletter.model.specs import SendGridSpec

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIME = "x-twilio-email-event-webhook-timestamp"
# A call that fails is repeated for a day. What is signed is the body: one that is repeated later
# could do nothing but what it did.
_FRESH = timedelta(hours=25)

# `bounce_classification`, where the server's words tell no more.
_REASONS = {
    "Invalid Address": Reason.NO_MAILBOX,
    "Mailbox Unavailable": Reason.FULL,
    "Technical": Reason.NETWORK,
    "Content": Reason.SPAM,
    "Reputation": Reason.BLOCKED,
    "Frequency or Volume Too High": Reason.RATE,
    "Unclassified": Reason.OTHER,
}
# Why SendGrid did not even try.
_DROPPED: dict[str, Reason | ReportKind] = {
    "Bounced Address": Reason.NO_MAILBOX,
    "Invalid": Reason.NO_MAILBOX,
    "Spam Reporting Address": ReportKind.COMPLAINT,
    "Unsubscribed Address": ReportKind.UNSUBSCRIBE,
    "Spam Content": Reason.SPAM,
    "Recipient List over Package Quota": Reason.RATE,
}
_KINDS = {
    "spamreport": ReportKind.COMPLAINT,
    "unsubscribe": ReportKind.UNSUBSCRIBE,
    "group_unsubscribe": ReportKind.UNSUBSCRIBE,
}


def read(spec: SendGridSpec, call: Call, now: datetime) -> Answer:
    """What a call says."""
    time = call.headers.get(TIME, "")
    if not _is_signed(spec, time, call):
        return Refused("its signature is wrong")
    if not time.isdecimal() or abs(int(time[:12]) - now.timestamp()) > _FRESH.total_seconds():
        return Refused("its time is not now")
    told = [(each, _report(each)) for each in rows(values_of(call.body))]
    return Told(tuple(_event(spec, each, report) for each, report in told if report))


def _is_signed(spec: SendGridSpec, time: str, call: Call) -> bool:
    try:
        key = load_der_public_key(b64decode(spec.public_key, validate=True))
        signature = b64decode(call.headers.get(SIGNATURE, ""), validate=True)
        if not isinstance(key, EllipticCurvePublicKey):
            return False
        key.verify(signature, time.encode("utf-8", "replace") + call.body, ECDSA(SHA256()))
    except (ValueError, binascii.Error, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _event(spec: SendGridSpec, told: dict[str, Any], report: Report) -> Arrived:
    number = text(told.get("sg_event_id")) or " ".join(
        text(told.get(name)) for name in ("event", "sg_message_id", "email", "timestamp")
    )
    return event(spec.name, report, number)


def _report(told: dict[str, Any]) -> Report | None:
    """None for what is no failure, or none yet: SendGrid tries again by itself."""
    recipient, token = text(told.get("email")) or None, token_of(told.get("smtp-id"))
    words = text(told.get("reason"))
    match text(told.get("event")):
        case "bounce":
            drawer = text(told.get("bounce_classification"))
            usual = Reason.BLOCKED if told.get("type") == "blocked" else Reason.OTHER
            reason = _REASONS.get(drawer, usual)
            return failure(recipient, words, reason, status=text(told.get("status")), token=token)
        case "dropped":
            said = _DROPPED.get(words)
            if isinstance(said, Reason):
                return failure(recipient, "", said, token=token)
            return Report(recipient=recipient, kind=said, token=token) if said else None
        case kind if kind in _KINDS:
            return Report(recipient=recipient, kind=_KINDS[kind], token=token)
    return None
