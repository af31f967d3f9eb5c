"""What both databases promise: whole transactions, one holder of a lock, times that know UTC."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from newsletter.store import house, schema, sources
from newsletter.store.database import Database, DatabaseFault

HOLDER = """
import sys, time
from newsletter.store.database import Database
with Database(sys.argv[1]).exclusive("sending"):
    print("held", flush=True)
    time.sleep(60)
"""


def fact(database: Database, key: str) -> str | None:
    with database.read() as tx:
        return house.fact(tx, key)


def test_a_failing_transaction_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.begin() as tx:
            house.set_fact(tx, "a", "1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert fact(database, "a") is None


def test_what_is_asked_for_after_the_commit_happens_only_then(database: Database) -> None:
    done: list[str] = []
    with database.begin() as tx:
        tx.after_commit.append(lambda: done.append(fact(database, "a") or ""))
        house.set_fact(tx, "a", "1")
        assert done == []
    assert done == ["1"]


def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    there = datetime(2026, 11, 22, 7, 0, tzinfo=timezone(timedelta(hours=-5)))
    with database.begin() as tx:
        sources.record_reading(tx, "site", there)
    with database.read() as tx:
        state = sources.state_of(tx, "site")
    assert state.first_read_at == there
    assert state.first_read_at is not None
    assert state.first_read_at.tzinfo is UTC


def test_the_clock_of_the_store_tells_the_time(database: Database) -> None:
    with database.read() as tx:
        first, second = tx.seconds(), tx.seconds()
    assert datetime.fromtimestamp(first, UTC) > datetime(2026, 1, 1, tzinfo=UTC)
    assert first <= second


def test_a_time_without_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="a stored time is aware"), database.begin() as tx:
        sources.record_reading(tx, "site", datetime(2026, 11, 22, 7, 0))  # noqa: DTZ001


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_lock_has_one_holder_and_is_free_when_that_one_is_killed(
    kind: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(f"{kind}_url")
    database = Database(url)
    schema.prepare(database)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    entered = threading.Event()
    waiting = threading.Thread(target=_enter, args=(database, entered), daemon=True)
    waiting.start()
    time.sleep(0.3)
    assert not entered.is_set()
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    assert entered.wait(30)
    waiting.join()
    database.close()


def _enter(database: Database, entered: threading.Event) -> None:
    with database.exclusive("sending"):
        entered.set()


def test_a_backup_is_whole_while_others_write(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    schema.prepare(database)
    with database.begin() as tx:
        house.set_fact(tx, "a", "1")
    with database.begin() as tx:
        house.set_fact(tx, "a", "2")  # not committed yet
        database.backup(tmp_path / "copy.db")
    copy = Database(f"sqlite:///{tmp_path / 'copy.db'}")
    assert fact(copy, "a") == "1"
    database.restore(tmp_path / "copy.db")
    assert fact(database, "a") == "1"
    copy.close()
    database.close()


@pytest.mark.parametrize("content", [None, b"", b"no database" * 1000])
def test_what_is_no_backup_replaces_nothing(
    sqlite_url: str, tmp_path: Path, content: bytes | None
) -> None:
    database = Database(sqlite_url)
    schema.prepare(database)
    with database.begin() as tx:
        house.set_fact(tx, "a", "1")
    if content is not None:
        (tmp_path / "copy.db").write_bytes(content)
    with pytest.raises(DatabaseFault, match=r"copy\.db: this is no backup"):
        database.restore(tmp_path / "copy.db")
    assert fact(database, "a") == "1"
    assert (tmp_path / "copy.db").exists() == (content is not None)
    database.close()


def test_half_a_backup_replaces_nothing(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    schema.prepare(database)
    database.backup(tmp_path / "copy.db")
    half = (tmp_path / "copy.db").read_bytes()
    (tmp_path / "copy.db").write_bytes(half[: len(half) // 8192 * 4096])
    with pytest.raises(DatabaseFault, match=r"copy\.db: this is no backup"):
        database.restore(tmp_path / "copy.db")
    assert schema.current(database)
    database.close()


def test_readers_addresses_are_private(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    schema.prepare(database)
    database.backup(tmp_path / "copy.db")
    held = [*tmp_path.glob("newsletter.db*"), tmp_path / "copy.db"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in held} == {0o600}
    database.close()


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseFault, match="No such file or directory"):
        Database(f"sqlite:///{tmp_path / 'nowhere' / 'x.db'}")


def test_postgresql_is_saved_by_its_own_tools(postgresql_url: str, tmp_path: Path) -> None:
    database = Database(postgresql_url)
    with pytest.raises(DatabaseFault, match=r"pg_dump.*database adopt"):
        database.backup(tmp_path / "copy.db")
    database.close()
