"""Door: the database. The one module that knows SQLite from PostgreSQL."""

import fcntl
import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from newsletter.lib.errors import NewsletterError

# NORMAL survives a killed process, not a power cut; in WAL mode it never corrupts (sqlite.org/wal).
_SQLITE_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "busy_timeout = 30000",
)

# For imports, and what is usual (sqlite.org/pragma): memory for pages in kB, and the pages that the
# log may have before they are copied into the file.
_SQLITE_MUCH = ("cache_size = -32000", "wal_autocheckpoint = 50000")
_SQLITE_USUAL = ("cache_size = -2000", "wal_autocheckpoint = 1000")

# A process that stands still in the middle of a transaction would keep others from what it locked:
# PostgreSQL ends such a session. No transaction of ours thinks for so long.
STANDSTILL = timedelta(seconds=60)


class DatabaseFault(NewsletterError):
    """The database cannot be used as it is."""


class DatabaseAway(DatabaseFault):
    """The server of the database was lost, and may come back."""


@dataclass(frozen=True, slots=True)
class Tx:
    """One transaction. What is put in `after_commit` runs once it is committed, else never."""

    connection: sa.Connection
    after_commit: list[Callable[[], object]] = field(default_factory=list)

    def run(
        self, statement: sa.Executable, rows: Sequence[dict[str, Any]] | dict[str, Any] = ()
    ) -> sa.CursorResult[Any]:
        """Execute a statement, once (with the values of a row) or for each of `rows`."""
        if rows:
            return self.connection.execute(statement, rows)
        return self.connection.execute(statement)

    def take_turns(self, what: str) -> None:
        """Let transactions that ask for the same thing follow each other, to the end of this one.
        On SQLite all that write do."""
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_lock_number(what))))

    def clock(self) -> datetime:
        """The time now, the same for all machines that share the database."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def seconds(self) -> float:
        """The time, in seconds since 1970, by the one clock that all processes on this database
        share: PostgreSQL's own; this machine's for SQLite, which is on it."""
        if self.connection.dialect.name == "postgresql":
            clock = sa.extract("epoch", sa.func.clock_timestamp())
            return float(self.connection.execute(sa.select(clock)).scalar_one())
        return time.time()

    def insert_new(self, table: sa.Table, rows: Sequence[dict[str, Any]]) -> int:
        """Insert the rows that break no unique constraint; return how many were inserted."""
        if not rows:
            return 0
        statement = self._insert_new(table).returning(*table.primary_key)
        return len(self.connection.execute(statement, list(rows)).all())

    def insert_selected(self, table: sa.Table, columns: Sequence[str], rows: sa.Select[Any]) -> int:
        """Insert the selected rows that break no unique constraint; return how many were."""
        # SQLite takes ON CONFLICT for the ON of a join where no WHERE stands before it (its manual,
        # INSERT, "Parsing Ambiguity").
        statement = self._insert_new(table).from_select(list(columns), rows.where(sa.true()))
        counted = statement.execution_options(preserve_rowcount=True)
        return self.connection.execute(counted).rowcount

    def _insert_new(self, table: sa.Table) -> Any:
        insert = (
            postgresql.insert if self.connection.dialect.name == "postgresql" else sqlite.insert
        )
        return insert(table).on_conflict_do_nothing()

    def table_of(
        self, columns: Mapping[str, TypeEngine[Any]], rows: Iterable[Sequence[object]]
    ) -> sa.Subquery:
        """Rows as a table to select from: one parameter for all of them, so that a million rows
        are not a million times the work of putting a statement together."""
        document = sa.literal(json.dumps(list(rows), ensure_ascii=False, default=_stored))
        cell = (
            _postgresql_cell(document)
            if self.connection.dialect.name == "postgresql"
            else _sqlite_cell(document)
        )
        named = (cell(at, kind).label(name) for at, (name, kind) in enumerate(columns.items()))
        return sa.select(*named).subquery()


_Cell = Callable[[int, TypeEngine[Any]], sa.ColumnElement[Any]]


def _postgresql_cell(document: sa.ColumnElement[str]) -> _Cell:
    rows = sa.func.jsonb_array_elements(sa.cast(document, postgresql.JSONB)).table_valued("value")
    return lambda at, kind: sa.cast(rows.c.value.op("->>")(at), kind)


def _sqlite_cell(document: sa.ColumnElement[str]) -> _Cell:
    rows = sa.func.json_each(document).table_valued("value")
    return lambda at, kind: sa.func.json_extract(rows.c.value, f"$[{at}]", type_=kind)


def _stored(value: object) -> str:
    """An aware datetime as both databases keep it."""
    assert isinstance(value, datetime)
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


class Database:
    """An open database. `begin` writes, `read` only looks."""

    def __init__(self, url: str) -> None:
        if url.startswith("postgresql://"):
            url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        try:
            self._engine = sa.create_engine(url)
        except ModuleNotFoundError:
            raise DatabaseFault(
                "database: PostgreSQL needs a driver: pip install 'newsletter-composer[postgresql]'"
            ) from None
        self.embedded = self._engine.dialect.name == "sqlite"
        if self.embedded:
            _make_private(self.file)
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        else:
            event.listen(self._engine, "connect", _prepare_postgresql)

    @property
    def engine(self) -> sa.Engine:
        """For the migrations, which need the connection itself."""
        return self._engine

    @property
    def name(self) -> str:
        """What it is called in messages: without a password."""
        return self._engine.url.render_as_string(hide_password=True)

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """A writing transaction: committed at the end, rolled back on any exception."""
        with self._connect() as connection:
            with connection.execution_options(writes=True).begin():
                tx = Tx(connection)
                yield tx
            connection.execution_options(writes=False)
        for call in tx.after_commit:
            call()

    @contextmanager
    def much(self) -> Iterator[None]:
        """While a great deal is written. An embedded database then keeps more of what it changes
        in memory: new rows go to any place of an index, and with little memory every one of them
        writes a whole page, twice."""
        if not self.embedded:
            yield
            return
        self._set(_SQLITE_MUCH)
        try:
            yield
        finally:
            self._set(_SQLITE_USUAL)

    def _set(self, pragmas: Iterable[str]) -> None:
        with self._connect() as connection:  # the one that goes back is the next to be taken
            for pragma in pragmas:
                connection.exec_driver_sql(f"PRAGMA {pragma}")

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """One consistent look."""
        with self._connect() as connection, connection.begin():
            yield Tx(connection)

    @contextmanager
    def _connect(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            # A session that PostgreSQL ended for standing still is lost in other words.
            if not (isinstance(error, sa.exc.OperationalError) or error.connection_invalidated):
                raise
            kind = DatabaseAway if _is_away(error) else DatabaseFault
            raise kind(f"database {self.name}: {error.orig}") from error

    @contextmanager
    def exclusive(self, what: str) -> Iterator[None]:
        """Wait for, then hold, the lock `what`: one holder among all processes on this database.

        The operating system, or the server, frees it when the holder dies: nothing has to expire.
        """
        with self._exclusive_file(what) if self.embedded else self._advisory_lock(what):
            yield

    @contextmanager
    def _exclusive_file(self, what: str) -> Iterator[None]:
        with self.file.with_name(f".{self.file.name}-{what}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _advisory_lock(self, what: str) -> Iterator[None]:
        number = _lock_number(what)
        # A connection of its own, outside any transaction: its end frees the lock.
        with self._connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            while not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(number))):
                time.sleep(0.2)
            try:
                yield
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(number)))

    @contextmanager
    def present(self, name: str) -> Iterator[None]:
        """Be here under a name that others can look for. The operating system, or the server,
        takes it back when the process dies."""
        if not self.embedded:
            with self._advisory_lock(name):
                yield
            return
        path = self._sign(name)
        with _made(path) as sign:
            fcntl.flock(sign, fcntl.LOCK_EX)
            try:
                yield
            finally:
                path.unlink(missing_ok=True)

    def is_present(self, name: str) -> bool:
        """Whether a living process is here under this name, on any machine."""
        if not self.embedded:
            number = _lock_number(name)
            with self._connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                free = bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(number))))
                if free:
                    connection.execute(sa.select(sa.func.pg_advisory_unlock(number)))
            return not free
        try:
            with self._sign(name).open() as sign:
                fcntl.flock(sign, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        self._sign(name).unlink(missing_ok=True)  # left by one that died
        return False

    def _sign(self, name: str) -> Path:
        return self.file.with_name(f".{self.file.name}-{name}.lock")

    @property
    def file(self) -> Path:
        """Where an embedded database lies."""
        return Path(self._engine.url.database or "")

    def home(self) -> str:
        """Where this database lives, so that a copy of it is told from the original.

        SQLite: machine, path and inode of the file; PostgreSQL: the cluster's identifier and the
        database's name.
        """
        if self.embedded:
            machine = Path("/etc/machine-id")
            place = machine.read_text("utf-8").strip() if machine.is_file() else ""
            return f"{place}:{self.file.resolve()}:{self.file.stat().st_ino}"
        with self.read() as tx:
            system = tx.connection.scalar(
                sa.text("select system_identifier from pg_control_system()")
            )
            return f"{system}:{self._engine.url.database}"

    def backup(self, target: Path) -> None:
        """Copy an embedded database, consistently, while others use it."""
        self._need_embedded("pg_dump --format=custom")
        _make_private(target)
        with (
            closing(sqlite3.connect(self.file)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)

    def restore(self, backup: Path) -> None:
        """Replace an embedded database by a copy that `backup` made. DatabaseFault, and nothing
        replaced, when the file is no whole copy."""
        self._need_embedded("pg_restore")
        _check_backup(backup)
        self._engine.dispose()
        with (
            closing(sqlite3.connect(backup)) as source,
            closing(sqlite3.connect(self.file)) as live,
        ):
            source.backup(live)

    def _need_embedded(self, tool: str) -> None:
        if not self.embedded:
            raise DatabaseFault(
                f"database {self.name}: PostgreSQL has its own tools for this ({tool}); "
                "afterwards `newsletter database adopt` lets the restored one send"
            )

    def close(self) -> None:
        self._engine.dispose()


def _is_away(error: sa.exc.DBAPIError) -> bool:
    """PostgreSQL, appendix A: 08 is for connections, 57P for a server that ends or begins. A
    session that was never had, or that broke, has no code. (SQLite, a file, has none at all.)"""
    code: str | None = getattr(error.orig, "sqlstate", "")
    return error.connection_invalidated or code is None or code.startswith(("08", "57P"))


def _made(sign: Path) -> TextIO:
    try:
        return sign.open("w")
    except OSError as error:
        raise DatabaseFault(f"{sign}: cannot be made: {error.strerror}") from None


def _lock_number(what: str) -> int:
    """The advisory lock that PostgreSQL knows it by."""
    return int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], "big", signed=True)


def _check_backup(file: Path) -> None:
    try:
        # SQLite would make a file that is not there: an empty database.
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True)) as backup:
            (state,) = backup.execute("PRAGMA quick_check(1)").fetchone()
            backup.execute("SELECT version_num FROM alembic_version")
    except sqlite3.Error as error:
        state = str(error)
    if state != "ok":
        raise DatabaseFault(
            f"{file}: this is no backup that `newsletter database backup` made ({state})"
        )


def _make_private(file: Path) -> None:
    """Readers' addresses are nobody else's: SQLite gives what it lays beside a file its mode."""
    try:
        file.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise DatabaseFault(f"database {file}: {error.strerror}") from None


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = (
        None  # we say BEGIN ourselves: the driver's own guess comes too late
    )
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(connection: Any, _record: object) -> None:
    seconds = STANDSTILL.total_seconds()
    connection.execute(f"set idle_in_transaction_session_timeout = '{1000 * seconds:.0f}ms'")
    connection.commit()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A writer takes its turn at once: one that began as a reader can be refused (SQLITE_BUSY).
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
