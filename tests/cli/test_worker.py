"""`newsletter worker` where there can be none: what is missing, and who sends instead."""

import shutil
from pathlib import Path

import pytest

from newsletter.app import hands
from tests.cli.running import Program
from tests.journeys.project import make_project
from tests.smtp_server import SmtpServer
from tests.web.serving import new_project


def test_on_sqlite_the_way_to_workers_is_named(tmp_path: Path, newsletter: Program) -> None:
    done = newsletter("worker", "--project", new_project(tmp_path / "paper"))
    assert done.code == 1
    for words in ("`database`", "newsletter-composer[workers]", "`newsletter serve`"):
        assert words in done.err


def test_without_the_extra_it_is_named(
    tmp_path: Path, newsletter: Program, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_project(tmp_path / "paper", sources="", database=postgresql_url, readers={})
    monkeypatch.setattr(hands, "find_spec", lambda name: None)
    done = newsletter("worker", "--project", folder)
    assert done.code == 1
    assert "pip install 'newsletter-composer[workers]'" in done.err


def test_a_worker_on_a_copy_of_the_database_does_not_start(
    tmp_path: Path, newsletter: Program
) -> None:
    with SmtpServer() as smtp:
        folder = make_project(tmp_path / "paper", sources="", smtp=smtp.spec(), readers={})
        assert newsletter("send", "--project", folder).code == 0
        shutil.copytree(folder, tmp_path / "copy")
        done = newsletter("worker", "--project", tmp_path / "copy")
    assert done.code == 1
    assert "newsletter database adopt" in done.err
