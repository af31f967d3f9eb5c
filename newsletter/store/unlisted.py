"""Who gets a digest because a list has them, and how it is taken from who is in it no more."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsletter.model.consent import How, What
from newsletter.model.subscriber import LIVING
from newsletter.store.database import Tx
from newsletter.store.tables import consents, further_languages, subscribers, subscriptions

_AT_ONCE = 5_000  # numbers a statement


def from_lists(
    tx: Tx, digest: str, language: str, *, after: int, many: int
) -> list[tuple[int, str]]:
    """Subscribers and their keys, by number from `after` on, who get the digest in this language
    because a list has them: nobody who signed up, or ever chose."""
    signed_up = sa.exists().where(
        consents.c.address_hash == subscribers.c.address_hash,
        consents.c.digest == digest,
        consents.c.what.in_((What.SIGN_UP.value, What.CONFIRM.value)),
    )
    rows: Iterable[Any] = tx.run(
        sa.select(subscribers.c.id, subscribers.c.email_key)
        .select_from(subscribers.join(subscriptions))
        .where(
            subscribers.c.id > after,
            subscriptions.c.digest == digest,
            subscriptions.c.language == language,
            subscriptions.c.status.in_(LIVING),
            ~subscriptions.c.chosen,
            ~signed_up,
        )
        .order_by(subscribers.c.id)
        .limit(many)
    )
    return [(row.id, row.email_key) for row in rows]


def remove(tx: Tx, numbers: Sequence[int], digest: str, source: str, now: datetime) -> None:
    """Take the digest away from these subscribers, as if no list had ever had them; that it was
    done is written down."""
    words = f"is not in {source}"
    for start in range(0, len(numbers), _AT_ONCE):
        chunk = list(numbers[start : start + _AT_ONCE])
        gone = (
            sa.select(
                sa.bindparam("at", now, type_=consents.c.at.type),
                subscribers.c.address_hash,
                subscribers.c.id,
                *map(sa.literal, (What.UNSUBSCRIBE.value, digest, How.LIST.value, "", words)),
            )
        ).where(subscribers.c.id.in_(chunk))
        columns = ("at", "address_hash", "subscriber_id", "what", "digest", "how", "wording")
        tx.run(sa.insert(consents).from_select([*columns, "detail"], gone))
        for table in (further_languages, subscriptions):
            tx.run(
                sa.delete(table).where(table.c.subscriber_id.in_(chunk), table.c.digest == digest)
            )
