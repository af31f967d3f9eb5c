"""Notice → message: one letter to one person, which is no bulk mail and no answer to anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from newsletter.delivery.compile import configured, named, parts_of
from newsletter.delivery.headers import ascii_address, mailbox, unstructured
from newsletter.model.delivery import Message
from newsletter.model.letter import Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeHeaders:
    """What stands around every notice. `bounces` is the base of the return path; without it what
    cannot be delivered comes back to the sender."""

    sender_name: str
    sender_address: str
    message_domain: str
    reply_to: str | None = None
    bounces: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


def notice_message(
    letter: Letter, headers: NoticeHeaders, *, email: str, number: int, token: str, date: datetime
) -> Message:
    """The message of a notice: the same at every try. `token` names it when it comes back.

    Unaddressable when mail cannot reach the address; HeaderFault or LetterFault as for letters.
    """
    boundary = f"=_{token}"
    message_id = f"notice-{number}.{token}@{headers.message_domain}"
    reply_to = mailbox("Reply-To", None, headers.reply_to) if headers.reply_to else ""
    head = (
        mailbox("From", headers.sender_name, headers.sender_address)
        + reply_to
        + mailbox("To", None, email)
        + unstructured("Subject", letter.subject)
        + f"Date: {format_datetime(date.replace(microsecond=0))}\r\n"
        + f"Message-ID: <{message_id}>\r\n"
        # RFC 3834 §5: so that no absent reader's program answers it.
        + "Auto-Submitted: auto-generated\r\n"
        + "".join(configured(name, value) for name, value in headers.extra.items())
        + "MIME-Version: 1.0\r\n"
        + f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
    )
    return Message(
        sender=_return_path(headers, token),
        recipient=ascii_address(email),
        content=head.encode("ascii") + parts_of(letter, boundary),
        message_id=message_id,
        dotless=True,  # quoted-printable writes no such dot
    )


def _return_path(headers: NoticeHeaders, token: str) -> str:
    if not headers.bounces:
        return ascii_address(headers.sender_address)
    return named(ascii_address(headers.bounces), token)
