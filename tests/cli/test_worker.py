"""`newsletter worker` where there can be none: what is missing, and who sends instead."""

import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from newsletter.app import hands
from newsletter.lib.errors import NewsletterError
from newsletter.store.database import Database
from tests.journeys.project import NEWSLETTER, make_project, newsletter
from tests.smtp_server import SmtpServer
from tests.web.serving import new_project


def refusal(folder: Path) -> str:
    """Why there is no worker on the project. In a process of its own: it sets the logging up."""
    done = subprocess.run(
        [*NEWSLETTER, "worker", "--project", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 1
    return done.stderr


def test_on_sqlite_the_way_to_workers_is_named(tmp_path: Path) -> None:
    said = refusal(new_project(tmp_path / "paper"))
    for words in ("`database`", "newsletter-composer[workers]", "`newsletter serve`"):
        assert words in said


def test_without_the_extra_it_is_named(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hands, "find_spec", lambda name: None)
    database = Database(postgresql_url)
    with pytest.raises(NewsletterError, match=r"pip install 'newsletter-composer\[workers\]'"):
        hands.jobs_of(database).work(lambda: None, threading.Event())
    database.close()


def test_a_worker_on_a_copy_of_the_database_does_not_start(tmp_path: Path) -> None:
    with SmtpServer() as smtp:
        folder = make_project(tmp_path / "paper", sources="", smtp=smtp.spec(), readers={})
        newsletter(folder, "send")
        shutil.copytree(folder, tmp_path / "copy")
        assert "newsletter database adopt" in refusal(tmp_path / "copy")
