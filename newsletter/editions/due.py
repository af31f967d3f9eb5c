"""What becomes of the slots that are due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.model.edition import Slot


@dataclass(frozen=True, slots=True)
class Folded:
    """A slot that sends nothing of its own, and why; its stories go into the next edition."""

    slot: Slot
    reason: str


def run_or_fold(
    due: list[Slot], now: datetime, late: timedelta
) -> tuple[Slot | None, tuple[Folded, ...]]:
    """Of several due slots (oldest first) only the last is run: after an outage readers get one
    edition, not three. One that is later than `late` waits for the next."""
    if not due:
        return None, ()
    *earlier, last = due
    too_late = now - last.at > late
    into = "the next" if too_late else last.key
    folded = tuple(Folded(slot, f"folded into {into}: several were due") for slot in earlier)
    if too_late:
        return None, (*folded, Folded(last, "later than the digest allows: folded into the next"))
    return last, folded
