"""Editions that went out, and what comes back of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from newsletter.editions.slot import slot_at
from newsletter.flows.feedback import Taken, take
from newsletter.model.edition import Slot
from newsletter.model.feedback import Arrived, Reason, Report, ReportKind
from newsletter.store import subscribers
from newsletter.store.database import Database
from newsletter.subscribers.tokens import read_key_ring
from tests.flows.mailings import NOW, enrolled, frozen

RING = read_key_ring(f"k1:{'A' * 43}", name="test")


def slot(days: int = 0) -> Slot:
    """The slot of so many days after NOW."""
    return slot_at(datetime(2026, 11, 22, 8, 0) + timedelta(days=days), "Europe/Madrid")  # noqa: DTZ001


def went_out(database: Database, *emails: str, days: int = 0, digest: str = "daily") -> int:
    """An edition of so many days after NOW that was sent to these readers; its number."""
    enrolled(database, *emails, digest=digest)
    number = frozen(database, *emails, slot=slot(days), digest=digest)
    states(database, "sent", number, days)
    return number


def states(database: Database, state: str, edition: int, days: int = 0) -> None:
    with database.begin() as tx:
        tx.connection.execute(
            sa.text(
                "update deliveries set state = :state, first_tried_at = :at where edition_id = :id"
            ),
            {
                "state": state,
                "at": (NOW + timedelta(days=days)).replace(tzinfo=None),
                "id": edition,
            },
        )


def number_of(database: Database, email: str) -> int:
    with database.read() as tx:
        found = tx.connection.execute(
            sa.text("select id from subscribers where email = :email"), {"email": email}
        )
        return int(found.scalar_one())


def token(database: Database, edition: int, email: str) -> str:
    return RING.return_token(edition, number_of(database, email))


def report(kind: ReportKind = ReportKind.HARD, **changes: Any) -> Report:
    known: dict[str, Any] = {"recipient": None, "kind": kind}
    if kind in (ReportKind.HARD, ReportKind.SOFT):
        hard = kind is ReportKind.HARD
        known["reason"] = Reason.NO_MAILBOX if hard else Reason.FULL
    return Report(**known | changes)


def came_back(
    database: Database,
    *reports: Report,
    key: str | None = None,
    days: float = 0,
    proven: bool = False,
    alarms: list[str] | None = None,
) -> Taken:
    """What becomes of a mail with these reports, so many days after NOW."""
    arrived = Arrived(keys=(key or repr((reports, days)),), reports=reports, proven=proven)
    told = [] if alarms is None else alarms
    return take(database, RING, arrived, NOW + timedelta(days=days), told.append)


def standing(database: Database, email: str) -> tuple[str | None, Sequence[str]]:
    """Why the address is suppressed, and the statuses of its subscriptions."""
    with database.read() as tx:
        number = number_of(database, email)
        reason = tx.connection.execute(
            sa.text(
                "select reason from suppressions p join subscribers s"
                " on s.address_hash = p.address_hash where s.id = :id"
            ),
            {"id": number},
        ).scalar()
        found = subscribers.status_of(tx, number, "daily")
    return reason, [found[0].value] if found else []
