"""The tables of procrastinate in our database: made when missing, brought up to the installed
release.

procrastinate keeps no record of the migrations that were applied; so we keep the name of the last.
"""

from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from procrastinate.schema import SchemaManager

from newsletter.lib.errors import NewsletterError
from newsletter.store import house
from newsletter.store.database import Database, Tx

_FACT = "procrastinate"  # the last migration that was applied
_TURN = "procrastinate"


class JobsFault(NewsletterError):
    """The tables of the jobs cannot be used as they are."""


def prepare(database: Database) -> None:
    """Bring the tables to the installed release, one process at a time. Tables that somebody else
    made, for jobs of their own, are taken as they are. JobsFault when a newer release made them, or
    when the database does not let us."""
    try:
        with database.exclusive(_TURN):
            for name in _missing(database):
                _apply(database, name)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise JobsFault(
            f"database {database.name}: the tables of procrastinate could not be made: {error}"
        ) from error


def are_there(tx: Tx) -> bool:
    """Whether a worker was ever started on this database."""
    found = tx.connection.exec_driver_sql("select to_regclass('procrastinate_jobs')").scalar()
    return found is not None


def driver(tx: Tx) -> Any:
    """The connection of psycopg behind a transaction, for what is to be committed with it."""
    return tx.connection.connection.driver_connection


def migrations() -> tuple[str, ...]:
    """The names of the migrations that the installed release knows, in their order."""
    return tuple(sorted(path.name for path in _folder().glob("*.sql")))


def _missing(database: Database) -> tuple[str | None, ...]:
    """What is still to be applied: names of migrations, or None for the whole schema."""
    known = migrations()
    with database.read() as tx:
        last, there = house.fact(tx, _FACT), are_there(tx)
    if not there:
        return (None,)
    if last is None:
        return ()
    if last not in known:
        raise JobsFault(
            f"database {database.name}: a newer release of procrastinate made its tables ({last}); "
            "pip install --upgrade 'newsletter-composer[workers]'"
        )
    return known[known.index(last) + 1 :]


def _apply(database: Database, name: str | None) -> None:
    """Apply a migration, or the whole schema, and remember it: both or nothing."""
    statements = SchemaManager.get_schema() if name is None else (_folder() / name).read_text()
    with database.begin() as tx:
        driver(tx).execute(statements)  # many at once: only without parameters
        house.set_fact(tx, _FACT, name or migrations()[-1])


@cache
def _folder() -> Path:
    return Path(SchemaManager.get_migrations_path())
