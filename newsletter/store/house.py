"""Facts about the whole store, by name: where it lives, which keys it was made with."""

import sqlalchemy as sa

from newsletter.store.database import Tx
from newsletter.store.tables import house

HOME = "home"  # the place that may send; see Database.home
KEY_RING = "key_ring"  # fingerprint of the keys that its tokens and hashes were made with


def fact(tx: Tx, key: str) -> str | None:
    return tx.connection.scalar(sa.select(house.c.value).where(house.c.key == key))


def set_fact(tx: Tx, key: str, value: str) -> None:
    if tx.insert_new(house, [{"key": key, "value": value}]) == 0:
        tx.run(sa.update(house).where(house.c.key == key).values(value=value))
