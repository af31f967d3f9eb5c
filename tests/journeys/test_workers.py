"""Several workers, real processes on a real PostgreSQL, share a mailing; each has a mail server of
its own, so that what each sent can be told apart."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from newsletter.jobs.procrastinate import ProcrastinateJobs
from newsletter.model.delivery import DeliveryState
from newsletter.model.edition import EditionState
from newsletter.store import chunks, deliveries, schema
from newsletter.store.database import Database
from tests.flows.mailings import addresses, frozen, state_of
from tests.journeys.project import NEWSLETTER, feed_sources, make_project, newsletter
from tests.journeys.site import Site
from tests.journeys.test_from_site_to_inbox import POSTS
from tests.smtp_server import Handler, SmtpServer
from tests.waiting import until

LONG, SHORT = 600.0, 2.0  # seconds of a lease: never over in a test, soon over


@pytest.fixture
def database(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Where editions are cut into chunks of ten."""
    monkeypatch.setattr(chunks, "SIZE", 10)
    opened = Database(postgresql_url)
    schema.prepare(opened)
    yield opened
    opened.close()


@dataclass
class Place:
    """A machine: a project folder, its mail server, and at times a worker."""

    folder: Path
    smtp: SmtpServer

    @contextmanager
    def worker(self, lease: float = LONG) -> Iterator[subprocess.Popen[bytes]]:
        """A worker that waits for work; killed at the end."""
        module = (sys.executable, "-W", "error", "-m", "tests.journeys.worker")
        with running([*module, str(self.folder), str(lease)], self.log) as process:
            self.hears("waiting for work")
            yield process

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    def hears(self, words: str) -> None:
        until(lambda: words in self.log.read_text("utf-8"), words)


@contextmanager
def running(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def places(folder: Path, database: str, *servers: SmtpServer) -> Iterator[list[Place]]:
    """As many places as servers, all of one publication."""
    made: list[Place] = []
    for number, server in enumerate(servers):
        project = make_project(
            folder / f"place{number}",
            sources="",
            smtp=server.spec(),
            database=database,
            readers={},
        )
        if made:
            shutil.copy(made[0].folder / "newsletter.key", project)
        made.append(Place(project, server))
    yield made


def freeze(database: Database, readers: Sequence[str]) -> int:
    """An edition to these readers, and the word to the workers."""
    number = frozen(database, *readers)
    with database.begin() as tx:
        ProcrastinateJobs(database).wake(tx, number)
    return number


def is_sent(database: Database, number: int) -> bool:
    return state_of(database, number) is EditionState.SENT


def check_everybody_has_it(
    database: Database, number: int, readers: Sequence[str], at: list[Place], doubled: int
) -> None:
    """Everybody once, but for so many who may have it twice: then under the same Message-ID."""
    taken = [letter for place in at for letter in place.smtp.taken]
    letters = Counter(letter.recipient for letter in taken)
    assert letters.keys() == set(readers)
    assert sum(letters.values()) <= len(readers) + doubled
    assert len({(each.recipient, each.message["Message-ID"]) for each in taken}) == len(readers)
    with database.read() as tx:
        assert deliveries.counts(tx, number)[DeliveryState.SENT] == len(readers)


@dataclass(slots=True)
class Meeting(Handler):
    """Answers the first letter only when the other server has one too."""

    arrived: set[object] = field(default_factory=set)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.arrived.add(id(self))
        while len(self.arrived) < 2:
            await asyncio.sleep(0.01)
        return await Handler.handle_DATA(self, server, session, envelope)


def test_two_workers_share_an_edition(tmp_path: Path, database: Database) -> None:
    readers = addresses(60)
    url = database.engine.url.render_as_string(hide_password=False)
    one, other, arrived = SmtpServer(), SmtpServer(), set[object]()
    one.handler, other.handler = Meeting(arrived=arrived), Meeting(arrived=arrived)
    with one, other, places(tmp_path, url, one, other) as at:
        with at[0].worker(), at[1].worker():
            number = freeze(database, readers)
            until(lambda: is_sent(database, number), "the edition is sent")
        check_everybody_has_it(database, number, readers, at, doubled=0)
        assert all(place.smtp.taken for place in at)


def test_what_a_killed_worker_had_in_hand_is_taken_over_before_its_lease_is_over(
    tmp_path: Path, database: Database
) -> None:
    readers = addresses(200)
    url = database.engine.url.render_as_string(hide_password=False)
    with SmtpServer() as one, SmtpServer() as other, places(tmp_path, url, one, other) as at:
        with at[0].worker(LONG) as killed:
            number = freeze(database, readers)
            until(lambda: len(one.taken) >= 25, "letters on their way")
            killed.send_signal(signal.SIGKILL)
            killed.wait()
            assert not is_sent(database, number)
            with at[1].worker(LONG):
                until(lambda: is_sent(database, number), "the edition is sent")
        check_everybody_has_it(database, number, readers, at, doubled=1)


def test_a_worker_that_stood_still_over_its_lease_sends_nothing_more(
    tmp_path: Path, database: Database
) -> None:
    readers = addresses(200)
    url = database.engine.url.render_as_string(hide_password=False)
    with SmtpServer() as one, SmtpServer() as other, places(tmp_path, url, one, other) as at:
        with at[0].worker(SHORT) as stopped:
            number = freeze(database, readers)
            until(lambda: len(one.taken) >= 25, "letters on their way")
            stopped.send_signal(signal.SIGSTOP)
            with at[1].worker(SHORT):
                until(lambda: is_sent(database, number), "the edition is sent")
            before = len(one.taken)
            stopped.send_signal(signal.SIGCONT)
            at[0].hears("delivered")
        assert len(one.taken) == before < len(readers)
        check_everybody_has_it(database, number, readers, at, doubled=1)


def test_a_worker_ends_in_good_order_in_mid_send(tmp_path: Path, database: Database) -> None:
    readers = addresses(200)
    url = database.engine.url.render_as_string(hide_password=False)
    with SmtpServer() as one, SmtpServer() as other, places(tmp_path, url, one, other) as at:
        with at[0].worker() as asked:
            number = freeze(database, readers)
            until(lambda: len(one.taken) >= 25, "letters on their way")
            asked.send_signal(signal.SIGTERM)
            assert asked.wait(60) == 0
            assert not is_sent(database, number)
            with at[1].worker():
                until(lambda: is_sent(database, number), "the edition is sent")
        check_everybody_has_it(database, number, readers, at, doubled=0)


def test_runs_and_workers_started_together_mail_everybody_once(
    tmp_path: Path, postgresql_url: str
) -> None:
    """Two that compose the same slot at once, and a worker that they wake."""
    readers = addresses(60)
    with Site(list(POSTS)) as site, SmtpServer() as smtp:
        project = make_project(
            tmp_path / "paper",
            sources=feed_sources(("en", site.feed_url("en"))),
            smtp=smtp.spec(),
            database=postgresql_url,
            readers={"en": readers},
        )
        place = Place(project, smtp)
        with running([*NEWSLETTER, "worker", "--project", str(project)], place.log) as worker:
            place.hears("waiting for work")
            send = ["send", "daily", "--slot", "2026-11-22T07:00"]
            log = tmp_path / "other.txt"
            with running([*NEWSLETTER, *send, "--project", str(project)], log) as other:
                newsletter(project, *send)
                assert other.wait(60) == 0, log.read_text("utf-8")
            until(lambda: len(smtp.taken) >= len(readers), "as many letters as readers")
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(60) == 0
        assert "stopped" in place.log.read_text("utf-8")
        assert sorted(smtp.recipients) == sorted(readers)
