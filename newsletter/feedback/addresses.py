"""Addresses as reports write them."""

import re
from collections.abc import Iterator

from newsletter.lib.addresses import MAX_ADDRESS

# Deliberately wider than what we would mail to: a report names what it was given.
ADDRESS = (
    # An apostrophe stands between letters (O'Hara), others are quotes.
    r'(?:"[^"\n]{1,64}"|(?:[^\s<>()\[\],;:"\'|\\@`“”«»「」]|(?<=\w)\'(?=\w)){1,128})'
    r"@(?:[^\W_](?:[\w-]{0,62}[^\W_])?\.)*[^\W_](?:[\w-]{0,62}[^\W_])?"
)
_ADDRESS = re.compile(ADDRESS)
_BRACKETED = re.compile(rf"<\s*({ADDRESS})\s*>")
_TYPED = re.compile(
    r"\s*(?:rfc\s?-?822|utf-?8|smtp|internet|x400|local|system|unknown)\s*;", re.IGNORECASE
)
_CODED = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}|\+\{([0-9A-Fa-f]{1,6})\}")
_OF_MACHINES = re.compile(
    r"(mailer-?daemon|mail-?daemon|post[_-]?master|mdaemon|no-?reply|do-?not-?reply|abuse|bounces?)"
    r"([+-].*)?@|[^@]{1,64}-(ctl|request)@",
    re.IGNORECASE,
)


def addresses(text: str) -> Iterator[str]:
    """Every address in a text, in its order."""
    return (clean(found[0]) for found in _ADDRESS.finditer(text))


def first_address(text: str) -> str | None:
    """The address that a field gives: the one in angle brackets, else the first."""
    found = _BRACKETED.search(text)
    return clean(found[1]) if found else next(addresses(text), None)


def typed_address(field: str) -> str | None:
    """The address in a field of RFC 3464 §2.3: "rfc822;jane@example.com", also in the forms of
    RFC 6533 §3 ("utf-8;j\\x{E4}ne@example.com")."""
    bare = _TYPED.sub("", field, count=1)
    return first_address(_CODED.sub(_character, bare))


def is_of_machines(address: str) -> bool:
    """Whether no reader can have this address: it is what reports are sent from and to."""
    return _OF_MACHINES.match(address) is not None


def clean(address: str) -> str:
    """Without the full stop that ended a sentence."""
    local, _, domain = address.rpartition("@")
    bare = f"{local.removeprefix('mailto')}@{domain}" if local.startswith("mailto:") else address
    return bare.rstrip(".-")[:MAX_ADDRESS]


def _character(found: re.Match[str]) -> str:
    number = int(found[1] or found[2], 16)
    # Half a surrogate pair is no character, and cannot be printed.
    return chr(number) if number < 0xD800 or 0xDFFF < number <= 0x10FFFF else ""
