"""Copies of pictures in the store: by the hash of their bytes, once, for good."""

from datetime import UTC, datetime
from hashlib import sha256

from newsletter.model.letter import PictureCopy
from newsletter.store import pictures
from newsletter.store.database import Database

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


def a_copy(content: bytes = bytes(range(256))) -> PictureCopy:
    key = sha256(content).hexdigest()
    return PictureCopy(key=key, mime="image/png", width=20, height=10, content=content)


def test_a_copy_comes_back_byte_for_byte(database: Database) -> None:
    with database.begin() as tx:
        assert pictures.keep(tx, [a_copy(), a_copy(b"other")], NOW) == 2
    with database.read() as tx:
        assert pictures.copy_of(tx, a_copy().key) == a_copy()
        assert pictures.copy_of(tx, "0" * 64) is None


def test_a_copy_is_kept_once(database: Database) -> None:
    for new in (1, 0):
        with database.begin() as tx:
            assert pictures.keep(tx, [a_copy()], NOW) == new


def test_keeping_nothing_is_fine(database: Database) -> None:
    with database.begin() as tx:
        assert pictures.keep(tx, [], NOW) == 0
