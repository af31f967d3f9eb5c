"""When a deferred message is tried again, and for how long (RFC 5321 §4.5.4.1).

The RFC asks for two tries in the first hour, then one every two or three hours, over days. A
digest is news for a day: its readers are tried a little oftener, and given up sooner.
"""

from datetime import datetime, timedelta

# Greylisting lets in after 5 to 15 minutes; a full or busy server takes hours.
_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 20, 40, 60, 120))
_SPREAD = 0.2

# What could not be delivered by then is not worth having.
_NEWS_FOR = timedelta(hours=24)
# Whoever was tried once is tried three times more at least: greylisting ends within that.
_AT_LEAST = timedelta(hours=1)


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


def expires_at(
    slot_at: datetime, first_tried: datetime, next_slot_at: datetime | None = None
) -> datetime:
    """When a reader of an edition is given up: a day after its slot, or after the first try where
    that came later; sooner when a newer edition of the digest in this language is due or out, at
    `next_slot_at`, but no sooner than an hour after the first try.
    """
    expires = max(slot_at, first_tried) + _NEWS_FOR
    if next_slot_at is None:
        return expires
    return min(expires, max(next_slot_at, first_tried + _AT_LEAST))
