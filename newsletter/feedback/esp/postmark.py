"""Postmark, which signs nothing: whoever calls has to bring the secret, in the address of the hook
(https://newsletter:SECRET@…, basic authentication) or in a header that is set there.

postmarkapp.com/developer: "Bounce webhook", "Spam complaint webhook", "Subscription change
webhook", "Bounce types".
"""

import binascii
import hmac
from base64 import b64decode
from typing import Any

from newsletter.feedback.esp.call import Answer, Call, Refused, Told, event, table, text, values_of
from newsletter.feedback.said import failure
from newsletter.model.feedback import Reason, Report, ReportKind
from newsletter.model.specs import PostmarkSpec

HEADER = "x-newsletter-secret"

# Types of failures, where the server's words tell no more.
_REASONS = {
    "HardBounce": Reason.NO_MAILBOX,
    "BadEmailAddress": Reason.NO_MAILBOX,
    "AddressChange": Reason.MOVED,
    "DnsError": Reason.NETWORK,  # it may be theirs, and for a moment: soft
    "SoftBounce": Reason.OTHER,
    "Undeliverable": Reason.OTHER,
    "Unknown": Reason.OTHER,
    "Blocked": Reason.BLOCKED,
    "SpamNotification": Reason.SPAM,  # a filter took it for spam; no reader said so
    "VirusNotification": Reason.VIRUS,
    "DMARCPolicy": Reason.AUTHENTICATION,
    "ManuallyDeactivated": Reason.NO_MAILBOX,  # at Postmark, by its customer: ourselves
    "ChallengeVerification": Reason.FILTERED,
}
_KINDS: dict[str, ReportKind | Reason] = {
    "SpamComplaint": ReportKind.COMPLAINT,
    "Unsubscribe": ReportKind.UNSUBSCRIBE,
    "AutoResponder": ReportKind.AUTO_REPLY,
}
# Why Postmark sends nothing more to an address ("SuppressSending").
_SUPPRESSED: dict[str, ReportKind | Reason] = {
    "HardBounce": Reason.NO_MAILBOX,
    "SpamComplaint": ReportKind.COMPLAINT,
    "ManualSuppression": ReportKind.UNSUBSCRIBE,
}


def read(spec: PostmarkSpec, call: Call) -> Answer:
    """What a call says."""
    if not _knows_the_secret(spec, call):
        return Refused("it does not bring the secret")
    told = table(values_of(call.body))
    report = _report(told)
    number = text(told.get("ID")) or f"{text(told.get('MessageID'))} {text(told.get('ChangedAt'))}"
    ids = f"{text(told.get('RecordType'))} {number}"
    return Told((event(spec.name, report, ids),) if report else ())


def _knows_the_secret(spec: PostmarkSpec, call: Call) -> bool:
    if not spec.secret:
        return False
    given = (call.headers.get(HEADER, ""), _password(call.headers.get("authorization", "")))
    return any(
        hmac.compare_digest(each.encode("utf-8", "replace"), spec.secret.encode()) for each in given
    )


def _password(header: str) -> str:
    """The password of basic authentication (RFC 7617), whoever's it is; "" where there is none."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _report(told: dict[str, Any]) -> Report | None:
    match told.get("RecordType"):
        case "Bounce" | "SpamComplaint":
            kind = text(told.get("Type"))
            return _of(told, _KINDS.get(kind, _REASONS.get(kind)), text(told.get("Email")))
        case "SubscriptionChange" if told.get("SuppressSending") is True:
            said = _SUPPRESSED.get(text(told.get("SuppressionReason")))
            return _of(told, said, text(told.get("Recipient")))
    return None


def _of(told: dict[str, Any], said: ReportKind | Reason | None, recipient: str) -> Report | None:
    """By address: Postmark replaces the Message-ID, and shows no envelope."""
    if said is None:
        return None
    if isinstance(said, ReportKind):
        return Report(recipient=recipient, kind=said)
    return failure(recipient, text(told.get("Details")), said, token=None)
