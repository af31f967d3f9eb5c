import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from newsletter.store import migrations, schema
from newsletter.store.database import Database, DatabaseFault
from newsletter.store.tables import metadata


@pytest.fixture
def old_one(database: Database, postgresql_url: str, tmp_path: Path) -> Iterator[Database]:
    """A database of the same kind that went through all migrations."""
    opened = Database(f"sqlite:///{tmp_path / 'old.db'}" if database.embedded else postgresql_url)
    schema.upgrade(opened)
    yield opened
    opened.close()


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(old_one: Database) -> None:
    with old_one.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx.connection), metadata) == []


def described(database: Database) -> dict[str, dict[str, list[str]]]:
    """All that a database says of each of its tables, but for what stands in a column by itself."""
    with database.read() as tx:
        inspector = sa.inspect(tx.connection)
        return {
            table: {
                "columns": _told(inspector.get_columns(table)),
                "key": _told([inspector.get_pk_constraint(table)]),
                "foreign": _told(inspector.get_foreign_keys(table)),
                "unique": _told(inspector.get_unique_constraints(table)),
                "checks": _told(inspector.get_check_constraints(table)),
                "indexes": _told(inspector.get_indexes(table)),
            }
            for table in inspector.get_table_names()
        }


def _told(things: Sequence[Any]) -> list[str]:
    return sorted(
        repr({key: _plain(value) for key, value in thing.items() if key != "default"})
        for thing in things
    )


def _plain(value: Any) -> object:
    """Types and conditions by their words."""
    return {k: str(v) for k, v in value.items()} if isinstance(value, dict) else str(value)


def defaults(database: Database) -> dict[tuple[str, str], str]:
    """What stands in a column by itself."""
    with database.read() as tx:
        inspector = sa.inspect(tx.connection)
        return {
            (table, column["name"]): str(column["default"])
            for table in inspector.get_table_names()
            for column in inspector.get_columns(table)
            if column["default"] is not None
        }


def test_a_new_database_has_what_the_migrations_make(database: Database, old_one: Database) -> None:
    assert described(database) == described(old_one)
    # What a migration gave to the rows of before stays in some columns that are always written.
    assert defaults(database).items() <= defaults(old_one).items()


def test_the_newest_migration_is_the_one_the_program_works_with() -> None:
    versions = Path(migrations.__file__).parent / "versions"
    newest = max(path.name for path in versions.glob("[0-9]*.py"))
    assert re.match(r"\d+", newest)[0] == migrations.HEAD  # type: ignore[index]


def test_tables_of_a_newer_release_are_refused_with_the_way_out(database: Database) -> None:
    with database.begin() as tx:
        tx.run(sa.text("update alembic_version set version_num = '9999'"))
    with pytest.raises(DatabaseFault, match=r"newer release.*install that release"):
        schema.prepare(database)


def test_tables_of_an_earlier_release_are_brought_up_to_date_when_asked(sqlite_url: str) -> None:
    old = Database(sqlite_url)
    schema.upgrade(old, to="0001")
    with pytest.raises(DatabaseFault, match=r"earlier release.*newsletter database upgrade"):
        schema.prepare(old)
    assert schema.upgrade(old) == schema.current(old) == migrations.HEAD
    with old.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx.connection), metadata) == []
    old.close()


def test_preparing_twice_changes_nothing(database: Database) -> None:
    schema.prepare(database)
    assert schema.current(database) == migrations.HEAD
