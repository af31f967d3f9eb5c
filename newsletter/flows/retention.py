"""Retention: once a day, what is kept no longer is taken away."""

from dataclasses import dataclass
from datetime import UTC, datetime

from newsletter.flows import person
from newsletter.flows.consent import take_turn
from newsletter.model.specs import Privacy
from newsletter.store import house, retention
from newsletter.store.database import Database

# Facts of the house: the day of the last purge, and up to when words of servers are forgotten.
_LAST = "purged_on"
_REPLIES = "replies_forgotten"
_PEOPLE = 200  # a transaction: each of them is a lock on PostgreSQL


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """How much was taken away: subscriptions that nobody confirmed, people who had nothing else,
    words of servers, events, notices, rows of the log of people who are gone."""

    pending: int = 0
    people: int = 0
    replies: int = 0
    events: int = 0
    notices: int = 0
    consents: int = 0


def purge_daily(database: Database, rules: Privacy, now: datetime) -> Purged | None:
    """Take away what is due, unless that was done on this day (in UTC)."""
    today = now.astimezone(UTC).date().isoformat()
    with database.read() as tx:
        if house.fact(tx, _LAST) == today:
            return None
    purged = purge(database, rules, now)
    with database.begin() as tx:
        house.set_fact(tx, _LAST, today)
    return purged


def purge(database: Database, rules: Privacy, now: datetime) -> Purged:
    """Take away what is kept no longer, in pieces; stopped in between it goes on the next time."""
    pending, people = _pending(database, now - rules.pending)
    purged = Purged(
        pending=pending,
        people=people,
        replies=_replies(database, now - rules.replies),
        events=retention.past_events(database, now - rules.events),
        notices=retention.settled_notices(database, now - rules.pending),
        consents=retention.consents_of_nobody(database, now - rules.consents),
    )
    retention.empty_rows(database)
    return purged


def _replies(database: Database, before: datetime) -> int:
    with database.read() as tx:
        done = house.fact(tx, _REPLIES)
    number = retention.replies(database, datetime.fromisoformat(done) if done else None, before)
    with database.begin() as tx:
        house.set_fact(tx, _REPLIES, before.isoformat())
    return number


def _pending(database: Database, before: datetime) -> tuple[int, int]:
    """Forget who never confirmed. Who has nothing else is forgotten whole."""
    ended = forgotten = 0
    while True:
        with database.begin() as tx:
            found = retention.with_old_pending(tx, before, _PEOPLE)
            for address_hash in sorted(found.values()):
                take_turn(tx, address_hash)
            ended += retention.end_pending(tx, found, before)
            alone = retention.without_any(tx, found)
            person.forget(tx, alone)
        forgotten += len(alone)
        if len(found) < _PEOPLE:
            return ended, forgotten
