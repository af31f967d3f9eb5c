"""Tokens that only we can have written, and the key ring that writes and reads them.

A token is MAC, payload and the mark of a key in one run of URL-safe base64. The purpose is mixed
into the MAC: who has a link that shows a mail cannot unsubscribe with it.
"""

import binascii
import hashlib
import hmac
import re
import secrets
from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from newsletter.lib.errors import NewsletterError
from newsletter.subscribers.address import key as same_person
from newsletter.subscribers.address import normalise

_KEY_BYTES = 32
_MAC_BYTES = 16  # 128 bits; a token must fit a return path of 64 characters
_SHORT_MAC_BYTES = 10
_EDITION_BYTES = 4
_SUBSCRIBER_BYTES = 5
_ID_BYTES = 2  # names the key inside a token; derived from its id
_LINE = re.compile(r"([A-Za-z0-9_-]{1,32}):([A-Za-z0-9_-]{43}=?)")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{24,512}")
_RETURN_TOKEN = re.compile(r"[a-z2-7]{31}")


class KeyFault(NewsletterError):
    """The key file cannot be used; the message never shows a key."""


class Purpose(StrEnum):
    """What a token is good for; each is good for nothing else."""

    UNSUBSCRIBE = "unsubscribe"
    LANGUAGE = "language"
    PREFERENCES = "preferences"
    CONFIRM = "confirm"  # a subscription, by the one who can read there
    ADDRESS = "address"  # a new one, likewise
    FORM = "form"  # when a form was handed out
    VIEW = "view"
    BOUNCE = "bounce"
    DESK = "desk"
    PING = "ping"


@dataclass(frozen=True, slots=True)
class Key:
    """One line of a key file."""

    id: str
    secret: bytes = field(repr=False)

    @property
    def mark(self) -> bytes:
        """What stands for the key in a token."""
        return _mark(self.id)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by which tokens are read; the first one signs.

    To change keys, put a new line on top and leave the old ones until no mail that was signed
    with them matters any more. Suppressions stay with the last line: it must never go.
    """

    keys: tuple[Key, ...]

    def sign(self, purpose: Purpose, payload: str) -> str:
        """A token of [A-Za-z0-9_-] for the payload, such as "42:daily": 24 characters and 4 for
        each 3 of it.
        """
        key = self.keys[0]
        body = payload.encode() + key.mark
        return urlsafe_b64encode(_mac(key, purpose, body) + body).decode().rstrip("=")

    def read(self, purpose: Purpose, token: str) -> str | None:
        """The payload that was signed for this purpose; None for any other text."""
        raw = _decoded(token)
        key = raw and self._marked(raw[-_ID_BYTES:])
        if not raw or not key:
            return None
        mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, _mac(key, purpose, body)):
            return None
        return body[:-_ID_BYTES].decode()

    def return_token(self, edition: int, subscriber: int) -> str:
        """What names a delivery in the return path and the Message-ID: 31 of [a-z2-7].

        Servers on the way back may change the case of a local part, which has to be short, too (RFC
        5321 §4.5.3.1.1): base32, and 80 bits of MAC. Made with the last key, so that a message has
        the same Message-ID when it is sent again.
        """
        body = edition.to_bytes(_EDITION_BYTES) + subscriber.to_bytes(_SUBSCRIBER_BYTES)
        mac = _digest(self.keys[-1], f"token {Purpose.BOUNCE}", body)[:_SHORT_MAC_BYTES]
        return b32encode(mac + body).decode().rstrip("=").lower()

    def read_return_token(self, token: str) -> tuple[int, int] | None:
        """The edition and the subscriber that a return path was made for; None for any other."""
        if not _RETURN_TOKEN.fullmatch(token.lower()):
            return None
        raw = b32decode(token.upper() + "=" * (-len(token) % 8))
        body = raw[_SHORT_MAC_BYTES:]
        edition, subscriber = body[:_EDITION_BYTES], body[_EDITION_BYTES:]
        numbers = int.from_bytes(edition), int.from_bytes(subscriber)
        return numbers if hmac.compare_digest(token.lower(), self.return_token(*numbers)) else None

    def shared_secrets(self, purpose: Purpose, name: str) -> tuple[str, ...]:
        """What another program signs with, for something of this name: one secret a key, the
        current one first. They tell nothing of the keys."""
        use = f"secret {purpose}"
        return tuple(_digest(key, use, name.encode("utf-8", "replace")).hex() for key in self.keys)

    def address_hash(self, email: str) -> str:
        """What a suppression keeps of an address: nobody without the key can tell whose it was.

        The same for every way of writing it. Made with the last key, so that it survives a new
        first one.
        """
        address = normalise(email)
        text = address if isinstance(address, str) else email.strip()
        return _digest(self.keys[-1], "address", same_person(text).encode()).hex()

    @property
    def key_id(self) -> str:
        """The name of the key that signs."""
        return self.keys[0].id

    @property
    def fingerprint(self) -> str:
        """Tells a store whether it is opened with the keys it was made with: it stays the same
        when keys are put on top, and gives nothing of them away.
        """
        return _digest(self.keys[-1], "fingerprint", b"").hex()[:16]

    def _marked(self, mark: bytes) -> Key | None:
        return next((key for key in self.keys if key.mark == mark), None)


def read_key_ring(text: str, *, name: str) -> KeyRing:
    """The ring in a key file: one `id:key` a line, "#" begins a comment. `name` is the file's,
    for the message of a KeyFault.
    """
    keys = tuple(
        _key(line, f"{name}, line {number}")
        for number, line in enumerate(map(_without_comment, text.splitlines()), start=1)
        if line
    )
    if not keys:
        raise KeyFault(f"{name} holds no key; `newsletter init` writes one, backups have yours")
    if len({key.id for key in keys}) < len(keys) or len({key.mark for key in keys}) < len(keys):
        raise KeyFault(f"{name} has two keys of one name; rename the newer one")
    return KeyRing(keys)


def new_key_line() -> str:
    """A line for a key file with a new random key, without a line end."""
    secret = urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode().rstrip("=")
    return f"k{secrets.token_hex(4)}:{secret}"


@lru_cache(maxsize=64)
def _mark(key_id: str) -> bytes:
    return hashlib.sha256(key_id.encode()).digest()[:_ID_BYTES]


def _without_comment(line: str) -> str:
    return line.partition("#")[0].strip()


def _key(line: str, place: str) -> Key:
    found = _LINE.fullmatch(line)
    if found is None:
        raise KeyFault(
            f"{place}: expected NAME:KEY, the key being {_KEY_BYTES} bytes in URL-safe base64"
        )
    return Key(found[1], urlsafe_b64decode(found[2].rstrip("=") + "="))


def _digest(key: Key, use: str, content: bytes) -> bytes:
    begun = _begun(key.secret, use).copy()
    begun.update(content)
    return begun.digest()


@lru_cache(maxsize=64)
def _begun(secret: bytes, use: str) -> hmac.HMAC:
    """A code for this use, before its content: signing for every reader goes on from there. (Short
    as it is, hmac.digest would let go of the interpreter's lock, and many threads sign.)"""
    return hmac.new(secret, use.encode() + b"\0", hashlib.sha256)


def _mac(key: Key, purpose: Purpose, body: bytes) -> bytes:
    return _digest(key, f"token {purpose}", body)[:_MAC_BYTES]


def _decoded(token: str) -> bytes | None:
    """The bytes of a token; None unless it is written exactly as we write it."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except binascii.Error:
        return None
    # Unused bits of the last character could be altered unnoticed.
    return raw if urlsafe_b64encode(raw).decode().rstrip("=") == token else None
