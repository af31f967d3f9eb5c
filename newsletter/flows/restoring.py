"""Restore: a backup does not bring back whoever left, bounced, complained or was erased since."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newsletter.flows import person
from newsletter.model.consent import Consent, How, What
from newsletter.store import carrying, consents, readers
from newsletter.store.carrying import Against
from newsletter.store.database import Database


@dataclass(frozen=True, slots=True)
class BroughtAlong:
    """What a backup did not know, or None where the database before it could not be read:
    suppressions, subscriptions that ended, people who were erased."""

    suppressed: int = 0
    ended: int = 0
    erased: int = 0


def restore(
    database: Database, put_back: Callable[[], object], now: datetime
) -> BroughtAlong | None:
    """Call `put_back`, which replaces the database by a backup; what was known against mailing
    people is known afterwards, too. None when the database before could not be read."""
    against = carrying.known_in(database)
    put_back()
    return bring_along(database, against, now) if against else None


def bring_along(database: Database, against: Against, now: datetime) -> BroughtAlong:
    """Write down what another database knew, in one transaction."""
    with database.begin() as tx:
        erased = 0
        for address_hash in against.erased:
            if found := readers.by_hash(tx, address_hash):
                person.forget(tx, [found.id])
                row = Consent(at=now, address_hash=address_hash, what=What.ERASE, how=How.OPERATOR)
                consents.record(tx, row)
                erased += 1
        suppressed = carrying.suppress_all(tx, against.suppressions)
        ended = sum(
            carrying.end_all(tx, ending, hashes, now) for ending, hashes in against.ended.items()
        )
        if database.embedded:  # PostgreSQL's own tools bring its counters back
            carrying.keep_numbers(tx, against.newest, now)
    return BroughtAlong(suppressed, ended, erased)
