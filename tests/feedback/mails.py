"""Mails as servers, readers and their programs send them, with defaults."""

from collections.abc import Mapping

TOKEN = "k7mzq4tn2xw6apf3bvd5hyue7m"
OURS = "bounces@meridian.example"
VERP = f"bounces+{TOKEN}@meridian.example"
READER = "jane@reader.example"
LETTER = f"""\
Return-Path: <{VERP}>
From: The Meridian <news@meridian.example>
To: {READER}
Subject: Five stories of the week
Message-ID: <e42.{TOKEN}@meridian.example>
Date: Sun, 22 Nov 2026 07:00:00 +0000

Mail servers answer "550 5.1.1 user unknown" when <nobody@other.example> is gone.
"""


def mail(body: str = "", **fields: str) -> bytes:
    """A mail; underscores in names of fields stand for hyphens, "" leaves a field out."""
    given = {"From": "Mail Delivery System <MAILER-DAEMON@mx.example>", "To": OURS, **fields}
    head = (f"{name.replace('_', '-')}: {value}\n" for name, value in given.items() if value)
    return ("".join(head) + "\n" + body).encode()


def answer(body: str, subject: str = "Re: Five stories of the week", **fields: str) -> bytes:
    """A mail that a person wrote."""
    given = {"From": f"Jane <{READER}>", "Return_Path": f"<{READER}>", "Subject": subject, **fields}
    return mail(body, **given)


def notice(told: str, letter: str = LETTER, **fields: str) -> bytes:
    """A report in plain words, the letter below it."""
    given = {"Subject": "Undelivered Mail Returned to Sender", **fields}
    return mail(f"{told}\n\n--- Below this line is a copy of the message.\n\n{letter}", **given)


def multipart(
    *parts: str, kind: str = "report; report-type=delivery-status", **fields: str
) -> bytes:
    """A mail of several parts, each with its own fields on top."""
    body = "".join(f"--=_b\n{part}\n" for part in parts) + "--=_b--\n"
    return mail(body, **{"Content_Type": f'multipart/{kind}; boundary="=_b"', **fields})


def dsn(
    *recipients: Mapping[str, str],
    told: str = "Your message could not be delivered.",
    letter: str = LETTER,
    **fields: str,
) -> bytes:
    """A delivery status notification (RFC 3464)."""
    blocks = ["Reporting-MTA: dns; mx.example"]
    blocks += ["\n".join(f"{name}: {value}" for name, value in each.items()) for each in recipients]
    return multipart(
        f"Content-Type: text/plain; charset=utf-8\n\n{told}\n",
        "Content-Type: message/delivery-status\n\n" + "\n\n".join(blocks) + "\n",
        f"Content-Type: message/rfc822\n\n{letter}",
        **fields,
    )


def failed(
    diagnostic: str = "550 5.1.1 user unknown", status: str = "5.1.1", **more: str
) -> dict[str, str]:
    """The fields of a recipient, as RFC 3464 §2.3 has them; "" leaves one out."""
    given = {
        "Final-Recipient": f"rfc822; {READER}",
        "Action": "failed",
        "Status": status,
        "Diagnostic-Code": f"smtp; {diagnostic}" if diagnostic else "",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return {name: value for name, value in given.items() if value}


def feedback(kind: str = "abuse", letter: str = LETTER, **more: str) -> bytes:
    """A feedback report (RFC 5965)."""
    given = {"Feedback-Type": kind, "User-Agent": "Loop/1.0", "Version": "1"}
    given |= {name.replace("_", "-"): value for name, value in more.items()}
    return multipart(
        "Content-Type: text/plain\n\nThis is an email abuse report.\n",
        "Content-Type: message/feedback-report\n\n"
        + "".join(f"{name}: {value}\n" for name, value in given.items()),
        f"Content-Type: message/rfc822\n\n{letter}",
        kind="report; report-type=feedback-report",
        From="Feedback <fbl@provider.example>",
        Subject="Email abuse report",
    )
