"""A mail that came back, taken apart: what is told to people, and the letter that it is about."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.feedback.mail import Headers, Mail, Part, read_headers

_LETTERS = (
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
    "text/rfc822",
)
_MAX_NOTICE = 64_000
_MAX_QUOTED = 16_000

# Where a notice ends and the letter begins, as servers without MIME say it.
_SEPARATOR = re.compile(
    r"^\W{0,30}\s?("
    r"(this is |below (this line )?is |here is |following is |the following is |attached is )?"
    r"(a |the )?(copy of )?(your |the |this )?"
    r"(copy|headers? of (your |the )?(original |returned )?|unsent|undelivered|original|returned"
    r"|rejected|failed|message text|message headers?|text of (the )?(original )?|header of the original)"
    r"[ -]{0,3}(message|mail|letter|e-?mail|headers?|text|contents?|follows?|of (the|your) (message|mail))"
    r"(?! (was|were|has|had|have|could|can|cannot|you|did|to|from|will|with|sent|that|is being|contain|relat)\w*\b)\b[^\n]{0,60}"
    r"|message (text|headers?|body|contents?)\s{0,2}(follow|is|are)[^\n]{0,40}"
    r"|(original|returned|unsent) message[^\n]{0,40}"
    r"|the (text|headers?|message|body|first)[^\n]{0,60}(follow|original message)[^\n]{0,40}"
    r"|below (this line )?(is|are)[^\n]{0,80}"
    r"|undelivered mail returned[^\n]{0,20}"
    r"|(first )?\d+ lines of the (original )?message[^\n]{0,40}"
    r"|copie du message[^\n]{0,40}|urspr[^\n]{0,6}ngliche nachricht[^\n]{0,20}|mensaje original[^\n]{0,20}"
    r")\W{0,30}$",
    re.IGNORECASE | re.MULTILINE,
)
# A letter that is quoted without a word begins with what servers write on top of it.
_HEAD = re.compile(
    r"^(?:>\s?)?(?:Return-Path: ?<|Received: ?(?:from|by|\(qmail|;)|Message-I[Dd]: ?<|X-Envelope|DKIM-Signature: ?v=)",
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
        elif part.type.startswith("text/") and _is_notice(part):
            (texts if not letters else letters).append(part.text)
    told = texts if any(text.strip() for text in texts) else [_readable(page) for page in pages]
    return told, "\n\n".join(letters)


def _is_notice(part: Part) -> bool:
    return "attachment" not in part.headers.get("content-disposition").lower() or "\n" in part.text


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
