"""Fixtures for the whole suite: real databases of both kinds."""

import os
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
    name = f"test_{uuid4().hex}"
    engine = sa.create_engine(
        postgresql_server.replace("postgresql://", "postgresql+psycopg://"),
        isolation_level="AUTOCOMMIT",
    )
    with engine.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    yield postgresql_server.replace("/postgres?", f"/{name}?")
    with engine.connect() as connection:
        connection.execute(sa.text(f"drop database {name} with (force)"))
    engine.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'newsletter.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty store with its tables: every test that asks for it runs on both databases."""
    opened = Database(request.getfixturevalue(f"{request.param}_url"))
    schema.prepare(opened)
    yield opened
    opened.close()
