"""The token that we wrote into return path and Message-ID, found again in what came back."""

import re
from collections.abc import Iterable, Iterator

from newsletter.feedback.mail import Headers, Mail, read_headers

_VERP = re.compile(r"[^\s<>@,;:\"+]{1,64}\+([A-Za-z0-9_-]{8,64})@[\w.-]")
_MESSAGE_ID = re.compile(r"<?[^\s<>@]{1,200}\.([A-Za-z2-7]{24,40})@[\w.-]")
# Where a mail says whom it was delivered to: never what a reader wrote as his own address.
_DELIVERED = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-delivered-to",
    "x-rcpt-to",
    "x-forwarded-to",
    "to",
    "cc",
)
_RETURN = (
    "return-path",
    "x-original-return-path",
    "x-envelope-from",
    "x-mail-from",
    "original-mail-from",
    "errors-to",
    "sender",
    "x-sender",
)
_IDS = ("message-id", "x-message-id", "original-message-id", "x-original-message-id")
_ANSWERED = ("references", "in-reply-to")
_FOR = re.compile(r"\bfor\s+<([^<>\s]{3,200})>")
_ENVELOPE_FROM = re.compile(r"envelope-from\s*[=:]?\s*\"?<?([^<>\s\")]{3,200})", re.IGNORECASE)
_IN_TEXT = re.compile(
    r"(?:return-path|envelope-from|mail from|message-id|x-?sender)\b[^\n]{0,20}?"
    r"<?([^\s<>]{3,250}@[\w.-]{1,100})",
    re.IGNORECASE,
)


def token_in(mail: Mail) -> str | None:
    """The token of ours that a mail carries, as it stands there; None where there is none.

    First where the mail was delivered to, which is our return path; then what it says of the
    letter that came back, whole, in headers, or quoted.
    """
    return next(_tokens(mail), None)


def _tokens(mail: Mail) -> Iterator[str]:
    yield from _in(_VERP, mail.headers.all(*_DELIVERED))
    yield from _in(_VERP, (f for v in mail.headers.all("received") for f in _FOR.findall(v)))
    for part in mail.parts:
        yield from _of_letter(read_headers(part.text.lstrip("\n")))
    yield from _in(_MESSAGE_ID, mail.headers.all(*_ANSWERED))
    for part in mail.parts:
        quoted = [found[1] for found in _IN_TEXT.finditer(part.text)]
        yield from _in(_VERP, quoted)
        yield from _in(_MESSAGE_ID, quoted)


def _of_letter(headers: Headers) -> Iterator[str]:
    yield from _in(_VERP, headers.all(*_RETURN))
    received = headers.all("received", "received-spf", "authentication-results")
    yield from _in(_VERP, (f for v in received for f in _ENVELOPE_FROM.findall(v)))
    yield from _in(_MESSAGE_ID, headers.all(*_IDS))


def _in(pattern: re.Pattern[str], texts: Iterable[str]) -> Iterator[str]:
    return (found[1] for text in texts for found in pattern.finditer(text))
