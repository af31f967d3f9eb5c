"""What Amazon SES reports through SNS, where SNS was told to send it as mail."""

import json
import re
from collections.abc import Iterator
from typing import Any

from newsletter.feedback.addresses import first_address
from newsletter.feedback.failure import Failure
from newsletter.feedback.mail import Mail
from newsletter.model.feedback import Report, ReportKind

_SENDER = re.compile(r"no-reply@sns\.([\w-]+\.)?amazonaws\.com", re.IGNORECASE)
_MAX_RECIPIENTS = 100


def is_notification(mail: Mail) -> bool:
    """Whether a mail is a notification of SNS, of whatever."""
    return _SENDER.search(mail.headers.get("from")) is not None


def failures_of(mail: Mail) -> tuple[Failure, ...]:
    """The readers whom a letter did not reach; SES takes the suppressed for failed too."""
    bounce = _document(mail).get("bounce")
    return tuple(
        Failure(
            recipients=(address,),
            words=_text(each, "diagnosticCode").removeprefix("smtp;").strip(),
            status=_text(each, "status"),
            late=_text(each, "action") == "delayed",
        )
        for address, each in _people(bounce, "bouncedRecipients")
    )


def complaints_of(mail: Mail, token: str | None) -> tuple[Report, ...]:
    """The readers who complained, but for those who took it back."""
    complaint = _document(mail).get("complaint")
    if _text(complaint, "complaintFeedbackType") in ("not-spam", "auth-failure"):
        return ()
    return tuple(
        Report(recipient=address, kind=ReportKind.COMPLAINT, token=token)
        for address, _ in _people(complaint, "complainedRecipients")
    )


def _document(mail: Mail) -> dict[str, Any]:
    """The notification, which begins the text; {} where there is none. SNS writes on below it."""
    text = mail.parts[0].text if mail.parts else ""
    try:
        found, _ = json.JSONDecoder().raw_decode(text.replace("\n", "").lstrip())
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _people(told: object, name: str) -> Iterator[tuple[str, object]]:
    people = told.get(name) if isinstance(told, dict) else None
    for each in people[:_MAX_RECIPIENTS] if isinstance(people, list) else ():
        address = first_address(_text(each, "emailAddress"))
        if address:
            yield address, each


def _text(told: object, name: str) -> str:
    value = told.get(name) if isinstance(told, dict) else None
    return value if isinstance(value, str) else ""
