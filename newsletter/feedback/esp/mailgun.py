"""Mailgun: an event a call, signed over a time and a token, which is good once.

documentation.mailgun.com: "Securing webhooks", "Event structure".
"""

import hmac
from datetime import datetime, timedelta
from typing import Any

from newsletter.feedback.esp.call import (
    Answer,
    Call,
    Refused,
    Told,
    event,
    table,
    text,
    token_of,
    values_of,
)
from newsletter.feedback.said import failure
from newsletter.model.feedback import Reason, Report, ReportKind
from newsletter.model.specs import MailgunSpec

# Either way: clocks differ, and a call may take a while. What is signed says nothing of the event:
# who has seen a signature could put any other under it, were the token not good once only.
_FRESH = timedelta(minutes=15)

# `reason` of what failed for good, where the server's words tell no more.
_REASONS = {
    "bounce": Reason.NO_MAILBOX,
    "suppress-bounce": Reason.NO_MAILBOX,  # on Mailgun's own list: bounced before
    "old": Reason.EXPIRED,  # tried for eight hours
    "espblock": Reason.BLOCKED,  # a large provider takes nothing from us
    "greylisted": Reason.EXPIRED,
    "generic": Reason.OTHER,
    "hardfail": Reason.OTHER,
}
# Lists of Mailgun's own, of those who have told it what they would have told us.
_LISTS = {
    "suppress-complaint": ReportKind.COMPLAINT,
    "suppress-unsubscribe": ReportKind.UNSUBSCRIBE,
}
_KINDS = {
    "complained": ReportKind.COMPLAINT,
    "unsubscribed": ReportKind.UNSUBSCRIBE,
}


def read(spec: MailgunSpec, call: Call, now: datetime) -> Answer:
    """What a call says."""
    document = values_of(call.body)
    signature = table(document, "signature")
    if not _is_signed(spec, signature):
        return Refused("its signature is wrong")
    time = text(signature.get("timestamp"))
    if not time.isdecimal() or abs(int(time[:12]) - now.timestamp()) > _FRESH.total_seconds():
        return Refused("its time is not now")
    told = table(document, "event-data")
    ids = f"token {text(signature.get('token'))}", f"event {text(told.get('id'))}"
    report = _report(told)
    return Told((event(spec.name, report, *ids),) if report else ())


def _is_signed(spec: MailgunSpec, signature: dict[str, Any]) -> bool:
    time, token = text(signature.get("timestamp")), text(signature.get("token"))
    if not (spec.secret and time and token):
        return False
    signed = hmac.digest(spec.secret.encode(), _bytes(time + token), "sha256").hex()
    return hmac.compare_digest(signed.encode(), _bytes(text(signature.get("signature"))))


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def _report(told: dict[str, Any]) -> Report | None:
    """None for what is no failure, or none yet: Mailgun tries again by itself."""
    kind, reason = text(told.get("event")), text(told.get("reason"))
    if kind == "failed":
        if told.get("severity") != "permanent":
            return None
        if reason not in _LISTS:
            return _failure(told, reason)
    said = _LISTS.get(reason) if kind == "failed" else _KINDS.get(kind)
    if said is None:
        return None
    return Report(recipient=_recipient(told), kind=said, token=_token(told))


def _failure(told: dict[str, Any], reason: str) -> Report:
    status = table(told, "delivery-status")
    words = " ".join(
        filter(None, (text(status.get(name)) for name in ("code", "message", "description")))
    )
    own_list = reason.startswith("suppress-")
    return failure(
        _recipient(told),
        "" if own_list else words,
        _REASONS.get(reason, Reason.OTHER),
        status=text(status.get("enhanced-code")),
        token=_token(told),
    )


def _recipient(told: dict[str, Any]) -> str | None:
    return text(told.get("recipient")) or None


def _token(told: dict[str, Any]) -> str | None:
    """Message-ID is ours: Mailgun keeps it, and writes it without its brackets."""
    message = table(told, "message", "headers").get("message-id")
    return token_of(table(told, "envelope").get("sender"), message)
