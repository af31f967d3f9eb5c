"""Keys for DKIM: read, made, and published as DNS records. Needs the package `cryptography`.

In: PEM (PKCS#8, or PKCS#1 as opendkim-genkey writes). Out: keys that sign, PEM, records.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from newsletter.lib.errors import NewsletterError

# RFC 8301 §3.2: signers must not go below, verifiers need not go above.
_RSA_BITS = range(1024, 4097)
_NEW_RSA_BITS = 2048
_STRING = 255  # RFC 1035 §3.3: bytes in one string of a TXT record


class DkimFault(NewsletterError):
    """A key cannot sign; the message never shows a key."""


@dataclass(frozen=True, slots=True)
class RsaKey:
    """RSASSA-PKCS1-v1_5 over SHA-256 (RFC 6376 §3.3.3)."""

    selector: str
    key: RSAPrivateKey = field(repr=False)
    algorithm: str = "rsa-sha256"

    def sign(self, text: bytes) -> bytes:
        return self.key.sign(text, padding.PKCS1v15(), hashes.SHA256())

    def record(self) -> str:
        """The value of the TXT record (RFC 6376 §3.6.1)."""
        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"


@dataclass(frozen=True, slots=True)
class Ed25519Key:
    """PureEdDSA over the SHA-256 of the text (RFC 8463 §3)."""

    selector: str
    key: Ed25519PrivateKey = field(repr=False)
    algorithm: str = "ed25519-sha256"

    def sign(self, text: bytes) -> bytes:
        return self.key.sign(sha256(text).digest())

    def record(self) -> str:
        """The value of the TXT record: the 32 bytes themselves (RFC 8463 §4.2)."""
        public = self.key.public_key().public_bytes_raw()
        return f"v=DKIM1; k=ed25519; p={b64encode(public).decode()}"


PrivateKey = RsaKey | Ed25519Key


def read_key(pem: bytes, *, selector: str, name: str) -> PrivateKey:
    """The key in a PEM file; `name` is what faults call it. DkimFault when it cannot sign."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError:
        raise DkimFault(
            f"{name}: the key is protected by a passphrase; `openssl pkey -in FILE -out NEW` "
            "writes it without"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise DkimFault(f"{name}: expected a private key in PEM, RSA or Ed25519") from None
    match key:
        case RSAPrivateKey(key_size=size) if size not in _RSA_BITS:
            raise DkimFault(
                f"{name}: an RSA key of {size} bits; DKIM takes {_RSA_BITS[0]} to {_RSA_BITS[-1]}"
                f" (RFC 8301 §3.2), and {_NEW_RSA_BITS} is what is usual"
            )
        case RSAPrivateKey():
            return RsaKey(selector, key)
        case Ed25519PrivateKey():
            return Ed25519Key(ed25519_selector(selector), key)
    raise DkimFault(f"{name}: DKIM signs with RSA or Ed25519, and this is a key of another kind")


def read_keys(files: Sequence[tuple[str, bytes]], selector: str) -> tuple[PrivateKey, ...]:
    """The keys of named PEM files, at most one of a kind: there is one record under one name."""
    keys = tuple(read_key(pem, selector=selector, name=name) for name, pem in files)
    kinds = [key.algorithm for key in keys]
    for index, kind in enumerate(kinds):
        if kind in kinds[:index]:
            raise DkimFault(f"{files[index][0]}: a second key for {kind}; one of a kind signs")
    return keys


def ed25519_selector(selector: str) -> str:
    """Where an Ed25519 key is published: beside the RSA key, as a name holds one key only
    (RFC 6376 §3.6.2.2, RFC 8463 §6)."""
    return f"{selector}-ed25519"


def new_rsa(selector: str) -> RsaKey:
    return RsaKey(selector, generate_private_key(65537, _NEW_RSA_BITS))


def new_ed25519(selector: str) -> Ed25519Key:
    return Ed25519Key(ed25519_selector(selector), Ed25519PrivateKey.generate())


def pem_of(key: PrivateKey) -> bytes:
    """PKCS#8 without a passphrase: for a file that only its owner reads."""
    return key.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def zone_line(domain: str, key: PrivateKey) -> str:
    """The record as a zone file holds it (RFC 1035 §5.1), in strings of at most 255 bytes."""
    value = key.record()
    strings = (value[at : at + _STRING] for at in range(0, len(value), _STRING))
    quoted = " ".join(f'"{string}"' for string in strings)
    return f"{record_name(domain, key)}. IN TXT ( {quoted} )"


def record_name(domain: str, key: PrivateKey) -> str:
    return f"{key.selector}._domainkey.{domain}"
