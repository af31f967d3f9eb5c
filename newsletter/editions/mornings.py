"""When readers in other time zones get an edition that is for their morning."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsletter.editions.slot import slot_at, slots_after
from newsletter.editions.window import opens_at
from newsletter.model.edition import Slot
from newsletter.model.specs import Digest

_DAY = timedelta(days=1)


def mornings(digest: Digest, slot: Slot, zones: Iterable[str]) -> Mapping[str, datetime]:
    """When it is the slot's time next where readers live, for the zones that are to wait for it.

    Those do not for whom that would be outside the digest's window, or after its next slot: they
    get it at once, as the readers at home.
    """
    if not digest.local_time:
        return {}
    following = next(slots_after(digest.schedule, digest.timezone, slot.at))
    found = {zone: at for zone in zones if (at := _next_at(slot, zone))}
    return {
        zone: at
        for zone, at in found.items()
        if slot.at < at < following.at and opens_at(digest.window, digest.timezone, at) is None
    }


def _next_at(slot: Slot, zone: str) -> datetime | None:
    """The first moment from the slot on at which clocks in a zone show its time."""
    try:
        today = slot.at.astimezone(ZoneInfo(zone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: too long for a file's name
        return None
    days = (datetime.combine(today + n * _DAY, slot.local.time()) for n in range(2))
    return next(at for day in days if (at := slot_at(day, zone).at) >= slot.at)
