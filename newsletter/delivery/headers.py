"""Header fields as bytes on the wire: ASCII, folded where they may be, never where they may not.

Whatever is in a name or a subject, one field comes out: no line end and no control survives.
"""

import re
import textwrap

from newsletter.lib.addresses import MAX_ADDRESS, ascii_domain, is_local_part
from newsletter.lib.errors import NewsletterError
from newsletter.lib.text import one_line

MAX_LINE = 998  # RFC 5322 §2.1.1, without CRLF

_FOLD_AT = 76  # RFC 2047 §2: no line with an encoded word is longer
_AROUND_WORD = len("=?utf-8?q??=")
_PLAIN_WORD = 60  # a longer one cannot be folded decently
_PHRASE = re.compile(r"[A-Za-z0-9!*+/ -]")  # RFC 2047 §5 (3): what a Q word in a phrase may hold
_FIELD_NAME = re.compile(r"[!-9;-~]+")  # RFC 5322 §2.2
_PRINTABLE_ASCII = re.compile(r"[\x20-\x7e]*")
_SPECIAL = re.compile(r'(["\\])')


class HeaderFault(NewsletterError):
    """A configured header cannot be written as it is."""


class Unaddressable(NewsletterError):
    """Nothing can be sent to (or from) this address."""


def ascii_address(address: str) -> str:
    """The address as SMTP without SMTPUTF8 carries it; Unaddressable when there is none."""
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        raise Unaddressable(f"{address!r}: letters outside ASCII before the @ cannot be mailed")
    host = ascii_domain(domain)
    if host is None or not is_local_part(local):
        raise Unaddressable(f"{address!r} is not an address that mail can be sent to")
    whole = f"{local}@{host}"
    if len(whole) > MAX_ADDRESS:
        raise Unaddressable(f"{address!r} is longer than {MAX_ADDRESS} characters")
    return whole


def mailbox(field: str, name: str | None, address: str) -> str:
    """`field: "Name" <address>`, the name quoted or in encoded words, ending in CRLF."""
    return addressed(field, name, ascii_address(address))


def addressed(field: str, name: str | None, address: str) -> str:
    """The same for an address that `ascii_address` gave."""
    return _named(field, name, address, bare=True)


def list_id(name: str, identifier: str) -> str:
    """The List-Id field (RFC 2919): a name for people, an identifier like a domain."""
    if ascii_domain(identifier) is None:
        raise HeaderFault(f"List-Id: {identifier!r} must look like a domain")
    return _named("List-Id", name, identifier, bare=False)


def unstructured(field: str, text: str) -> str:
    """`field: text` for a text such as a subject, folded, ending in CRLF."""
    line = one_line(text)
    if _plain(line) and max(map(len, line.split(" "))) <= _PLAIN_WORD:
        return _folded(f"{field}: {line}") + "\r\n"
    return f"{field}: {_encoded(line, field)}\r\n"


def verbatim(field: str, value: str) -> str:
    """`field: value` on one line: what machines read must not be encoded, nor needs folding.

    RFC 8058 fields, X- fields of providers. HeaderFault when that is impossible.
    """
    line = f"{field}: {value}"
    if not _FIELD_NAME.fullmatch(field):
        raise HeaderFault(f"{field!r} cannot be the name of a header")
    if not _PRINTABLE_ASCII.fullmatch(value) or len(line) > MAX_LINE:
        raise HeaderFault(
            f"{field}: the value must be printable ASCII, at most {MAX_LINE} characters"
            f" with the name: {value[:80]!r}"
        )
    return line + "\r\n"


def _named(field: str, name: str | None, address: str, *, bare: bool) -> str:
    phrase = one_line(name or "")
    if not phrase:
        return f"{field}: {address}\r\n" if bare else f"{field}: <{address}>\r\n"
    if not _plain(phrase) or len(phrase) > _PLAIN_WORD:
        return f"{field}: {_encoded(phrase, field)}\r\n <{address}>\r\n"
    quoted = '"' + _SPECIAL.sub(r"\\\1", phrase) + '"'
    gap = " " if len(field) + len(quoted) + len(address) + 5 <= _FOLD_AT else "\r\n "
    return f"{field}: {quoted}{gap}<{address}>\r\n"


def _plain(line: str) -> bool:
    # "=?" in plain text would be decoded by many readers' programs.
    return "=?" not in line and _PRINTABLE_ASCII.fullmatch(line) is not None


def _folded(line: str) -> str:
    return "\r\n ".join(
        textwrap.wrap(line, _FOLD_AT, break_long_words=False, break_on_hyphens=False)
    )


def _encoded(line: str, field: str) -> str:
    """Encoded words (RFC 2047, Q), cut between characters, one a line, as few as there can be:
    some parsers (Python's own) leave a space between two of them in a name.
    """
    room = _FOLD_AT - len(field) - len(": ") - _AROUND_WORD
    words = [""]
    for character in line:
        escaped = _q(character)
        if len(words[-1]) + len(escaped) > room:
            words.append("")
        words[-1] += escaped
    return "\r\n ".join(f"=?utf-8?q?{word}?=" for word in words)


def _q(character: str) -> str:
    if _PHRASE.fullmatch(character):
        return character.replace(" ", "_")
    return "".join(f"={byte:02X}" for byte in character.encode())
