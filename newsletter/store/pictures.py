"""Copies of pictures: what the letters of frozen editions show, by the hash of their bytes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newsletter.model.letter import PictureCopy
from newsletter.store.database import Tx
from newsletter.store.tables import pictures


def keep(tx: Tx, copies: Iterable[PictureCopy], now: datetime) -> int:
    """Keep these copies for good; return how many are new. One that is there already stays."""
    rows = [
        {
            "key": copy.key,
            "mime": copy.mime,
            "width": copy.width,
            "height": copy.height,
            "content": copy.content,
            "first_used": now,
        }
        for copy in copies
    ]
    return tx.insert_new(pictures, rows)


def copy_of(tx: Tx, key: str) -> PictureCopy | None:
    """The copy whose bytes have this SHA-256 (hexadecimal, lower case); None when there is none."""
    return next(iter(copies_of(tx, [key])), None)


def copies_of(tx: Tx, keys: Iterable[str]) -> list[PictureCopy]:
    """Those of these copies that are kept."""
    rows: Iterable[Any] = tx.run(sa.select(pictures).where(pictures.c.key.in_(list(keys))))
    return [
        PictureCopy(
            key=row.key,
            mime=row.mime,
            width=row.width,
            height=row.height,
            content=bytes(row.content),
        )
        for row in rows
    ]
