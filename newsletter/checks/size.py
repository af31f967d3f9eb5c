"""How large the mail is as it travels. Gmail cuts what is longer than about 102 kB."""

from collections.abc import Iterator
from quopri import encodestring

from newsletter.checks.given import Mail
from newsletter.model.finding import Finding, Level

TOO_LARGE = 100_000  # bytes, encoded: sources disagree whether Gmail counts them so; the safe side
LARGE = 85_000


def encoded_bytes(html: str) -> int:
    """The length of the HTML part in bytes, as quoted-printable (RFC 2045 §6.7)."""
    lines = html.replace("\r\n", "\n").encode("utf-8", "replace")
    return len(encodestring(lines)) + lines.count(b"\n")  # quopri ends lines in a bare LF


def size(mail: Mail) -> Iterator[Finding]:
    """An error for what Gmail may cut, with its unsubscribe link; a warning near to it."""
    encoded = encoded_bytes(mail.html)
    if encoded >= LARGE:
        over = encoded >= TOO_LARGE
        yield Finding(
            level=Level.ERROR if over else Level.WARNING,
            code="size",
            message=f"the HTML part is {encoded:,} bytes as it travels, and Gmail cuts mails at "
            f"about 102,000: {'leave out stories or styles' if over else 'do not let it grow'}",
            clients=("Gmail",),
        )
