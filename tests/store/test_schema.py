import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from newsletter.store import migrations, schema
from newsletter.store.database import Database, DatabaseFault
from newsletter.store.tables import metadata


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(database: Database) -> None:
    with database.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx.connection), metadata) == []


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
