"""When a deferred message is tried again (RFC 5321 §4.5.4.1)."""

from datetime import datetime, timedelta

# Greylisting lets in after 5 to 15 minutes; a full or busy server takes hours.
_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 20, 40, 60, 120))
_SPREAD = 0.2


def next_try(
    attempts: int, now: datetime, *, expires: datetime, spread: float = 0.0
) -> datetime | None:
    """The time of the next try after `attempts` failed ones; None when it would be past `expires`.

    `spread` from -1 to 1 shifts the delay by up to a fifth, so that a list that was deferred
    together does not come back together.
    """
    delay = _DELAYS[min(max(attempts, 1), len(_DELAYS)) - 1]
    at = now + delay * (1 + _SPREAD * spread)
    return at if at <= expires else None
