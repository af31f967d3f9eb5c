"""Names for new people."""

import secrets
import time


def new_name() -> str:
    """A name that nobody else has and that tells nothing. It begins with the time: the index that
    keeps names apart takes a new one at its end, where a million of them touch few of its pages."""
    return f"{time.time_ns():016x}{secrets.token_hex(4)}"
