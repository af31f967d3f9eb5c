"""How an edition of the ledger is shown: as a row of a table, and as JSON."""

from newsletter.model.delivery import DeliveryState
from newsletter.model.edition import EditionEntry
from newsletter.store import deliveries, editions
from newsletter.store.database import Tx

COLUMNS = ("id", "edition", "slot", "state", "sent", "waiting", "refused", "subject")
_WAITING = (
    DeliveryState.QUEUED,
    DeliveryState.CLAIMED,
    DeliveryState.DEFERRED,
    DeliveryState.UNKNOWN,
)


def edition_row(tx: Tx, entry: EditionEntry) -> tuple[object, ...]:
    """One row under COLUMNS."""
    counted = deliveries.counts(tx, entry.id)
    return (
        entry.id,
        f"{entry.digest}.{entry.language}",
        entry.slot.key,
        entry.state.value,
        counted[DeliveryState.SENT],
        sum(counted[state] for state in _WAITING),
        counted[DeliveryState.REFUSED],
        entry.subject or entry.reason,
    )


def edition_json(tx: Tx, entry: EditionEntry) -> dict[str, object]:
    """An edition with its deliveries by state, as programs rely on it."""
    counted = deliveries.counts(tx, entry.id)
    return {
        "id": entry.id,
        "digest": entry.digest,
        "language": entry.language,
        "slot": entry.slot.key,
        "state": entry.state.value,
        "subject": entry.subject,
        "reason": entry.reason,
        "rehearsal": entry.rehearsal,
        "stories": len(editions.story_ids(tx, entry.id)),
        "frozen_at": entry.frozen_at,
        "sent_at": entry.sent_at,
        "deliveries": {state.value: number for state, number in counted.items()},
    }
