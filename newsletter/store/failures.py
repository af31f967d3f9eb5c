"""Letters that did not arrive: one row a reader and edition, whoever said so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsletter.model.consent import What
from newsletter.model.delivery import DeliveryState
from newsletter.model.feedback import OURS, Failure, Mailed, Reason, Report, ReportKind
from newsletter.store.database import Tx
from newsletter.store.tables import consents, deliveries, editions, failures, subscribers

_LOOKED_AT = 100  # editions of one reader: more in a row are not needed to give them up
# What never left us cannot have come back.
_NEVER_LEFT = [
    DeliveryState.QUEUED.value,
    DeliveryState.SUPPRESSED.value,
    DeliveryState.CANCELLED.value,
]
_OURS = failures.c.reason.in_(sorted(OURS))


# The statements of every report are built once: that takes longer than to carry them out.
_LAST = (
    sa.select(
        deliveries.c.edition_id,
        deliveries.c.subscriber_id,
        deliveries.c.first_tried_at,
        editions.c.digest,
    )
    .select_from(deliveries.join(editions).join(subscribers))
    .where(deliveries.c.state.not_in(_NEVER_LEFT))
    .order_by(editions.c.slot_at.desc(), editions.c.id.desc())
    .limit(1)
)
_row = subscribers.alias()
# A letter names the row that its reader had then; the ledger may know them by another one now.
_NUMBERS = [
    sa.bindparam("subscriber"),
    sa.select(_row.c.heir).where(_row.c.id == sa.bindparam("subscriber")).scalar_subquery(),
]
_THIS = _LAST.where(
    deliveries.c.edition_id == sa.bindparam("edition"), deliveries.c.subscriber_id.in_(_NUMBERS)
)
_NOW = sa.select(
    sa.func.coalesce(subscribers.c.heir, subscribers.c.id).label("number"),
    sa.select(sa.func.max(consents.c.at))
    .where(
        consents.c.subscriber_id == sa.func.coalesce(subscribers.c.heir, subscribers.c.id),
        consents.c.what == What.ADDRESS.value,
    )
    .scalar_subquery()
    .label("moved_at"),
).where(subscribers.c.id == sa.bindparam("subscriber"))
_LATELY = _LAST.where(
    subscribers.c.email_key == sa.bindparam("email_key"),
    deliveries.c.first_tried_at >= sa.bindparam("since", type_=deliveries.c.first_tried_at.type),
)


def mailed(tx: Tx, edition: int, subscriber: int) -> Mailed | None:
    """The edition as it went out to the reader; None when it did not."""
    return _mailed(tx, _THIS, {"edition": edition, "subscriber": subscriber})


def last_mailed(tx: Tx, email_key: str, since: datetime) -> Mailed | None:
    """The last edition that went out to an address; None when there was none since then."""
    return _mailed(tx, _LATELY, {"email_key": email_key, "since": since})


def _mailed(tx: Tx, statement: sa.Executable, values: dict[str, Any]) -> Mailed | None:
    row: Any = tx.run(statement, values).first()
    if row is None:
        return None
    reader: Any = tx.run(_NOW, {"subscriber": row.subscriber_id}).one()
    return Mailed(
        edition=row.edition_id,
        digest=row.digest,
        subscriber=reader.number,
        elsewhere=bool(reader.moved_at and row.first_tried_at < reader.moved_at),
    )


def leave_behind(tx: Tx, number: int) -> None:
    """Forget what a reader's old address did: it says nothing of the new one."""
    tx.run(sa.delete(failures).where(failures.c.subscriber_id == number, ~_OURS))


def record(tx: Tx, letter: Mailed, report: Report, now: datetime) -> None:
    """Write a failure down; of two reports of one letter a hard one counts, else the first."""
    told = {
        "kind": report.kind.value,
        "reason": (report.reason or Reason.OTHER).value,
        "status": report.status,
        "detail": report.detail,
    }
    own = {"subscriber_id": letter.subscriber, "edition_id": letter.edition}
    if tx.insert_new(failures, [{**own, "at": now, **told}]) or report.kind is not ReportKind.HARD:
        return
    tx.run(
        sa.update(failures)
        .where(
            *(failures.c[name] == value for name, value in own.items()),
            failures.c.kind == ReportKind.SOFT.value,
        )
        .values(**told)
    )


_this = editions.alias()
# What became of the editions that a reader was owed until one of them, newest first.
_EDITIONS_UNTIL = (
    sa.select(
        deliveries.c.edition_id,
        deliveries.c.state,
        failures.c.at,
        failures.c.kind,
        failures.c.reason,
    )
    .select_from(
        deliveries.join(editions)
        .join(
            _this,
            (_this.c.id == sa.bindparam("edition")) & (_this.c.rehearsal == editions.c.rehearsal),
        )
        .outerjoin(
            failures,
            (failures.c.edition_id == deliveries.c.edition_id)
            & (failures.c.subscriber_id == deliveries.c.subscriber_id),
        )
    )
    .where(
        deliveries.c.subscriber_id == sa.bindparam("subscriber"),
        sa.tuple_(editions.c.slot_at, editions.c.id) <= sa.tuple_(_this.c.slot_at, _this.c.id),
    )
    .order_by(editions.c.slot_at.desc(), editions.c.id.desc())
    .limit(_LOOKED_AT)
)


def run_until(tx: Tx, letter: Mailed) -> list[Failure]:
    """The reader's failures since the last edition that arrived, up to this one, oldest first.

    An edition arrived when it was sent, and nothing came back of it. What failed for a reason of
    ours, or was never taken, says nothing either way.
    """
    run: list[Failure] = []
    own = {"edition": letter.edition, "subscriber": letter.subscriber}
    rows: Iterable[Any] = tx.run(_EDITIONS_UNTIL, own)
    for row in rows:
        if row.reason is None:
            if row.state == DeliveryState.SENT.value:
                break
        elif Reason(row.reason) not in OURS:
            kind, reason = ReportKind(row.kind), Reason(row.reason)
            run.append(Failure(edition=row.edition_id, at=row.at, kind=kind, reason=reason))
    return run[::-1]


def of_ours(tx: Tx, edition: int) -> int:
    """How many of an edition's letters failed for reasons of ours."""
    failed = sa.select(sa.func.count()).where(failures.c.edition_id == edition, _OURS)
    return int(tx.run(failed).scalar_one())


def letters(tx: Tx, edition: int, *, enough: int | None = None) -> int:
    """How many letters of an edition go out, or went; counted no further than `enough`: there may
    be a million, and a look is taken after every failure."""
    nobody_s = [DeliveryState.SUPPRESSED.value, DeliveryState.CANCELLED.value]
    going = sa.select(deliveries.c.id).where(
        deliveries.c.edition_id == edition, deliveries.c.state.not_in(nobody_s)
    )
    counted = sa.select(sa.func.count()).select_from(going.limit(enough).subquery())
    return int(tx.run(counted).scalar_one())


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What lies with us in one edition: a reason, how often it was given, once in their words."""

    edition: int
    digest: str
    language: str
    slot: str
    reason: Reason
    failed: int
    letters: int
    said: str


_OF_EDITION = (
    failures.c.edition_id,
    editions.c.digest,
    editions.c.language,
    editions.c.slot,
    failures.c.reason,
)


def troubles(tx: Tx, since: datetime) -> list[Trouble]:
    """What has lain with us since then, the newest edition first."""
    number, words = sa.func.count(), sa.func.max(failures.c.detail)
    rows: Iterable[Any] = tx.run(
        sa.select(*_OF_EDITION, number.label("failed"), words.label("said"))
        .select_from(failures.join(editions))
        .where(_OURS, failures.c.at >= since)
        .group_by(*_OF_EDITION)
        .order_by(failures.c.edition_id.desc(), number.desc())
    )
    return [
        Trouble(
            edition=row.edition_id,
            digest=row.digest,
            language=row.language,
            slot=row.slot,
            reason=Reason(row.reason),
            failed=row.failed,
            letters=letters(tx, row.edition_id),
            said=row.said,
        )
        for row in rows
    ]
