"""Small rules for the two halves of a mail address (RFC 5321 §4.1.2, RFC 5322 §3.4.1)."""

import re

import idna

MAX_LOCAL_PART = 64  # RFC 5321 §4.5.3.1.1
MAX_ADDRESS = 254  # RFC 5321 §4.5.3.1.3: a path of 256 with its two brackets

_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_HOST = re.compile(
    r"(?!.{254})[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)
_MAX_SELECTOR = 54  # a label has 63, and some are for a suffix


def is_local_part(text: str) -> bool:
    """Whether the text can stand before the @ as it is: ASCII, no quotes, no comments."""
    return len(text) <= MAX_LOCAL_PART and _DOT_ATOM.fullmatch(text) is not None


def ascii_domain(text: str) -> str | None:
    """The domain as DNS knows it, in lower case; None when it is no domain.

    IDNA 2008 with the mapping of UTS 46, non-transitional: "faß.de" is xn--fa-hia.de, where the
    codec of the standard library (IDNA 2003) would write to somebody else at fass.de.
    """
    lowered = text.lower()
    if not lowered.isascii():
        try:
            lowered = idna.encode(text, uts46=True, std3_rules=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    return lowered if _HOST.fullmatch(lowered) else None


def is_selector(text: str) -> bool:
    """Whether keys for DKIM can be published under this name (RFC 6376 §3.1)."""
    return len(text) <= _MAX_SELECTOR and _HOST.fullmatch(text.lower()) is not None
