"""Nobody is lost, and at most the letter in flight can be doubled."""

import os
import signal
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.journeys.project import (
    NEWSLETTER,
    feed_sources,
    make_project,
    newsletter,
    newsletter_json,
)
from tests.journeys.site import Site
from tests.journeys.test_from_site_to_inbox import POSTS
from tests.smtp_server import SmtpServer

READERS = [f"reader{number}@example.com" for number in range(500)]
SEND = ("send", "daily", "--slot", "2026-11-22T07:00")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_killed_run_is_finished_by_the_next_with_at_most_one_letter_doubled(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    database = request.getfixturevalue(f"{kind}_url")
    with Site(list(POSTS)) as site, SmtpServer() as smtp:
        project = _project(tmp_path, site, smtp, database, READERS)
        for threshold in (100, 250):
            _kill_after(project, smtp, threshold)
        newsletter(project, *SEND)
        letters = Counter(smtp.recipients)
        ids = {(taken.recipient, taken.message["Message-ID"]) for taken in smtp.taken}
    assert letters.keys() == set(READERS)
    assert sum(letters.values()) <= len(READERS) + 2  # two kills, one connection
    assert len(ids) == len(READERS)  # what came twice came under the same Message-ID
    assert _deliveries(project)["sent"] == len(READERS)


def _project(folder: Path, site: Site, smtp: SmtpServer, database: str, readers: list[str]) -> Path:
    return make_project(
        folder / "paper",
        sources=feed_sources(("en", site.feed_url("en"))),
        smtp=smtp.spec(),
        database=database,
        readers={"en": readers},
    )


def _kill_after(project: Path, smtp: SmtpServer, letters: int) -> None:
    """Start a run, and kill it once the server has taken so many letters in all."""
    process = subprocess.Popen(
        [*NEWSLETTER, *SEND, "--project", str(project)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    while len(smtp.taken) < letters and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def _deliveries(project: Path) -> dict[str, int]:
    (edition,) = [
        each for each in newsletter_json(project, "status")["editions"] if each["language"] == "en"
    ]
    assert edition["state"] == "sent"
    counted: dict[str, int] = edition["deliveries"]
    return counted


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_processes_started_together_mail_everybody_once(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    database = request.getfixturevalue(f"{kind}_url")
    with Site(list(POSTS)) as site, SmtpServer() as smtp:
        project = _project(tmp_path, site, smtp, database, READERS[:60])
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: newsletter(project, *SEND), range(3)))
        assert sorted(smtp.recipients) == sorted(READERS[:60])
