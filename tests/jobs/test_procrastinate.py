"""Workers on a real PostgreSQL: woken by what is committed, and by nothing else."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from procrastinate import App, PsycopgConnector

from newsletter.flows.decide import Decision, decide, release_vetoed
from newsletter.flows.send import deliver
from newsletter.jobs import procrastinate_tables as tables
from newsletter.jobs.port import Wake
from newsletter.jobs.procrastinate import QUEUE, ProcrastinateJobs, clear_up
from newsletter.jobs.procrastinate_tables import JobsFault
from newsletter.model.delivery import DeliveryState
from newsletter.model.edition import EditionState
from newsletter.store import chunks, house, schema
from newsletter.store.database import Database, DatabaseFault, Tx
from tests.flows.mailings import NOW, addresses, frozen, mailing, states
from tests.smtp_server import SmtpServer
from tests.waiting import until

NEVER = "0 0 1 1 * 0"  # a look that no test lives to see
EVERY_SECOND = "* * * * * *"
ANN = "ann@example.com"


@pytest.fixture
def database(postgresql_url: str) -> Iterator[Database]:
    opened = Database(postgresql_url)
    schema.prepare(opened)
    tables.prepare(opened)
    yield opened
    opened.close()


def jobs_of(database: Database) -> list[tuple[str, str]]:
    """The lock and the state of every job."""
    with database.read() as tx:
        rows = tx.connection.exec_driver_sql(
            "select queueing_lock, status::text from procrastinate_jobs order by id"
        )
        return [(row.queueing_lock, row.status) for row in rows]


def jobs(database: Database, look: str = NEVER) -> ProcrastinateJobs:
    return ProcrastinateJobs(database, look)


def wake(database: Database, edition: int) -> None:
    with database.begin() as tx:
        jobs(database).wake(tx, edition)


@contextmanager
def worker(
    database: Database, run: Callable[[], object], look: str = NEVER
) -> Iterator[threading.Thread]:
    """A worker in a thread, told to stop at the end."""
    stop = threading.Event()
    thread = threading.Thread(target=jobs(database, look).work, args=(run, stop), daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(60)
        assert not thread.is_alive()


def workers(database: Database) -> int:
    """How many say that they are there."""
    with database.read() as tx:
        found = tx.connection.exec_driver_sql("select count(*) from procrastinate_workers")
        return int(found.scalar_one())


def test_a_transaction_that_is_rolled_back_leaves_no_job(database: Database) -> None:
    number = frozen(database, ANN)

    def fail() -> None:
        with database.begin() as tx:
            jobs(database).wake(tx, number)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert jobs_of(database) == []


def test_there_is_a_job_for_each_worker_that_could_have_a_chunk(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "SIZE", 2)
    number = frozen(database, *addresses(5))
    wake(database, number)
    assert [state for _, state in jobs_of(database)] == ["todo"] * 3


def test_who_is_woken_twice_comes_once_and_the_transaction_goes_on(database: Database) -> None:
    number = frozen(database, ANN)
    with database.begin() as tx:
        jobs(database).wake(tx, number)
        jobs(database).wake(tx, number)
        house.set_fact(tx, "after", "written")
    with database.read() as tx:
        assert house.fact(tx, "after") == "written"
    assert len(jobs_of(database)) == 1


def test_where_no_worker_was_ever_started_nobody_is_woken(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    schema.prepare(database)
    number = frozen(database, ANN)
    wake(database, number)
    with database.read() as tx:
        assert not tables.are_there(tx)
    database.close()


def test_jobs_that_cannot_be_written_spoil_nothing(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    number = frozen(database, ANN)
    with database.begin() as tx:
        tx.connection.execute(sa.text("drop function procrastinate_defer_jobs_v1 cascade"))
    with database.begin() as tx:
        jobs(database).wake(tx, number)
        house.set_fact(tx, "after", "written")
    with database.read() as tx:
        assert house.fact(tx, "after") == "written"
    assert "procrastinate_defer_jobs_v1" in "".join(capsys.readouterr())


def test_a_waiting_worker_is_woken_by_the_commit(database: Database) -> None:
    number = frozen(database, ANN)
    ran = threading.Event()
    with worker(database, ran.set):
        until(lambda: workers(database) == 1, "a worker that waits")
        assert not ran.is_set()
        wake(database, number)
        assert ran.wait(60)
        until(lambda: jobs_of(database) == [], "nothing is left of the job")


@pytest.mark.parametrize(
    ("before", "decision", "woken"),
    [
        (EditionState.HELD, Decision.APPROVE, True),
        (EditionState.PAUSED, Decision.RESUME, True),
        (EditionState.FROZEN, Decision.HOLD, False),
        (EditionState.SENDING, Decision.PAUSE, False),
        (EditionState.FROZEN, Decision.CANCEL, False),
    ],
)
def test_a_decision_wakes_workers_when_there_is_something_to_deliver(
    database: Database, before: EditionState, decision: Decision, woken: bool
) -> None:
    number = frozen(database, ANN, state=before)
    told = jobs(database).wake
    decide(database, number, decision, who="maria", now=NOW, wake=told)
    assert len(jobs_of(database)) == int(woken)


def test_the_end_of_a_veto_wakes_workers(database: Database) -> None:
    frozen(database, ANN, state=EditionState.HELD, release_at=NOW)
    told: Wake = jobs(database).wake
    release_vetoed(database, rehearsal=False, now=NOW - timedelta(minutes=1), wake=told)
    assert jobs_of(database) == []
    release_vetoed(database, rehearsal=False, now=NOW, wake=told)
    assert len(jobs_of(database)) == 1


def test_a_run_that_fails_ends_no_worker(database: Database) -> None:
    number = frozen(database, ANN)
    ran = threading.Semaphore(0)

    def fail() -> None:
        ran.release()
        raise ZeroDivisionError

    with worker(database, fail):
        for _ in range(2):
            wake(database, number)
            assert ran.acquire(timeout=60)
            until(lambda: jobs_of(database) == [], "the job is over")


def test_deferred_readers_are_tried_when_they_are_due_without_anybody_waking(
    database: Database,
) -> None:
    number = frozen(database, ANN)
    times = [NOW]
    with SmtpServer() as server:
        server.say("RCPT", "450 4.7.1 Greylisted", times=1)
        sending = mailing(server, clock=lambda: times[-1])
        looks = threading.Semaphore(0)

        def run() -> None:
            deliver(database, sending)
            looks.release()

        with worker(database, run, EVERY_SECOND):
            until(
                lambda: states(database, number)[ANN] is DeliveryState.DEFERRED, "a deferred reader"
            )
            for _ in range(2):
                assert looks.acquire(timeout=60)
            assert server.recipients == []
            times.append(NOW + timedelta(minutes=7))
            until(lambda: states(database, number)[ANN] is DeliveryState.SENT, "a second try")
        assert server.recipients == [ANN]


def test_a_database_that_goes_away_and_comes_back_ends_no_worker(
    database: Database, postgresql_server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    number = frozen(database, ANN)
    ran = threading.Event()
    with worker(database, ran.set) as thread:
        until(lambda: workers(database) == 1, "a worker that waits")
        with gone(database, postgresql_server):
            said: list[str] = []

            def has_noticed() -> bool:
                said.append("".join(capsys.readouterr()))
                return "not currently accepting connections" in "".join(said)

            until(has_noticed, "a word that the database is away")
            assert thread.is_alive()
        wake(database, number)
        assert ran.wait(60)


@contextmanager
def gone(database: Database, server: str) -> Iterator[None]:
    """The database is away: every connection is cut, and none is let in."""
    name = database.engine.url.database
    engine = sa.create_engine(
        server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(sa.text(f"alter database {name} allow_connections false"))
        connection.execute(
            sa.text("select pg_terminate_backend(pid) from pg_stat_activity where datname = :name"),
            {"name": name},
        )
        yield
        connection.execute(sa.text(f"alter database {name} allow_connections true"))
    engine.dispose()
    database.engine.dispose()


def test_a_database_that_stays_away_ends_the_worker_with_its_name(
    database: Database, postgresql_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.jobs.procrastinate._PATIENCE", 0.5)
    with (
        gone(database, postgresql_server),
        pytest.raises(DatabaseFault, match="not currently accepting connections"),
    ):
        jobs(database).work(lambda: None, threading.Event())


# --- what dead workers leave ----------------------------------------------------------------------


def left_doing(database: Database, silent_for: timedelta) -> None:
    """A job in the hands of a worker that was last heard of so long ago."""
    with database.begin() as tx:
        tx.connection.execute(
            sa.text(
                "with dead as (insert into procrastinate_workers (last_heartbeat) "
                "values (now() - :silent) returning id) "
                "insert into procrastinate_jobs (queue_name, task_name, status, worker_id) "
                "select :queue, 'newsletter.deliver', 'doing', id from dead"
            ),
            {"silent": silent_for, "queue": QUEUE},
        )


def cleared(database: Database, url: str) -> list[tuple[str, str]]:
    async def clear() -> None:
        app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=1))
        async with app.open_async():
            await clear_up(app)

    asyncio.run(clear())
    return jobs_of(database)


def test_jobs_of_dead_workers_are_cleared_up(database: Database, postgresql_url: str) -> None:
    left_doing(database, timedelta(minutes=1))
    assert cleared(database, postgresql_url) == []


def test_jobs_of_living_workers_are_left_alone(database: Database, postgresql_url: str) -> None:
    left_doing(database, timedelta(seconds=1))
    assert len(cleared(database, postgresql_url)) == 1


def test_a_worker_whose_job_was_cleared_up_goes_on(database: Database) -> None:
    """It stood still for so long that the others took it for dead."""
    number = frozen(database, ANN)
    ran, go_on = threading.Semaphore(0), threading.Event()

    def run() -> None:
        ran.release()
        go_on.wait(60)

    with worker(database, run):
        wake(database, number)
        assert ran.acquire(timeout=60)
        with database.begin() as tx:
            tx.connection.exec_driver_sql("delete from procrastinate_jobs")
            tx.connection.exec_driver_sql("delete from procrastinate_workers")
        go_on.set()
        wake(database, number)
        assert ran.acquire(timeout=60)


# --- the tables -----------------------------------------------------------------------------------


def last_migration(database: Database) -> str | None:
    with database.read() as tx:
        return house.fact(tx, "procrastinate")


def execute(tx: Tx, name: str) -> None:
    from procrastinate.schema import migrations_path

    tables.driver(tx).execute((migrations_path / name).read_text("utf-8"))


def test_tables_of_an_earlier_release_are_brought_up_to_date(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    schema.prepare(database)
    known = tables.migrations()
    for name in known[:-3]:
        with database.begin() as tx:
            execute(tx, name)
    with database.begin() as tx:
        house.set_fact(tx, "procrastinate", known[-4])
    tables.prepare(database)
    assert last_migration(database) == known[-1]
    number = frozen(database, ANN)
    ran = threading.Event()
    with worker(database, ran.set):
        wake(database, number)
        assert ran.wait(60)
    database.close()


def test_tables_of_a_newer_release_are_refused_with_the_way_out(database: Database) -> None:
    with database.begin() as tx:
        house.set_fact(tx, "procrastinate", "99.00.00_01_of_the_future.sql")
    with pytest.raises(JobsFault, match=r"newer release.*pip install --upgrade"):
        jobs(database).work(lambda: None, threading.Event())


def test_tables_that_somebody_else_made_are_taken_as_they_are(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    schema.prepare(database)
    for name in tables.migrations():
        with database.begin() as tx:
            execute(tx, name)
    tables.prepare(database)
    assert last_migration(database) is None
    database.close()


def test_workers_that_start_together_make_the_tables_once(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    schema.prepare(database)
    faults: list[BaseException] = []

    def prepare() -> None:
        try:
            tables.prepare(database)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=prepare) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    database.close()
