"""Amazon SES, whose events come as messages of a topic of Amazon SNS, each with a signature.

docs.aws.amazon.com: SNS "Verifying the signatures of messages", SES "Contents of event data".
Needs the package `cryptography`.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_pem_x509_certificate

from newsletter.feedback.esp.call import (
    Answer,
    Call,
    Confirm,
    Refused,
    Told,
    event,
    rows,
    table,
    text,
    token_of,
    values_of,
)
from newsletter.feedback.said import failure
from newsletter.model.feedback import Arrived, Reason, Report, ReportKind
from newsletter.model.specs import SesSpec

Certificate = Callable[[str], bytes]
"""Fetches a certificate (PEM) from an address that was looked at."""

# What is signed, in this order; Subject only where there is one.
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED = {
    "Notification": _NOTIFICATION,
    "SubscriptionConfirmation": _CONFIRMATION,
    "UnsubscribeConfirmation": _CONFIRMATION,
}

_HASHES = {"1": SHA1, "2": SHA256}  # 1 unless a topic's attribute SignatureVersion says 2

# "Bounce types" of SES, where the server's words tell no more.
_REASONS = {
    ("Permanent", "General"): Reason.NO_MAILBOX,  # "remove the address", says SES
    ("Permanent", "NoEmail"): Reason.NO_MAILBOX,
    ("Permanent", "Suppressed"): Reason.NO_MAILBOX,  # bounced hard for somebody within two weeks
    ("Permanent", "OnAccountSuppressionList"): Reason.NO_MAILBOX,  # or complained: before, to us
    ("Transient", "MailboxFull"): Reason.FULL,
    ("Transient", "MessageTooLarge"): Reason.SIZE,
    ("Transient", "ContentRejected"): Reason.SPAM,
    ("Transient", "AttachmentRejected"): Reason.VIRUS,
    ("Transient", "CustomTimeoutExceeded"): Reason.EXPIRED,
    ("Transient", "General"): Reason.OTHER,  # often an answer of a machine
    ("Undetermined", "Undetermined"): Reason.OTHER,
}
# Lists of SES itself: its own words ("Amazon SES did not send the message …") are no server's.
_OWN_LISTS = ("Suppressed", "OnAccountSuppressionList")

# ARF's types (RFC 5965 §7.3, RFC 6650) of which only some are a reader's word against us.
_NO_COMPLAINT = ("not-spam", "auth-failure")


def read(spec: SesSpec, call: Call, certificate: Certificate) -> Answer:
    """What a call says. Nothing is fetched for another topic than ours, nor from another host than
    the topic's."""
    message = table(values_of(call.body))
    kind = text(message.get("Type"))
    if text(message.get("TopicArn")) != spec.topic:
        return Refused("another topic, or none")
    if kind not in _SIGNED:
        return Refused("no message of Amazon SNS")
    where = text(message.get("SigningCertURL"))
    if not _is_of_the_topic(where, spec.topic) or not urlsplit(where).path.endswith(".pem"):
        return Refused("its certificate is not where those of Amazon SNS are")
    if not _is_signed(message, _SIGNED[kind], certificate(where)):
        return Refused("its signature is wrong")
    if kind == "Notification":
        return Told(tuple(_events(spec, message)))
    url = text(message.get("SubscribeURL"))
    if kind == "SubscriptionConfirmation" and _is_of_the_topic(url, spec.topic):
        return Confirm(url)
    return Told(())


def _is_of_the_topic(url: str, topic: str) -> bool:
    """Whether an address is one of the topic's region: exactly that host, by https."""
    _, partition, _, region, *_ = topic.split(":")
    china = ".cn" if partition == "aws-cn" else ""
    try:
        parts = urlsplit(url)
        plain = parts.username is None and parts.port is None
    except ValueError:
        return False
    return (
        parts.scheme == "https" and plain and parts.netloc == f"sns.{region}.amazonaws.com{china}"
    )


def _is_signed(message: dict[str, Any], names: tuple[str, ...], pem: bytes) -> bool:
    """By RSA with PKCS #1 v1.5; the two versions of a signature differ in the hash."""
    digest = _HASHES.get(text(message.get("SignatureVersion")))
    try:
        key = load_pem_x509_certificate(pem).public_key()
        signature = b64decode(text(message.get("Signature")), validate=True)
        if digest is None or not isinstance(key, RSAPublicKey):
            return False
        key.verify(signature, _signed_part(message, names), PKCS1v15(), digest())
    except (ValueError, binascii.Error, InvalidSignature):
        return False
    return True


def _signed_part(message: dict[str, Any], names: tuple[str, ...]) -> bytes:
    lines = [f"{name}\n{text(message[name])}\n" for name in names if name in message]
    return "".join(lines).encode("utf-8", "surrogatepass")


def _events(spec: SesSpec, message: dict[str, Any]) -> list[Arrived]:
    told = table(values_of(text(message.get("Message"))))
    number = text(message.get("MessageId"))
    return [event(spec.name, report, f"{number}:{at}") for at, report in enumerate(_reports(told))]


def _reports(told: dict[str, Any]) -> list[Report]:
    token = _token(table(told, "mail"))
    match told.get("notificationType") or told.get("eventType"):
        case "Bounce":
            bounce = table(told, "bounce")
            return [_bounce(bounce, each, token) for each in rows(bounce.get("bouncedRecipients"))]
        case "Complaint":
            return _complaints(table(told, "complaint"), token)
        case "Reject":  # a virus in the letter, found by SES itself
            words = text(table(told, "reject").get("reason"))
            return [failure(None, words, Reason.VIRUS, token=token)]
    return []


def _complaints(complaint: dict[str, Any], token: str | None) -> list[Report]:
    if complaint.get("complaintFeedbackType") in _NO_COMPLAINT:
        return []
    recipients = [
        text(each.get("emailAddress")) for each in rows(complaint.get("complainedRecipients"))
    ]
    return [Report(recipient=each, kind=ReportKind.COMPLAINT, token=token) for each in recipients]


def _token(mail: dict[str, Any]) -> str | None:
    """SES tells the envelope that it was given, and the headers before it changed them."""
    headers = [
        each.get("value")
        for each in rows(mail.get("headers"))
        if re.fullmatch("message-id", text(each.get("name")), re.IGNORECASE)
    ]
    common = table(mail, "commonHeaders").get("messageId")
    return token_of(mail.get("source"), *headers, common)


def _bounce(bounce: dict[str, Any], recipient: dict[str, Any], token: str | None) -> Report:
    kinds = text(bounce.get("bounceType")), text(bounce.get("bounceSubType"))
    words = text(recipient.get("diagnosticCode"))
    own_list = kinds[1] in _OWN_LISTS
    return failure(
        text(recipient.get("emailAddress")) or None,
        "" if own_list else words,
        _REASONS.get(kinds, Reason.OTHER),
        status="" if own_list else text(recipient.get("status")),
        token=token,
    )
