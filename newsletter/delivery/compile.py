"""Letter → compiled letter → message: what is the same for all readers is encoded once.

A reader's message is then a join of byte segments: a hundredth of what building it anew costs.
The same letter, headers and key compile to the same bytes again, so that a message can be sent
a second time, after a crash, under the Message-ID of the first.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from newsletter.delivery import quoted_printable
from newsletter.delivery.headers import (
    HeaderFault,
    addressed,
    ascii_address,
    list_id,
    mailbox,
    unstructured,
    verbatim,
)
from newsletter.lib.addresses import MAX_LOCAL_PART, ascii_domain
from newsletter.lib.errors import NewsletterError
from newsletter.lib.text import printable
from newsletter.model.delivery import Message
from newsletter.model.letter import Attachment, Letter, Personal

_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_CID = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*(@[A-Za-z0-9.-]+)?")
_IMAGE_TYPE = re.compile(r"image/[a-z0-9][a-z0-9.+-]*")
_OURS = re.compile(
    "from|sender|to|cc|bcc|subject|date|message-id|reply-to|return-path|list-id"
    "|list-unsubscribe(-post)?|precedence|feedback-id|auto-submitted|mime-version|content-.*",
    re.IGNORECASE,
)
_BASE64_LINE = 76

Piece = bytes | Personal


class LetterFault(NewsletterError):
    """A letter cannot be made into messages; it is the rendering's fault, not a reader's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterHeaders:
    """What stands around every message of an edition.

    `bounces` is the base of the return path (bounces@… → bounces+TOKEN@…); without it mails come
    back to `sender_address`. `unsubscribe_base` and a token together are the address that takes
    the one-click POST (RFC 8058); `unsubscribe_mailto` is a mailbox for readers' programs that
    know only that. `extra` are fields as configured, written as they are.
    """

    sender_name: str
    sender_address: str
    list_id: str
    message_domain: str
    unsubscribe_base: str
    list_name: str = ""
    reply_to: str | None = None
    bounces: str | None = None
    unsubscribe_mailto: str | None = None
    feedback_id: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledLetter:
    """An edition's bytes with slots. `opening` precedes the To field, `fixed` follows it."""

    id_part: str
    message_domain: str
    return_path: str
    verp: bool
    unsubscribe_base: str
    unsubscribe_mailto: str | None
    opening: str
    fixed: str
    body: tuple[Piece, ...]

    def message_for(
        self,
        *,
        email: str,
        name: str | None,
        token: str,
        personal: Mapping[Personal, str],
        date: datetime,
    ) -> Message:
        """The message to one reader.

        `token` stands for the reader in Message-ID and return path; `personal` are the tokens in
        links. `date` (aware) is the time of the first try: it stays when the message is sent
        again. Unaddressable when mail cannot reach the address.
        """
        recipient = ascii_address(email)
        message_id = f"{self.id_part}.{_opaque(token)}@{self.message_domain}"
        head = (
            f"{self.opening}{addressed('To', name, recipient)}"
            f"Date: {_date(date.replace(microsecond=0))}\r\nMessage-ID: <{message_id}>\r\n"
            f"{self._unsubscribe(personal[Personal.UNSUBSCRIBE])}{self.fixed}"
        )
        values = {slot: quoted_printable.value(token) for slot, token in personal.items()}
        return Message(
            sender=named(self.return_path, token) if self.verp else self.return_path,
            recipient=recipient,
            content=b"".join((head.encode("ascii"), *_filled(self.body, values))),
            message_id=message_id,
            dotless=True,  # quoted-printable writes no such dot, and nothing else could
        )

    def _unsubscribe(self, token: str) -> str:
        ways = f"<{self.unsubscribe_base}{_opaque(token)}>"
        if self.unsubscribe_mailto:
            ways += f", <mailto:{self.unsubscribe_mailto}?subject=unsubscribe%20{token}>"
        return (
            verbatim("List-Unsubscribe", ways)
            + "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        )


def compile_letter(letter: Letter, headers: LetterHeaders, *, key: str) -> CompiledLetter:
    """The letter encoded once for all its readers.

    `key` names the edition ("daily-2026-11-22T0700-en"): boundaries and Message-IDs derive from
    it. HeaderFault, Unaddressable (a sender's address) or LetterFault when it cannot be done.
    """
    boundary = f"=_{_digest(key)}"  # "=_" cannot stand in quoted-printable nor in base64
    return CompiledLetter(
        id_part=key if _TOKEN.fullmatch(key) else _digest(key),
        message_domain=_checked_domain(headers.message_domain),
        return_path=ascii_address(headers.bounces or headers.sender_address),
        verp=headers.bounces is not None,
        unsubscribe_base=headers.unsubscribe_base,
        unsubscribe_mailto=headers.unsubscribe_mailto and ascii_address(headers.unsubscribe_mailto),
        opening=_opening(letter, headers),
        fixed=_fixed(headers, boundary),
        body=tuple(_merged(_alternative(letter, boundary))),
    )


def parts_of(letter: Letter, boundary: str) -> bytes:
    """The two parts of a letter without slots. LetterFault when there is one."""
    pieces = tuple(_merged(_alternative(letter, boundary)))
    if not all(isinstance(piece, bytes) for piece in pieces):
        raise LetterFault("a letter to one person has a slot for what is personal")
    return b"".join(piece for piece in pieces if isinstance(piece, bytes))


def named(return_path: str, token: str) -> str:
    """A return path that names what comes back by it: bounces@… → bounces+TOKEN@…."""
    local, _, domain = return_path.rpartition("@")
    if len(local) + 1 + len(token) > MAX_LOCAL_PART:
        raise LetterFault(
            f"{local}+{token}@{domain} is too long for a return path:"
            f" {MAX_LOCAL_PART} characters before the @ (RFC 5321 §4.5.3.1.1)"
        )
    return f"{local}+{token}@{domain}"


def size_of(compiled: CompiledLetter) -> int:
    """The bytes of a typical message, for reckoning how much room an edition takes."""
    message = compiled.message_for(
        email="somebody.typical@subscriber.example",
        name="Somebody Typical",
        token="t" * 24,
        personal=dict.fromkeys(Personal, "t" * 40),
        date=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return len(message.content)


def _opening(letter: Letter, headers: LetterHeaders) -> str:
    reply_to = mailbox("Reply-To", None, headers.reply_to) if headers.reply_to else ""
    return (
        mailbox("From", headers.sender_name, headers.sender_address)
        + reply_to
        + unstructured("Subject", letter.subject)
    )


def _fixed(headers: LetterHeaders, boundary: str) -> str:
    # Auto-Submitted is left out on purpose: some servers answer nothing to it, some drop it.
    feedback_id = verbatim("Feedback-ID", headers.feedback_id) if headers.feedback_id else ""
    return (
        list_id(headers.list_name, headers.list_id)
        + "Precedence: bulk\r\n"
        + feedback_id
        + "".join(configured(name, value) for name, value in headers.extra.items())
        + "MIME-Version: 1.0\r\n"
        + f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
    )


def configured(name: str, value: str) -> str:
    """A field of the configuration; HeaderFault for one that is ours to write."""
    if _OURS.fullmatch(name):
        raise HeaderFault(f"transport.headers: {name} is written by the program; leave it out")
    return verbatim(name, value)


def _alternative(letter: Letter, boundary: str) -> Iterator[Piece]:
    yield f"--{boundary}\r\n".encode()
    yield from _text_part("plain", letter.text, letter.marker)
    yield f"\r\n--{boundary}\r\n".encode()
    yield from _related(letter, f"{boundary}_r") if letter.attachments else _html_part(letter)
    yield f"\r\n--{boundary}--\r\n".encode()


def _related(letter: Letter, boundary: str) -> Iterator[Piece]:
    """The HTML with its pictures (RFC 2387)."""
    yield (
        f'Content-Type: multipart/related; type="text/html"; boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\n"
    ).encode()
    yield from _html_part(letter)
    for attachment in letter.attachments:
        yield f"\r\n--{boundary}\r\n".encode()
        yield _picture(attachment)
    yield f"\r\n--{boundary}--\r\n".encode()


def _html_part(letter: Letter) -> Iterator[Piece]:
    return _text_part("html", letter.html, letter.marker)


def _text_part(subtype: str, text: str, marker: str) -> Iterator[Piece]:
    yield (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()
    pieces = printable(text).split(marker)
    if len(pieces) % 2 == 0:
        raise LetterFault(f"the {subtype} part has half a slot: a marker without its other end")
    for index, piece in enumerate(pieces):
        if index % 2:
            yield _slot(piece, subtype)
        else:
            last = index == len(pieces) - 1
            yield quoted_printable.literal(piece, after_slot=index > 0, before_slot=not last)


def _slot(name: str, subtype: str) -> Personal:
    try:
        return Personal(name)
    except ValueError:
        known = ", ".join(Personal)
        raise LetterFault(
            f"the {subtype} part has a slot {name[:40]!r}; there are only: {known}"
        ) from None


def _picture(attachment: Attachment) -> bytes:
    if not _CID.fullmatch(attachment.cid) or not _IMAGE_TYPE.fullmatch(attachment.mime):
        raise LetterFault(
            f"the picture {attachment.cid!r} ({attachment.mime!r}) cannot be attached:"
            " its Content-ID or its type is not well formed"
        )
    stem = attachment.cid.partition("@")[0]
    suffix = attachment.mime.partition("/")[2].partition("+")[0]
    name = stem if "." in stem else f"{stem}.{suffix}"  # without one Gmail shows "noname"
    head = (
        f"Content-Type: {attachment.mime}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{attachment.cid}>\r\n"
        f'Content-Disposition: inline; filename="{name}"\r\n\r\n'
    )
    return head.encode() + _base64_lines(attachment.content)


def _base64_lines(content: bytes) -> bytes:
    encoded = b64encode(content)
    return b"\r\n".join(
        encoded[start : start + _BASE64_LINE] for start in range(0, len(encoded), _BASE64_LINE)
    )


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbouring bytes as one: a message is joined of as few segments as there can be."""
    gathered: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, bytes):
            gathered.append(piece)
        else:
            yield b"".join(gathered)
            yield piece
            gathered = []
    yield b"".join(gathered)


def _filled(body: tuple[Piece, ...], values: Mapping[Personal, bytes]) -> Iterator[bytes]:
    return (piece if isinstance(piece, bytes) else values[piece] for piece in body)


@lru_cache(maxsize=16)
def _date(date: datetime) -> str:
    """As RFC 5322 §3.3 writes it; hundreds of messages carry the same second."""
    return format_datetime(date)


def _opaque(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise ValueError(f"not an opaque token of A-Z a-z 0-9 _ -: {token!r}")
    return token


def _checked_domain(text: str) -> str:
    domain = ascii_domain(text)
    if domain is None:
        raise HeaderFault(f"Message-ID: {text!r} is not a domain")
    return domain


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:24]
