"""Fixtures for the whole suite: real databases of both kinds."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from newsletter.store import schema
from newsletter.store.database import Database
from tests.require import missing
from tests.tools.postgresql import OwnPostgresql, own_server


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server of our own, started for this run of the suite."""
    with _postgresql(tmp_path_factory) as server:
        yield server.get_uri()


@pytest.fixture
def own_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnPostgresql]:
    """A PostgreSQL server for one test, which may crash it."""
    with _postgresql(tmp_path_factory) as server:
        yield OwnPostgresql(server)


@contextmanager
def _postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    # Where the system gave none, the server's own libraries would warn about it.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    try:
        with own_server() as server:
            yield server
    except ImportError as error:
        missing("postgresql", str(error))


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database."""
    with _postgresql_database(postgresql_server) as url:
        yield url


@contextmanager
def _postgresql_database(server: str, like: str = "template1") -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    engine = sa.create_engine(
        server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(sa.text(f"create database {name} template {like}"))
    yield server.replace("/postgres?", f"/{name}?")
    with engine.connect() as connection:
        connection.execute(sa.text(f"drop database {name} with (force)"))
    engine.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'newsletter.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty store with its tables: every test that asks for it runs on both databases."""
    opened = Database(request.getfixturevalue(f"prepared_{request.param}_url"))
    yield opened
    opened.close()


# The migrations that make the tables take a quarter of a second: they run once for each kind of
# database, and every test gets a copy.


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with its tables and nothing in them."""
    file = tmp_path_factory.mktemp("tables") / "newsletter.db"
    _prepare(f"sqlite:///{file}")
    return file


@pytest.fixture
def prepared_sqlite_url(sqlite_tables: Path, sqlite_url: str, tmp_path: Path) -> str:
    shutil.copy(sqlite_tables, tmp_path)
    return sqlite_url


@pytest.fixture(scope="session")
def postgresql_tables(postgresql_server: str) -> Iterator[str]:
    """The name of a PostgreSQL database with its tables and nothing in them."""
    with _postgresql_database(postgresql_server) as url:
        _prepare(url)
        yield str(sa.make_url(url).database)


@pytest.fixture
def prepared_postgresql_url(postgresql_server: str, postgresql_tables: str) -> Iterator[str]:
    with _postgresql_database(postgresql_server, postgresql_tables) as url:
        yield url


def _prepare(url: str) -> None:
    made = Database(url)
    schema.prepare(made)
    made.close()
