"""A mail that came back, taken apart: what is told to people, and the letter that it is about."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.feedback.mail import Headers, Mail, read_headers

_LETTERS = (
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "text/rfc822-header",
    "message/rfc822-headers",
    "message/global-headers",
    "text/rfc822",
)
_MAX_NOTICE = 64_000
_MAX_QUOTED = 16_000

# Where a notice ends and the letter begins, as servers without MIME say it: whole lines.
_REST = r"[^\n]{0,80}"
_SEPARATORS = (
    (
        r"((this|below( this line)?|here|following|the following|attached) is )?(a |the )?"
        r"(copy of )?(your |the |this )?(copy|headers? of (your |the )?(original |returned )?"
        r"|unsent|undelivered|original|returned|rejected|failed|text of (the )?(original )?"
        r"|header of the original)"
        r"[ -]{0,3}(message|mail|letter|e-?mail|headers?|text|contents?|follows?"
        r"|of (the|your) message)"
        # "The original message was received at …" goes on with the notice.
        rf"(?! (was|were|ha[sd]|have|could|can|you|did|to|from|will|with|sent|that|is being|contain"
        rf"|relat)\w*\b)\b{_REST}"
    ),
    rf"message (text|headers?|body|contents?)\s{{0,2}}(follow|is|are){_REST}",
    rf"the (text|headers?|message|body|first){_REST}(follow|original message){_REST}",
    rf"below (this line )?(is|are){_REST}|undelivered mail returned{_REST}",
    rf"(first )?\d+ lines of the (original )?message{_REST}",
    rf"copie du message{_REST}|urspr.{{0,6}}ngliche nachricht{_REST}|mensaje original{_REST}",
)
_SEPARATOR = re.compile(
    rf"^\W{{0,30}}\s?({'|'.join(_SEPARATORS)})\W{{0,30}}$", re.IGNORECASE | re.MULTILINE
)
# A letter that is quoted without a word begins with what servers write on top of it.
_HEAD = re.compile(
    r"^(?:>\s?)?(?:Return-Path: ?<|Received: ?(?:from|by|\(qmail|;)|Message-I[Dd]: ?<|X-Envelope"
    r"|DKIM-Signature: ?v=)",
    re.MULTILINE,
)
_HIDDEN = re.compile(r"(?i)</?(?:style|script|head|title)\b[^>]{0,200}>")
_BREAK = re.compile(r"(?i)</?(?:br|p|div|tr|li|h\d|table|pre|td|ul|hr)\b[^>]{0,400}>")
_TAG = re.compile(r"<[!/a-zA-Z][^>]{0,1000}>")


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told (`text`), and what can be known of the letter: its headers, and as text."""

    text: str
    letter: Headers
    quoted: str


def read_notice(mail: Mail) -> Notice:
    """The notice in a mail, and the headers of the letter that it is about, however it is given."""
    texts, after = _around_the_letter(mail)
    told, quoted = _cut("\n".join(texts)[:_MAX_NOTICE])
    quoted = (after or quoted)[:_MAX_QUOTED]
    return Notice(told, _first_headers(quoted), quoted)


def _around_the_letter(mail: Mail) -> tuple[list[str], str]:
    """What stands before the letter, and the letter where it has a part of its own."""
    texts, pages, letters = list[str](), list[str](), list[str]()
    for part in mail.parts:
        if part.type in _LETTERS:
            letters.append(part.text)
        elif part.type == "text/html":
            pages.append(part.text)
        elif part.type.startswith("text/"):
            (letters or texts).append(part.text)
    told = texts if any(text.strip() for text in texts) else [_readable(page) for page in pages]
    return told, "\n\n".join(letters)


def _cut(text: str) -> tuple[str, str]:
    """The notice and the letter that is quoted below it."""
    starts = [found for found in (_SEPARATOR.search(text), _HEAD.search(text)) if found]
    starts = [found for found in starts if text[: found.start()].strip()]
    if not starts:
        return text, ""
    first = min(starts, key=lambda found: found.start())
    below = first.end() if first.re is _SEPARATOR else first.start()
    return text[: first.start()], text[below:]


def _first_headers(text: str) -> Headers:
    """The headers at the beginning of a letter; empty lines and quote marks may stand before."""
    for block in re.sub(r"(?m)^> ?", "", text.strip("\n")).split("\n\n")[:6]:
        headers = read_headers(block.strip("\n"))
        if {"to", "from", "subject", "message-id", "date"} & {name for name, _ in headers.fields}:
            return headers
    return Headers()


def _readable(page: str) -> str:
    """A page's words, a line for each block."""
    shown = "".join(_shown(page))
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", shown)))
    return re.sub(r"[ \t]+", " ", text)


def _shown(page: str) -> Iterator[str]:
    """What stands outside of styles and scripts, which are not to be read."""
    body = re.split(r"(?i)<body\b", page, maxsplit=1)[-1]
    yield from _HIDDEN.split(body)[::2]
