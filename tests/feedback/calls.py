"""Calls of providers as they make them, signed with keys of the tests."""

import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509.oid import NameOID

from newsletter.feedback.esp.call import Call
from newsletter.model.specs import MailgunSpec, PostmarkSpec, SendGridSpec, SesSpec

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
TOKEN = "k7gxzlhdg3x3rs3iaaaaaaiaaaaaaaq"
MESSAGE_ID = f"daily-2026-11-22T0700-en.{TOKEN}@example.com"
RETURN_PATH = f"bounces+{TOKEN}@example.com"
ANN = "ann@example.com"
SECRET = "hush-hush"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:news"
HOST = "https://sns.eu-west-1.amazonaws.com"
CERTIFICATE = f"{HOST}/SimpleNotificationService-0a1b.pem"

MAILGUN = MailgunSpec(name="mailgun", kind="mailgun", secret=SECRET)
POSTMARK = PostmarkSpec(name="postmark", kind="postmark", secret=SECRET)
SES = SesSpec(name="ses", kind="ses", topic=TOPIC)


def call(document: object, **headers: str) -> Call:
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Call(named, json.dumps(document).encode())


# --- Amazon SES ---------------------------------------------------------------------------------


class Sns:
    """A topic with a certificate of its own."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(1)
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=1))
            .sign(self._key, SHA256())
        )
        self.pem = certificate.public_bytes(serialization.Encoding.PEM)

    def message(self, told: object, **changes: Any) -> dict[str, Any]:
        """A signed message; `changes` are signed with it, None leaves a value out."""
        message: dict[str, Any] = {
            "Type": "Notification",
            "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            "TopicArn": TOPIC,
            "Message": json.dumps(told),
            "Timestamp": "2026-11-22T07:00:00.000Z",
            "SignatureVersion": "2",
            "SigningCertURL": CERTIFICATE,
            **changes,
        }
        message = {name: value for name, value in message.items() if value is not None}
        signed = sorted(set(message) - {"SignatureVersion", "SigningCertURL", "UnsubscribeURL"})
        text = "".join(f"{name}\n{message[name]}\n" for name in signed)
        digest = SHA1() if message["SignatureVersion"] == "1" else SHA256()
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), digest)
        return {**message, "Signature": b64encode(signature).decode()}


def ses_bounce(kind: str = "Permanent", sub: str = "General", **recipient: str) -> dict[str, Any]:
    return {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": sub,
            "bouncedRecipients": [{"emailAddress": ANN, "action": "failed", **recipient}],
        },
        "mail": {"source": RETURN_PATH, "messageId": "0102-ses", "destination": [ANN]},
    }


def ses_complaint(kind: str = "abuse") -> dict[str, Any]:
    return {
        "eventType": "Complaint",
        "complaint": {
            "complaintFeedbackType": kind,
            "complainedRecipients": [{"emailAddress": ANN}],
        },
        "mail": {"headers": [{"name": "Message-ID", "value": f"<{MESSAGE_ID}>"}]},
    }


# --- Mailgun ------------------------------------------------------------------------------------


def mailgun_call(
    event: str = "failed",
    *,
    secret: str = SECRET,
    at: datetime = NOW,
    token: str = "nonce",
    **told: Any,
) -> Call:
    time = str(int(at.timestamp()))
    signature = hmac.digest(secret.encode(), (time + token).encode(), "sha256").hex()
    data = {
        "event": event,
        "id": f"event-{token}",
        "severity": "permanent",
        "reason": "bounce",
        "recipient": ANN,
        "message": {"headers": {"message-id": MESSAGE_ID}},
        **told,
    }
    signed = {"timestamp": time, "token": token, "signature": signature}
    return call({"signature": signed, "event-data": data})


# --- Postmark -----------------------------------------------------------------------------------


def postmark_call(kind: str = "HardBounce", *, secret: str = SECRET, **told: Any) -> Call:
    login = b64encode(f"newsletter:{secret}".encode()).decode()
    document = {"RecordType": "Bounce", "ID": 42, "Type": kind, "Email": ANN, **told}
    return call(document, authorization=f"Basic {login}")


# --- SendGrid -----------------------------------------------------------------------------------

_SENDGRID_KEY = ec.generate_private_key(ec.SECP256R1())
SENDGRID = SendGridSpec(
    name="sendgrid",
    kind="sendgrid",
    public_key=b64encode(
        _SENDGRID_KEY.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    ).decode(),
)


def sendgrid_call(*events: dict[str, Any], at: datetime = NOW) -> Call:
    body = json.dumps(events).encode()
    time = str(int(at.timestamp()))
    signature = _SENDGRID_KEY.sign(time.encode() + body, ec.ECDSA(SHA256()))
    headers = {
        "x-twilio-email-event-webhook-signature": b64encode(signature).decode(),
        "x-twilio-email-event-webhook-timestamp": time,
    }
    return Call(headers, body)


def sendgrid_event(kind: str = "bounce", **told: Any) -> dict[str, Any]:
    return {
        "event": kind,
        "email": ANN,
        "sg_event_id": f"id-{kind}",
        "smtp-id": f"<{MESSAGE_ID}>",
        **told,
    }
