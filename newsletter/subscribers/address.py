"""What is an address, and when two of them are the same."""

import re
from dataclasses import dataclass
from functools import lru_cache

from newsletter.lib.addresses import MAX_ADDRESS, ascii_domain, is_local_part

_TRICKS = re.compile(r"""[\s<>()\[\],;:\\"\x00-\x1f\x7f]""")


@dataclass(frozen=True, slots=True)
class NotAnAddress:
    """A text that no newsletter can be sent to, and why."""

    reason: str


def normalise(text: str) -> str | NotAnAddress:
    """The address as we keep it: trimmed, local part as written, domain in ASCII and lower case.

    One bare addr-spec (RFC 5322 §3.4.1) without quotes and comments; nothing is picked out of
    "Name <address>", where parsers disagree about which of two addresses is meant.
    """
    address = text.strip()
    if not address:
        return NotAnAddress("the address is empty")
    if address.count("@") != 1 or _TRICKS.search(address):
        return NotAnAddress(f"{_shown(address)} is not one plain address")
    local, _, domain = address.partition("@")
    if not local.isascii():
        return NotAnAddress(f"{_shown(address)} has letters outside ASCII before the @")
    if not is_local_part(local):
        return NotAnAddress(f"{_shown(address)} is not well formed before the @")
    host = _host(domain)
    if host is None:
        return NotAnAddress(f"{_shown(address)} is not well formed after the @")
    if len(local) + 1 + len(host) > MAX_ADDRESS:
        return NotAnAddress(f"{_shown(address)} is longer than {MAX_ADDRESS} characters")
    return f"{local}@{host}"


def key(email: str) -> str:
    """Two normalised addresses are the same person's when their keys are equal.

    The local part may tell case apart (RFC 5321 §2.4), but no provider of any size does, and a
    reader who left as Ann@ must not be mailed as ann@.
    """
    return email.lower()


@lru_cache(maxsize=4096)  # a list of a million readers has a few thousand domains
def _host(domain: str) -> str | None:
    """The domain in ASCII if it is a name with a dot whose last label is no number: no localhost,
    no IP address."""
    host = ascii_domain(domain)
    _, dot, last = (host or "").rpartition(".")
    return host if dot and not last.isdigit() else None


def _shown(address: str) -> str:
    return repr(address if len(address) <= 60 else address[:57] + "…")
