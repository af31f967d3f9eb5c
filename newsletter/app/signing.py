"""DKIM for a project: keys from their files, new keys into files, and who signs by them.

The package `cryptography` is an extra, and heavy: it is imported only where a key is used.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.delivery.dkim import Signer
from newsletter.lib.errors import NewsletterError
from newsletter.lib.private import open_private
from newsletter.model.delivery import Message
from newsletter.model.specs import DkimSpec

if TYPE_CHECKING:
    from newsletter.delivery.dkim_keys import PrivateKey


@cache
def signer_of(spec: DkimSpec) -> Signer:
    """Who signs as configured. The keys are read once in the life of a process."""
    return Signer(spec.domain, keys_of(spec))


def signed(spec: DkimSpec, message: Message) -> Message:
    """The message with its signatures in front."""
    return replace(message, content=signer_of(spec).signed(message.content))


def keys_of(spec: DkimSpec) -> tuple["PrivateKey", ...]:
    """The configured keys; DkimFault when one cannot sign."""
    _check_extra()
    from newsletter.delivery.dkim_keys import read_keys

    return read_keys([(str(path), _content(path)) for path in spec.keys], spec.selector)


def new_keys(folder: Path, selector: str) -> Mapping[str, "PrivateKey"]:
    """A key of each kind, in files of the folder that nobody else can read; by the files' names.
    A fault, and nothing written, when one of them is there already."""
    _check_extra()
    from newsletter.delivery.dkim_keys import new_ed25519, new_rsa, pem_of

    made: dict[str, PrivateKey] = {
        f"dkim.{selector}.rsa.key": new_rsa(selector),
        f"dkim.{selector}.ed25519.key": new_ed25519(selector),
    }
    for name in made:
        if os.path.lexists(folder / name):
            raise NewsletterError(
                f"{folder / name}: there is a file of that name already, and nothing was written; "
                "choose another --selector"
            )
    for name, key in made.items():
        _write_key(folder / name, pem_of(key))
    return made


def _check_extra() -> None:
    try:
        import cryptography  # noqa: F401 - only whether it is there
    except ModuleNotFoundError:
        raise NewsletterError(
            "signing with DKIM needs the package `cryptography`, which is not installed: "
            "`pip install 'newsletter-composer[dkim]'`, or leave transport.dkim out where your "
            "mail server signs"
        ) from None


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NewsletterError(f"{path}: cannot be read: {error.strerror}") from None


def _write_key(path: Path, content: bytes) -> None:
    try:
        with open_private(path, new=True) as file:
            file.write(content)
    except OSError as error:
        raise NewsletterError(f"{path}: cannot be written: {error.strerror}") from None
