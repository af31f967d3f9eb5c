"""When a digest is due. Cron arithmetic runs on local clock times, so that a slot is what people
mean by it; each local time becomes one instant, so that no night of the year skips or doubles it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from newsletter.lib.errors import NewsletterError
from newsletter.model.edition import Slot

# No clock has ever been put forward or back by more; slots within it of a border are looked at.
_LARGEST_SHIFT = timedelta(days=1)


def check_schedule(schedule: str) -> None:
    """ValueError, saying why, when `schedule` is not a cron line of five fields that ever comes."""
    if len(schedule.split()) != 5:
        raise ValueError("five fields are needed: minute hour day month weekday")
    try:
        next(CronSim(schedule, datetime(2026, 1, 1)))  # noqa: DTZ001 - clock time, no zone
    except CronSimError as error:
        raise ValueError(str(error)) from None
    except StopIteration:
        raise ValueError("it never comes") from None


def slot_at(local: datetime, timezone: str) -> Slot:
    """The slot of one local clock time.

    A time that the clocks skip in spring stands for the moment it would have been (02:30 is then
    03:30); a time that comes twice in autumn stands for the first of the two (PEP 495, fold 0).
    """
    naive = local.replace(tzinfo=None, second=0, microsecond=0, fold=0)
    return Slot(naive, naive.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC))


def slots_after(schedule: str, timezone: str, after: datetime) -> Iterator[Slot]:
    """The slots later than the aware time `after`, for as long as the cron line has any."""
    start = after.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) - _LARGEST_SHIFT
    for local in CronSim(schedule, start):
        slot = slot_at(local, timezone)
        if slot.at > after:
            yield slot


def due_slots(schedule: str, timezone: str, after: datetime, now: datetime) -> list[Slot]:
    """The slots in (after, now], oldest first."""
    # Where clocks are put forward, 02:30 comes after 03:00: later clock times may be due already.
    until = now.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) + _LARGEST_SHIFT
    upcoming = takewhile(lambda s: s.local <= until, slots_after(schedule, timezone, after))
    return sorted((slot for slot in upcoming if slot.at <= now), key=lambda s: (s.at, s.local))


def gap_before(schedule: str, timezone: str, slot: Slot) -> timedelta:
    """How long before `slot` the one before it was due."""
    # Longer and longer looks back: a yearly digest is as welcome as an hourly one.
    for days in (2, 9, 70, 800, 3000):
        earlier = due_slots(
            schedule, timezone, slot.at - timedelta(days=days), slot.at - timedelta(minutes=1)
        )
        if earlier:
            return slot.at - earlier[-1].at
    first, second = islice(slots_after(schedule, timezone, slot.at), 2)
    return second.at - first.at


def parse_slot(text: str, timezone: str) -> Slot:
    """A slot named by an operator as local date and time, "2026-11-22T07:00"."""
    try:
        local = datetime.fromisoformat(text)
        # A date alone is midnight to fromisoformat: a slot that nobody meant, mailed beside theirs.
        if ":" in text and local.tzinfo is None:
            return slot_at(local, timezone)
    except (ValueError, OverflowError):  # OverflowError: the last night of the year 9999
        pass
    raise NewsletterError(
        f"--slot {text}: expected a local date and time without offset, such as "
        f"2026-11-22T07:00 (it is read in the digest's zone, {timezone})"
    )
