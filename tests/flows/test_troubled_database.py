"""What a database that is full, locked or gone for a while does to a mailing: it waits, or stops,
and loses nobody."""

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from newsletter.flows.send import deliver
from newsletter.model.delivery import DeliveryState
from newsletter.model.edition import EditionState
from newsletter.store import schema
from newsletter.store.database import Database, DatabaseAway, DatabaseFault
from tests.flows.mailings import addresses, frozen, mailing, state_of, states
from tests.smtp_server import SmtpServer
from tests.tools.postgresql import OwnPostgresql

CONNECTIONS = 3


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def embedded(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    schema.prepare(database)
    yield database
    database.close()


@contextmanager
def full(database: Database) -> Iterator[None]:
    """The disk has room for two pages more."""

    def limit(connection: Any, _record: object) -> None:
        (pages,) = connection.execute("pragma page_count").fetchone()
        connection.execute(f"pragma max_page_count = {pages + 2}")

    sa.event.listen(database.engine, "connect", limit)
    database.engine.dispose()
    yield
    sa.event.remove(database.engine, "connect", limit)
    database.engine.dispose()


def test_a_full_disk_stops_the_run_and_the_next_one_finishes(
    embedded: Database, server: SmtpServer
) -> None:
    everybody = addresses(400)
    number = frozen(embedded, *everybody)
    with full(embedded), pytest.raises(DatabaseFault, match="full"):
        deliver(embedded, mailing(server, connections=CONNECTIONS))
    assert 0 < len(server.taken) < len(everybody)
    assert state_of(embedded, number) is EditionState.SENDING
    deliver(embedded, mailing(server, connections=CONNECTIONS))
    assert set(states(embedded, number).values()) == {DeliveryState.SENT}
    letters = Counter(server.recipients)
    assert letters.keys() == set(everybody)
    assert sum(letters.values()) <= len(everybody) + CONNECTIONS
    assert len({taken.message["Message-ID"] for taken in server.taken}) == len(everybody)


def test_a_locked_database_is_waited_for(embedded: Database, server: SmtpServer) -> None:
    everybody = addresses(60)
    number = frozen(embedded, *everybody)
    locked, done = threading.Event(), threading.Event()

    def lock() -> None:
        with closing(sqlite3.connect(embedded.file, isolation_level=None)) as other:
            while len(server.taken) < 10 and not done.is_set():
                threading.Event().wait(0.001)
            other.execute("begin immediate")
            locked.set()
            threading.Event().wait(1.5)
            other.execute("rollback")

    other = threading.Thread(target=lock)
    other.start()
    deliver(embedded, mailing(server, connections=CONNECTIONS))
    done.set()
    other.join()
    assert locked.is_set()
    assert set(states(embedded, number).values()) == {DeliveryState.SENT}
    assert sorted(server.recipients) == sorted(everybody)


def test_a_server_of_the_database_that_crashes_is_waited_for_in_mid_send(
    own_postgresql: OwnPostgresql, server: SmtpServer
) -> None:
    database = Database(own_postgresql.url)
    schema.prepare(database)
    everybody = addresses(150)
    number = frozen(database, *everybody)

    def crash() -> None:
        while len(server.taken) < 40:
            threading.Event().wait(0.001)
        own_postgresql.crash()
        own_postgresql.restart()

    striker = threading.Thread(target=crash)
    striker.start()
    deliver(database, mailing(server, connections=CONNECTIONS))
    striker.join()
    assert set(states(database, number).values()) == {DeliveryState.SENT}
    assert state_of(database, number) is EditionState.SENT
    letters = Counter(server.recipients)
    assert letters.keys() == set(everybody)
    assert sum(letters.values()) <= len(everybody) + CONNECTIONS
    database.close()


def test_a_database_that_was_never_there_is_away(postgresql_url: str) -> None:
    database = Database(postgresql_url.replace("newsletter-postgresql-", "nowhere-"))
    with pytest.raises(DatabaseAway), database.read():
        raise AssertionError("it was never there")
    database.close()
