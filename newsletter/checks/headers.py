"""A whole message: its headers and how its parts are put together, as receivers read them."""

import re
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import lru_cache
from typing import Any

from newsletter.checks.given import Mail
from newsletter.model.finding import Finding, Level

MAX_LINE = 998  # characters without the line end (RFC 5322 §2.1.1)
_MAX_PARTS = 200
_HEAD_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_MESSAGE_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+>")
_HTTPS = re.compile(rb"<https://[^<>\s]+>", re.IGNORECASE)
_HERE = re.compile(rb"<https?://(?:127\.|localhost\b|\[::1\])", re.IGNORECASE)
_CID = re.compile(r"""cid:([^"'\s)>]+)""", re.IGNORECASE)

# RFC 5322 §3.6 and what the large receivers ask of bulk mail: what a missing one is.
_FIELDS = {
    "From": Level.ERROR,
    "To": Level.WARNING,
    "Subject": Level.ERROR,
    "Date": Level.ERROR,
    "Message-ID": Level.ERROR,
    "MIME-Version": Level.WARNING,
}


def headers(mail: Mail) -> Iterator[Finding]:
    """What is wrong with the message; nothing where there is only HTML.

    Sources: RFC 5322 (fields, lines), 2045 (MIME), 2392 (cid:), 8058 (one-click), and the sender
    guidelines of Gmail and Yahoo, which ask for the last.
    """
    if mail.message is None:
        return
    raw = _raw_fields(mail.message)
    message = parsed(mail.message)
    yield from _lines(mail.message)
    yield from _presence(raw)
    yield from _values(message, raw)
    yield from _one_click(raw)
    yield from _parts(message)
    yield from _pictures(mail, message)


@lru_cache(maxsize=4)
def parsed(content: bytes) -> EmailMessage:
    """The message as the standard library reads it; anything at all gives one."""
    parser = BytesParser(policy=policy.default)
    try:
        message = parser.parsebytes(content)
    except RecursionError:  # parts nested a thousand deep
        message = parser.parsebytes(content, headersonly=True)
    assert isinstance(message, EmailMessage)
    return message


def field(message: EmailMessage, name: str) -> str | None:
    """The text of a header, decoded; None where there is none, or none that can be read."""
    value = _asked(lambda: message[name])
    return None if value is None else str(value)


def _asked(question: Callable[[], Any]) -> Any:
    """The answer; None instead of a fault. The standard library's parsers of headers raise what
    comes (IndexError, ValueError, TypeError, AttributeError) on what they do not expect."""
    try:
        return question()
    except Exception:
        return None


def kind(part: EmailMessage) -> str:
    """The media type of a part, "text/plain" where it cannot be read (RFC 2045 §5.2)."""
    return _asked(part.get_content_type) or "text/plain"


def is_attached(part: EmailMessage) -> bool:
    """Whether a part is a file that goes with the mail, and not what is read (RFC 2183)."""
    return bool(_asked(part.get_content_disposition) == "attachment")


def text_of(part: EmailMessage) -> str:
    """The text of a part, decoded; what cannot be is replaced."""
    content = _asked(lambda: part.get_payload(decode=True))
    charset = _asked(part.get_content_charset) or "utf-8"
    if not isinstance(content, bytes):
        return ""
    known = _asked(lambda: content.decode(str(charset), "replace"))
    return known if isinstance(known, str) else content.decode("utf-8", "replace")


def _raw_fields(content: bytes) -> list[tuple[str, bytes]]:
    """Names in lower case and values as they stand, folds and all."""
    head = content[: found.start()] if (found := _HEAD_END.search(content)) else content
    lines = re.split(rb"\r\n(?![ \t])|(?<!\r)\n(?![ \t])", head)
    pairs = (line.partition(b":") for line in lines)
    return [(n.decode("latin-1").strip().lower(), v.strip()) for n, colon, v in pairs if colon]


def _lines(content: bytes) -> Iterator[Finding]:
    longest = max(map(len, re.split(rb"[\r\n]+", content)))
    if longest > MAX_LINE:
        yield _error("line-long", f"a line has {longest:,} bytes; RFC 5322 allows {MAX_LINE}: "
                     "encode the part as quoted-printable")  # fmt: skip
    if b"\r\n" in content and _BARE.search(content):
        yield _error("line-ends", "some lines end in a bare CR or LF: servers refuse that or take "
                     "what follows for another mail; end all in CRLF")  # fmt: skip
    head = content[: found.start()] if (found := _HEAD_END.search(content)) else content
    if not head.isascii():
        yield _error("header-8bit", "a header holds bytes that are no ASCII: many servers refuse "
                     "or damage them; write encoded words (RFC 2047)")  # fmt: skip


def _presence(raw: list[tuple[str, bytes]]) -> Iterator[Finding]:
    names = [name for name, _ in raw]
    for name, level in _FIELDS.items():
        count = names.count(name.lower())
        if count == 0:
            yield Finding(
                level=level, code="header-missing", message=f"there is no {name}; write one"
            )
        elif count > 1:
            yield _error("header-twice", f"{name} stands {count} times; receivers refuse that: "
                         "leave one")  # fmt: skip


def _values(message: EmailMessage, raw: list[tuple[str, bytes]]) -> Iterator[Finding]:
    names = {name for name, _ in raw}
    for name, is_right in _RIGHT.items():
        if name.lower() in names and not is_right(message, name):
            yield _error("header-broken", f"{name} cannot be read ({field(message, name)!r:.80}); "
                         f"write it as RFC 5322 says")  # fmt: skip


def _is_address(message: EmailMessage, name: str) -> bool:
    addresses = _asked(lambda: message[name].addresses) or ()
    return bool(addresses) and all(each.username and each.domain for each in addresses)


def _are_recipients(message: EmailMessage, name: str) -> bool:
    """Addresses, or a group that names nobody: "undisclosed-recipients:;" (RFC 5322 §3.4)."""
    groups = _asked(lambda: message[name].groups) or ()
    return (
        bool(groups)
        and all(each.username and each.domain for group in groups for each in group.addresses)
        and all(group.addresses or group.display_name for group in groups)
    )


def _is_date(message: EmailMessage, name: str) -> bool:
    return _asked(lambda: message[name].datetime) is not None


def _is_message_id(message: EmailMessage, name: str) -> bool:
    return _MESSAGE_ID.fullmatch((field(message, name) or "").strip()) is not None


_RIGHT = {
    "From": _is_address,
    "To": _are_recipients,
    "Date": _is_date,
    "Message-ID": _is_message_id,
}


def _one_click(raw: list[tuple[str, bytes]]) -> Iterator[Finding]:
    fields = dict(raw)
    way, post = fields.get("list-unsubscribe"), fields.get("list-unsubscribe-post")
    if way is None:
        yield _warning("list-unsubscribe", "there is no List-Unsubscribe: large providers ask for "
                       "it in bulk mail, and show its button; write one")  # fmt: skip
        return
    if b"=?" in way:
        yield _error("list-unsubscribe", "List-Unsubscribe is encoded, and programs do not find "
                     "its address; write it as it is (RFC 2369 §2)")  # fmt: skip
    elif _HERE.search(way):
        yield _hint("list-unsubscribe", "List-Unsubscribe leads to the machine that sends; before "
                    "real readers get it, set an address that they can reach")  # fmt: skip
    elif not _HTTPS.search(way):
        yield _warning("list-unsubscribe", "List-Unsubscribe has no <https://…>: one-click needs "
                       "one (RFC 8058)")  # fmt: skip
    if post is None or post.lower() != b"list-unsubscribe=one-click":
        yield _warning("list-unsubscribe-post", "List-Unsubscribe-Post must be exactly "
                       "List-Unsubscribe=One-Click (RFC 8058 §3.1)")  # fmt: skip


def all_parts(message: EmailMessage) -> list[EmailMessage]:
    """The parts of a message that hold something, the first 200, whatever their order."""
    found: list[EmailMessage] = []
    waiting = [message]
    while waiting and len(found) < _MAX_PARTS:
        part = waiting.pop(0)
        inside = part.get_payload() if part.is_multipart() else None
        if isinstance(inside, list):
            waiting[:0] = [each for each in inside if isinstance(each, EmailMessage)]
        else:
            found.append(part)
    return found


def _parts(message: EmailMessage) -> Iterator[Finding]:
    parts = all_parts(message)
    kinds = [kind(part) for part in parts if not is_attached(part)]
    both = {"text/plain", "text/html"} <= set(kinds)
    if both and kinds.index("text/html") < kinds.index("text/plain"):
        yield _error("part-order", "text/plain stands after text/html: programs show the last "
                     "part, the text; put it first (RFC 2046 §5.1.4)")  # fmt: skip
    for part in parts:
        encoding = (field(part, "Content-Transfer-Encoding") or "7bit").strip().lower()
        if kind(part).startswith("text/") and encoding in ("8bit", "binary"):
            yield _warning("part-encoding", f"{kind(part)} travels as {encoding}: a "
                           "relay may encode it anew and break its signature; use "
                           "quoted-printable")  # fmt: skip


def _pictures(mail: Mail, message: EmailMessage) -> Iterator[Finding]:
    attached = {
        (field(part, "Content-ID") or "").strip().strip("<>") for part in all_parts(message)
    }
    shown = set(_CID.findall(mail.html))
    for cid in sorted(shown - attached):
        yield _error("cid-missing", f"the HTML shows cid:{cid[:80]}, and no part has that "
                     "Content-ID; attach the picture")  # fmt: skip
    for cid in sorted(attached - shown - {""}):
        yield Finding(
            level=Level.HINT,
            code="cid-unused",
            message=f"a picture is attached as {cid[:80]}, and the HTML does not show it; leave it "
            "out",
        )


def _error(code: str, message: str) -> Finding:
    return Finding(level=Level.ERROR, code=code, message=message)


def _warning(code: str, message: str) -> Finding:
    return Finding(level=Level.WARNING, code=code, message=message)


def _hint(code: str, message: str) -> Finding:
    return Finding(level=Level.HINT, code=code, message=message)
