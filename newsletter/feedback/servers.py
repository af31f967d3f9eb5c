"""Mailboxes on servers: how they are reached, and what their faults mean."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsletter.feedback.port import InboxFault
from newsletter.model.specs import MailboxSpec

TIMEOUT = 30.0  # seconds for each answer

_PORTS = {
    ("imap", "tls"): 993,
    ("imap", "starttls"): 143,
    ("imap", "none"): 143,
    ("pop", "tls"): 995,
    ("pop", "starttls"): 110,
    ("pop", "none"): 110,
}


def port_of(spec: MailboxSpec) -> int:
    return spec.port or _PORTS[spec.kind, spec.tls]


def name_of(spec: MailboxSpec) -> str:
    return f"inbox {spec.name} ({spec.host}:{port_of(spec)})"


def context_of(ca_file: Path | None, name: str) -> ssl.SSLContext:
    """Certificate and host name are checked, always."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        words = error.strerror or error
        raise InboxFault(f"{name}: {ca_file}: no certificates in it ({words})") from None


@contextmanager
def told(spec: MailboxSpec, protocol: type[Exception]) -> Iterator[None]:
    """Turn what goes wrong, in the protocol or below it, into an InboxFault with a way out."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise InboxFault(
            f"{name_of(spec)}: its certificate is not to be trusted: {error.verify_message};"
            " see `ca_file`"
        ) from None
    except ssl.SSLError as error:
        raise InboxFault(
            f"{name_of(spec)}: no TLS could be agreed on ({error}); check `port` and `tls`"
        ) from None
    except (OSError, EOFError, protocol) as error:
        raise InboxFault(f"{name_of(spec)}: {_words(error)}") from None


def _words(error: Exception) -> str:
    """What the server said, which comes as bytes, or in the words of a Python literal."""
    said = error.args[0] if error.args else ""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)
    return text or type(error).__name__
