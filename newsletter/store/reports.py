"""The mails and events that were dealt with."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from newsletter.store.database import Tx
from newsletter.store.tables import reports


def first_time(tx: Tx, keys: Collection[str], now: datetime) -> bool:
    """Whether nothing with one of these keys was dealt with before; from now on it was. Whoever
    else asks for the same key waits for the end of this transaction."""
    rows = [{"key": key, "at": now} for key in sorted(keys)]  # in one order: nobody waits in a ring
    return tx.insert_new(reports, rows) == len(rows)


def was_seen(tx: Tx, keys: Collection[str]) -> bool:
    """Whether something with one of these keys was dealt with before."""
    known = sa.select(reports.c.key).where(reports.c.key.in_(list(keys)))
    return tx.run(known.limit(1)).first() is not None
