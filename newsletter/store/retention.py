"""What is kept no longer: taken away in pieces, so that nobody waits long for the store."""

from datetime import datetime

import sqlalchemy as sa

from newsletter.model.notice import NoticeState
from newsletter.model.subscriber import SubscriptionStatus
from newsletter.store.database import Database
from newsletter.store.tables import (
    consents,
    deliveries,
    events,
    failures,
    notices,
    reports,
    subscribers,
    subscriptions,
)

_PIECE = 5_000  # rows a transaction


def pending_since(database: Database, before: datetime) -> list[tuple[int, str]]:
    """The subscriptions that were asked for before that time and never confirmed: subscriber and
    digest."""
    with database.read() as tx:
        found = tx.run(
            sa.select(subscriptions.c.subscriber_id, subscriptions.c.digest).where(
                subscriptions.c.status == SubscriptionStatus.PENDING.value,
                subscriptions.c.created_at < before,
            )
        )
        return [(row.subscriber_id, row.digest) for row in found]


def replies(database: Database, before: datetime) -> int:
    """Forget the words of servers about letters that were settled before that time."""
    old = (deliveries.c.settled_at < before, deliveries.c.reply.is_not(None))
    told = (failures.c.at < before, failures.c.detail != "")
    number = 0
    number += _in_pieces(database, deliveries, deliveries.c.id, old, {"reply": None})
    with database.begin() as tx:
        number += tx.run(sa.update(failures).where(*told).values(detail="")).rowcount
        tx.run(sa.delete(reports).where(reports.c.at < before))
    return number


def past_events(database: Database, before: datetime) -> int:
    return _in_pieces(database, events, events.c.id, (events.c.at < before,))


def settled_notices(database: Database, before: datetime) -> int:
    """Forget notices that are done with: they hold addresses."""
    done = (notices.c.state != NoticeState.QUEUED.value, notices.c.created_at < before)
    return _in_pieces(database, notices, notices.c.id, done)


def consents_of_nobody(database: Database, before: datetime) -> int:
    """Forget what was logged of people who are gone, and of whom nothing was logged since that
    time: their erasure is logged, too."""
    later = consents.alias()
    of_the_same = later.c.address_hash == consents.c.address_hash
    lately = sa.exists().where(of_the_same, later.c.at >= before)
    linked = sa.exists().where(subscribers.c.id == consents.c.subscriber_id)
    living = sa.exists().where(subscribers.c.address_hash == consents.c.address_hash)
    gone = (consents.c.at < before, ~lately, ~linked, ~living)
    return _in_pieces(database, consents, consents.c.id, gone)


def empty_rows(database: Database) -> int:
    """Take away the rows of people who are gone and to whom nothing was ever sent. The newest row
    stays: SQLite would give its number to the next subscriber, and with it the links of the old."""
    owed = sa.exists().where(deliveries.c.subscriber_id == subscribers.c.id)
    newest = sa.select(sa.func.max(subscribers.c.id)).scalar_subquery()
    empty = (subscribers.c.email == "", ~owed, subscribers.c.id < newest)
    return _in_pieces(database, subscribers, subscribers.c.id, empty)


def _in_pieces(
    database: Database,
    table: sa.Table,
    key: sa.ColumnElement[int],
    where: tuple[sa.ColumnElement[bool], ...],
    values: dict[str, object] | None = None,
) -> int:
    """Change or, without values, delete rows until none is left; how many there were."""
    piece = sa.select(key).where(*where).limit(_PIECE)
    change: sa.Update | sa.Delete = (
        sa.update(table).values(**values) if values else sa.delete(table)
    )
    total = 0
    while True:
        with database.begin() as tx:
            done = tx.run(change.where(key.in_(piece))).rowcount
        total += done
        if done < _PIECE:
            return total
