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
from hypothesis import HealthCheck, settings

from newsletter.store import schema
from newsletter.store.database import Database
from tests.require import missing
from tests.tools.postgresql import OwnPostgresql, own_server

# A busy machine is no fault of the code: how long an example takes decides nothing.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

_LONG = {  # more than a minute a file, or nearly
    "journeys",
    "test_desk_in_a_browser.py",
    "test_public_in_a_browser.py",
    "test_typeset.py",
    "test_variants.py",
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Much of the suite waits for servers, browsers and clocks: one more than there are cores."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long first: begun last, it would keep one core busy and the others waiting."""
    items.sort(key=lambda item: _LONG.isdisjoint(item.path.parts))


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server of our own, started for this run of the suite."""
    with _postgresql(tmp_path_factory) as server:
        _be_forgetful(server.get_uri())
        yield server.get_uri()


def _be_forgetful(url: str) -> None:
    """Nobody cuts the power of this server, and its databases live for a test: nothing has to be on
    the disk when a transaction ends. (The servers that are crashed keep all their habits.)"""
    engine = sa.create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sa.text(f"alter system set {setting} = off"))
        connection.execute(sa.text("select pg_reload_conf()"))
    engine.dispose()


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
    with _postgresql_database(postgresql_server, like="template1") as url:
        yield url


@contextmanager
def _postgresql_database(server: str, *, like: str) -> Iterator[str]:
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


# Making the tables takes longer than most tests: each kind of database makes them once, and every
# test has a copy.


@pytest.fixture
def prepared_sqlite_url(sqlite_tables: Path, sqlite_url: str, tmp_path: Path) -> str:
    shutil.copy(sqlite_tables, tmp_path)
    return sqlite_url


@pytest.fixture
def prepared_postgresql_url(postgresql_server: str, postgresql_tables: str) -> Iterator[str]:
    with _postgresql_database(postgresql_server, like=postgresql_tables) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with its tables and nothing in them."""
    file = tmp_path_factory.mktemp("tables") / "newsletter.db"
    _make_tables(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_tables(postgresql_server: str) -> Iterator[str]:
    """The name of a PostgreSQL database with its tables and nothing in them."""
    with _postgresql_database(postgresql_server, like="template1") as url:
        _make_tables(url)
        yield str(sa.make_url(url).database)


def _make_tables(url: str) -> None:
    made = Database(url)
    schema.prepare(made)
    made.close()
