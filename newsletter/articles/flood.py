"""Too much at once: a source that changed its addresses, or opened its archive, floods readers
unless somebody looks at it first. Decides, and touches nothing."""

from collections.abc import Sequence
from datetime import datetime

_ALWAYS = 20  # new articles in one reading that are never too many
_FACTOR = 5  # times what is usual
_FEW = 3  # recognised articles that prove a move


def usual_number(published: Sequence[datetime], last_read: datetime, now: datetime) -> float:
    """How many articles a source brings between `last_read` and `now`, going by when its latest
    were published; 0 where too few are known to tell."""
    dates = sorted(at for at in published if at <= last_read)
    if len(dates) < 2 or last_read <= dates[0]:
        return 0.0
    return len(dates) * ((now - last_read) / (last_read - dates[0]))


def flood(new: int, usual: float) -> str | None:
    """Why so many new articles in one reading are held; None when they are not too many."""
    if new <= max(_ALWAYS, _FACTOR * usual):
        return None
    return f"one of {new} new articles at once, where about {usual:.0f} are usual"


def move(new: int, recognised: int) -> str | None:
    """Why the `new` articles of a reading are held beside `recognised` ones, known by their
    headlines or words although their ids and addresses are others: where most of what comes under
    new addresses is old, the rest is too."""
    if recognised < _FEW or recognised <= new:
        return None
    return (
        f"the source shows {recognised} articles of before under other ids and addresses: "
        "this one may be as old"
    )
