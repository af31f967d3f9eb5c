"""Where secrets lie, and where they may be sent in the clear."""

from ipaddress import ip_address
from pathlib import Path


def secret_in(path: Path, what: str) -> tuple[str | None, str]:
    """The secret in a file, or why there is none."""
    try:
        secret = path.read_text("utf-8").strip()
    except OSError as error:
        return None, f"cannot be read: {error.strerror} ({path})"
    except ValueError:  # no path is named elsewhere already, and hides this
        return None, f"cannot be read: not UTF-8 ({path})"
    return (secret, "") if secret else (None, f"expected {what} in it ({path})")


def is_loopback(host: str | None) -> bool:
    """True for this machine itself; a name that only looks like it ("127.0.0.1.example") is not."""
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False
