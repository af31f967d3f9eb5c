"""Many processes: workers on any machine, woken through PostgreSQL by procrastinate.

A job is committed with what it is for. It says only that there may be something to deliver, so we
use `queueing_lock` (no two wait for the same) and never `lock`: a job whose worker was killed would
hold that one for ever.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psycopg
import structlog
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from psycopg.conninfo import make_conninfo

from newsletter.jobs import procrastinate_tables as tables
from newsletter.store import chunks
from newsletter.store.database import Database, DatabaseFault, Tx

QUEUE = "newsletter"
_DELIVER = "newsletter.deliver"
_MOST_HANDS = 32
_CONNECTIONS = 4  # beside those of what delivers
_TIMEOUT = 3.0  # seconds for a connection to the database, also when it is time to end
_LOOK_SECONDS = 0.2  # between two looks whether to stop
_OLD_HOURS = 24  # of jobs that came to no good end
# A database that is away is asked for again after 1, 2, 4 … seconds, then every 15.
_LONGEST_PAUSE = 15.0
_SOUND = 60.0  # seconds after which all was well again
_PATIENCE = 600.0  # seconds: who is to blame then should hear of it
# Whatever a worker's own statements come to: the next life begins with sound tables.
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, ConnectorException)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ProcrastinateJobs:
    """`look` says when a worker looks without being woken, for readers who are to be tried again
    and for what dead workers left: as cron does, with seconds at the end."""

    database: Database
    look: str = "* * * * * */20"

    def wake(self, tx: Tx, edition: int) -> None:
        """One job for each worker that could have a chunk. Where no worker was ever started there
        is nobody to wake.

        A job for the same edition that still waits does for this one too; should it be fetched
        before our commit, workers find the edition when they look.
        """
        if not tables.are_there(tx):
            return
        app = App(connector=SyncPsycopgConnector())
        for hand in range(min(chunks.open_ones(tx, edition), _MOST_HANDS)):
            job = app.configure_task(
                _DELIVER,
                queue=QUEUE,
                queueing_lock=f"newsletter {edition}.{hand}",
                connection=tables.driver(tx),
            )
            try:
                # A job that is refused must not spoil the transaction that it is part of.
                with suppress(AlreadyEnqueued), tx.connection.begin_nested():
                    job.defer()
            except ConnectorException as fault:
                log.warning("jobs", edition=edition, fault=_words(fault))
                return

    def work(self, run: Callable[[], object], stop: threading.Event) -> None:
        """As the port says. A database that goes away is waited for; DatabaseFault when it stays
        away for ten minutes, JobsFault when its tables are no use."""
        failing_since, pause = 0.0, 0.0
        while not stop.is_set():
            began = time.monotonic()
            fault = self._live(run, stop)
            now = time.monotonic()
            if pause == 0.0 or now - began > _SOUND:
                failing_since, pause = now, 0.5
            if stop.is_set():
                return
            if now - failing_since > _PATIENCE:
                raise DatabaseFault(f"database {self.database.name}: {fault}")
            pause = min(2 * pause, _LONGEST_PAUSE)
            log.warning("database", fault=fault, again_in=pause)
            stop.wait(pause)

    def _live(self, run: Callable[[], object], stop: threading.Event) -> str:
        """Work until told to stop, or until the database is lost; returns what was the matter."""
        try:
            tables.prepare(self.database)
            asyncio.run(self._working(run, stop))
        except (DatabaseFault, *_AWAY) as fault:
            return _words(fault)
        return "the connection was lost"

    async def _working(self, run: Callable[[], object], stop: threading.Event) -> None:
        asyncio.get_running_loop().set_exception_handler(_tell)
        app = self._app(run)
        async with app.open_async():
            working = asyncio.create_task(
                app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=1,
                    delete_jobs="always",
                    install_signal_handlers=False,  # the program has its own, which set `stop`
                )
            )
            log.info("waiting for work")
            while not (stop.is_set() or working.done()):
                await asyncio.wait({working}, timeout=_LOOK_SECONDS)
            working.cancel()  # it waits for a job under way, which ends with `stop`
            with suppress(asyncio.CancelledError):
                await working

    def _app(self, run: Callable[[], object]) -> App:
        """What a worker does: deliver when it is woken, look, clear up."""
        app = App(
            connector=PsycopgConnector(
                conninfo=_conninfo(self.database),
                min_size=1,
                max_size=_CONNECTIONS,
                timeout=_TIMEOUT,
            )
        )

        @app.periodic(cron=self.look, queue=QUEUE, queueing_lock="newsletter look")
        @app.task(name=_DELIVER, queue=QUEUE)
        async def deliver(timestamp: int = 0) -> None:
            await asyncio.to_thread(run)

        @app.periodic(cron="* * * * *", queue=QUEUE, queueing_lock="newsletter sweep", priority=1)
        @app.task(name="newsletter.sweep", queue=QUEUE)
        async def sweep(timestamp: int) -> None:
            await clear_up(app)

        return app


async def clear_up(app: App) -> None:
    """Remove jobs whose workers died, and what is left of others: their work is not lost with them,
    whoever looks finds it."""
    for job in await app.job_manager.get_stalled_jobs(queue=QUEUE):
        log.info("a worker died", job=job.id)
        with suppress(ConnectorException):  # another worker was quicker
            await app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)
    await app.job_manager.delete_old_jobs(
        _OLD_HOURS, queue=QUEUE, include_failed=True, include_cancelled=True, include_aborted=True
    )


def _conninfo(database: Database) -> str:
    """How to reach the database, in libpq's words."""
    _, words = database.engine.dialect.create_connect_args(database.engine.url)
    return make_conninfo(**{key: word for key, word in words.items() if key != "context"})


def _words(fault: BaseException) -> str:
    """What PostgreSQL said, in one line."""
    said = str(fault.__cause__ or fault).strip() or type(fault).__name__
    return " ".join(said.split())


def _tell(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """What nobody waited for: a job that was cleared up while its worker stood still, say."""
    fault = context.get("exception")
    words = _words(fault) if isinstance(fault, BaseException) else str(context["message"])
    log.warning("jobs", fault=words)
