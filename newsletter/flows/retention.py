"""Retention: once a day, what is kept no longer is taken away."""

from dataclasses import dataclass
from datetime import UTC, datetime

from newsletter.flows import person
from newsletter.flows.consent import in_turn
from newsletter.model.specs import Privacy
from newsletter.model.subscriber import SubscriptionStatus
from newsletter.store import house, readers, retention
from newsletter.store.database import Database

# Facts of the house: the day of the last purge, and up to when words of servers are forgotten.
_LAST = "purged_on"
_REPLIES = "replies_forgotten"


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
    done = [
        _end(database, number, digest, before)
        for number, digest in retention.pending_since(database, before)
    ]
    return sum(ended for ended, _ in done), sum(forgotten for _, forgotten in done)


def _end(database: Database, number: int, digest: str, before: datetime) -> tuple[bool, bool]:
    """Whether a subscription was ended, and its person forgotten with it: not when it was confirmed
    or asked for again meanwhile."""
    with database.begin() as tx:
        found = in_turn(tx, number)
        standing = readers.standings(tx, number).get(digest)
        pending = standing is not None and standing.status is SubscriptionStatus.PENDING
        if not found or not standing or not pending or standing.created_at >= before:
            return False, False
        readers.end(tx, number, digest)
        if readers.standings(tx, number):
            return True, False
        person.forget(tx, found)
        return True, True
