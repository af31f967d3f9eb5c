"""Which version of the tables a database has, and how it gets the newest."""

from pathlib import Path

import sqlalchemy as sa

from newsletter.store import migrations
from newsletter.store.database import Database, DatabaseFault, Tx
from newsletter.store.tables import metadata

# Where alembic keeps the version, made as it makes it.
_VERSIONS = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def prepare(database: Database) -> None:
    """Make the tables of a new database; DatabaseFault when an old or a newer one stands there."""
    version = current(database)
    if version is None:
        version = _make(database)
    if version < migrations.HEAD:
        raise DatabaseFault(
            f"database {database.name}: made by an earlier release (tables {version}, needed "
            f"{migrations.HEAD}); run `newsletter database backup FILE`, then "
            "`newsletter database upgrade`"
        )
    if version > migrations.HEAD:
        raise DatabaseFault(
            f"database {database.name}: made by a newer release (tables {version}); "
            "install that release, or restore a backup made before it"
        )


def current(database: Database) -> str | None:
    """The version of the tables; None for an empty database."""
    with database.read() as tx:
        return _version(tx)


def _version(tx: Tx) -> str | None:
    if not sa.inspect(tx.connection).has_table(_VERSIONS.name):
        return None
    return str(tx.connection.scalar(sa.select(_VERSIONS.c.version_num)))


def _make(database: Database) -> str:
    """Make all tables at once, as the migrations would one after the other, unless another process
    just has; return their version."""
    with database.exclusive("upgrade"), database.begin() as tx:
        version = _version(tx)
        if version is None:
            version = migrations.HEAD
            metadata.create_all(tx.connection)
            _VERSIONS.create(tx.connection)
            tx.run(sa.insert(_VERSIONS).values(version_num=version))
    return version


def upgrade(database: Database, to: str = migrations.HEAD) -> str:
    """Bring the tables to a version, the newest, one process at a time; return it."""
    from alembic import command  # only an upgrade needs it, and it is slow to load
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with database.exclusive("upgrade"), database.begin() as tx:
        config.attributes["connection"] = tx.connection
        command.upgrade(config, to)
    return to
