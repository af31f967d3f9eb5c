"""`newsletter listen`: what comes back, from mailboxes and from a pipe."""

import os
import resource
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.app import App
from tests.cli.running import Program
from tests.journeys.project import NEWSLETTER
from tests.journeys.returned import (
    bounce,
    counted,
    leaving,
    mailed_project,
    stray,
    suppressed,
    tokens,
)

ANN, BOB = "ann@example.com", "bob@example.com"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def mailed(tmp_path: Path) -> Iterator[tuple[App, dict[str, str]]]:
    """A project with a Maildir to read, and the tokens of its readers."""
    maildir = f'kind = "maildir"\npath = "{tmp_path}/mail"'
    for part in ("new", "cur", "tmp"):
        (tmp_path / "mail" / part).mkdir(parents=True)
    with mailed_project(tmp_path / "paper", (ANN, BOB), inbox=maildir) as (app, number):
        yield app, tokens(app, number)


def test_a_pipe_takes_a_bounce(newsletter: Program, mailed: tuple[App, dict[str, str]]) -> None:
    app, token = mailed
    content = bounce(token[ANN], ANN)
    for answer in ("counted\n", "seen before\n"):
        done = newsletter("listen", "--stdin", "--project", app.folder, stdin=content)
        assert (done.code, done.out) == (0, answer)
    assert suppressed(app) == {ANN: "hard"}


def test_what_a_pipe_does_not_understand_is_kept_for_nobody_else(
    newsletter: Program, mailed: tuple[App, dict[str, str]]
) -> None:
    app, _ = mailed
    for _ in range(2):
        done = newsletter("listen", "--stdin", "--project", app.folder, stdin=stray(1))
        assert (done.code, done.out) == (0, "not understood\n")
    (kept,) = (app.folder / "feedback" / "aside").iterdir()
    assert (kept.read_bytes(), kept.stat().st_mode & 0o777) == (stray(1), 0o600)


def piped(folder: Path, content: bytes, **limits: int) -> "subprocess.CompletedProcess[bytes]":
    """The program at the end of a pipe, with files no longer than `size`."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits["size"],) * 2)

    return subprocess.run(
        [*NEWSLETTER, "listen", "--stdin", "--project", str(folder)],
        input=content,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=limit if limits else None,
    )


def test_a_full_disk_asks_for_the_mail_again_and_counts_nothing(
    mailed: tuple[App, dict[str, str]],
) -> None:
    app, token = mailed
    content = bounce(token[ANN], ANN)
    full = piped(app.folder, content, size=4096)
    assert full.returncode == 75, full.stderr
    assert (suppressed(app), counted(app)) == ({}, {})
    assert piped(app.folder, content).returncode == 0
    assert suppressed(app) == {ANN: "hard"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sqlite:///newsletter.db", "postgresql+psycopg://nobody@127.0.0.1:1/none"),
        ("[publication]", "[publicatoin]"),
    ],
)
def test_whatever_is_wrong_asks_for_the_mail_again(
    newsletter: Program, mailed: tuple[App, dict[str, str]], old: str, new: str
) -> None:
    app, token = mailed
    config = app.folder / "newsletter.toml"
    config.write_text(config.read_text("utf-8").replace(old, new), "utf-8")
    content = bounce(token[ANN], ANN)
    done = newsletter("listen", "--stdin", "--project", app.folder, stdin=content)
    assert (done.code, done.out) == (75, "")
    assert "to be brought again" in done.err


def test_a_maildir_is_emptied_and_what_was_not_understood_put_aside(
    newsletter: Program, mailed: tuple[App, dict[str, str]], tmp_path: Path
) -> None:
    app, token = mailed
    (tmp_path / "mail" / "new" / "1.bounce").write_bytes(bounce(token[ANN], ANN))
    (tmp_path / "mail" / "cur" / "2.bounce:2,S").write_bytes(bounce(token[BOB], BOB))
    (tmp_path / "mail" / "new" / "3.stray").write_bytes(stray(1))
    done = newsletter("listen", "--once", "--json", "--project", app.folder)
    (heard,) = done.json["inboxes"]
    assert (done.code, heard["counted"], heard["aside"]) == (0, 2, 1)
    left = {str(f.relative_to(tmp_path / "mail")) for f in (tmp_path / "mail").rglob("*.*")}
    assert left - {".aside"} == {".aside/new/3.stray"}
    assert suppressed(app) == {ANN: "hard", BOB: "hard"}


def test_an_inbox_that_is_not_there_is_a_fault(
    newsletter: Program, mailed: tuple[App, dict[str, str]], tmp_path: Path
) -> None:
    (tmp_path / "mail").rename(tmp_path / "elsewhere")
    done = newsletter("listen", "--once", "--project", mailed[0].folder)
    assert done.code == 1
    assert "No such file or directory" in done.out


def test_a_project_without_inboxes_says_so(newsletter: Program, tmp_path: Path) -> None:
    with mailed_project(tmp_path / "paper", (ANN,)) as (app, _):
        done = newsletter("listen", "--once", "--project", app.folder)
    assert (done.code, "no [[inboxes]]" in done.err) == (1, True)


def test_status_tells_what_servers_hold_against_us(
    newsletter: Program, mailed: tuple[App, dict[str, str]]
) -> None:
    app, token = mailed
    spam = bounce(token[ANN], ANN, "5.7.1", "554 5.7.1 rejected as spam")
    newsletter("listen", "--stdin", "--project", app.folder, stdin=spam)
    (alarm,) = newsletter("status", "--json", "--project", app.folder).json["alarms"]
    assert (alarm["digest"], alarm["reason"], alarm["failed"], alarm["letters"]) == (
        "daily",
        "spam",
        1,
        2,
    )
    assert "rejected as spam" in alarm["said"]
    assert "1 of 2" in newsletter("status", "--project", app.folder).out


def test_readers_may_leave_by_a_mail_to_the_mailbox_for_bounces(
    newsletter: Program, mailed: tuple[App, dict[str, str]]
) -> None:
    app, _ = mailed
    bounces = "bounces@example.com"
    sender = replace(app.settings.sender, bounces=bounces)
    app = replace(app, settings=replace(app.settings, sender=sender))
    assert app.post.headers(app.settings.digests[0], "en").unsubscribe_mailto == bounces
    done = newsletter("listen", "--stdin", "--project", app.folder, stdin=leaving(app, ANN))
    assert (done.out, counted(app)) == ("counted\n", {ANN: ["unsubscribe"]})
