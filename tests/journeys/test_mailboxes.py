"""Real mailboxes, on Debian's Dovecot: nothing in them is lost, nothing counts twice."""

import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.app import App
from tests.dovecot import PASSWORD, USER, DovecotServer
from tests.flows.mailings import addresses
from tests.journeys.killing import kill
from tests.journeys.project import newsletter_json
from tests.journeys.returned import (
    auto_reply,
    bounce,
    complaint,
    counted,
    done_with,
    leaving,
    mailed_project,
    stray,
    suppressed,
    tokens,
)
from tests.journeys.sending_project import SendingProject
from tests.waiting import until

STRAYS = 50
KILLS = 6


@pytest.fixture
def server() -> Iterator[DovecotServer]:
    with DovecotServer() as server:
        yield server


def inbox(kind: str, port: int, server: DovecotServer, tls: str = "tls") -> str:
    return (
        f'kind = "{kind}"\nhost = "localhost"\nport = {port}\nusername = "{USER}"\n'
        f'password = "{PASSWORD}"\ntls = "{tls}"\nca_file = "{server.ca_file}"\n'
    )


def fill(server: DovecotServer, app: App, edition: int) -> dict[str, str]:
    """A mail about each reader, and some about nobody; what each has to count as."""
    expected: dict[str, str] = {}
    for at, (email, token) in enumerate(sorted(tokens(app, edition).items())):
        kind = ("bounce", "bounce", "soft", "complaint", "unsubscribe", "auto-reply")[at % 6]
        content = {
            "bounce": lambda: bounce(token, email),  # noqa: B023
            "soft": lambda: bounce(token, email, "5.2.2", "552 5.2.2 mailbox full"),  # noqa: B023
            "complaint": lambda: complaint(token, email),  # noqa: B023
            "unsubscribe": lambda: leaving(app, email),  # noqa: B023
            "auto-reply": lambda: auto_reply(token, email),  # noqa: B023
        }[kind]()
        server.put(f"{at:05}", content)
        expected[email] = kind.replace("soft", "bounce")
    for number in range(STRAYS):
        server.put(f"{number * 37:05}-stray", stray(number))
    return expected


def check(app: App, server: DovecotServer, expected: dict[str, str]) -> None:
    """Everything was counted once, and what was not understood lies aside."""
    assert server.folder() == []
    assert counted(app) == {email: [kind] for email, kind in expected.items()}
    assert len(server.folder("aside")) == STRAYS
    kinds = Counter(expected.values())
    reasons = Counter(suppressed(app).values())
    assert reasons["complaint"] == kinds["complaint"]
    assert 0 < reasons["hard"] < kinds["bounce"]  # some were only full


def kill_while_listening(project: SendingProject, app: App, mails: int) -> int:
    """Kill the listener somewhere in each of KILLS parts of the work; how often it still ran."""
    chance = random.Random(7)
    struck = 0
    for part in range(KILLS):
        threshold = int((part + chance.random()) * mails * 0.9 / KILLS) + 1
        process = project.start("listen", "--once")
        until(
            lambda: done_with(app) >= threshold or process.poll() is not None,  # noqa: B023
            "mails that are counted",
        )
        struck += kill(process)
    return struck


def test_killed_again_and_again_over_two_thousand_mails_none_is_lost_and_none_counts_twice(
    tmp_path: Path, server: DovecotServer
) -> None:
    folder = tmp_path / "paper"
    readers = addresses(2000 - STRAYS)
    with mailed_project(folder, readers, inbox=inbox("imap", server.imaps, server)) as (
        app,
        number,
    ):
        expected = fill(server, app, number)
        project = SendingProject(folder, "", 1, tuple(readers))
        assert kill_while_listening(project, app, len(readers)) == KILLS
        (heard,) = newsletter_json(folder, "listen", "--once")["inboxes"]
        assert heard["fault"] is None
        check(app, server, expected)


def listeners(project: SendingProject, count: int) -> list[int]:
    started: list[subprocess.Popen[bytes]] = [
        project.start("listen", "--once") for _ in range(count)
    ]
    return [each.wait() for each in started]


def test_two_listeners_at_one_mailbox_are_harmless(
    tmp_path: Path, server: DovecotServer, postgresql_url: str
) -> None:
    folder, readers = tmp_path / "paper", addresses(240)
    table = inbox("imap", server.imap, server, "starttls")
    with mailed_project(folder, readers, inbox=table, database=postgresql_url) as (app, number):
        expected = fill(server, app, number)
        project = SendingProject(folder, "", 1, tuple(readers))
        assert listeners(project, 2) == [0, 0], project.said()
        check(app, server, expected)


def test_a_mailbox_without_folders_is_emptied_too(tmp_path: Path, server: DovecotServer) -> None:
    folder, readers = tmp_path / "paper", addresses(60)
    with mailed_project(folder, readers, inbox=inbox("pop", server.pops, server)) as (app, number):
        expected = fill(server, app, number)
        heard = app.returns.listen(app.settings.inboxes[0])
        assert (heard.fault, heard.counted, heard.aside) == (None, len(readers), STRAYS)
        assert counted(app) == {email: [kind] for email, kind in expected.items()}
    assert server.folder() == []
    kept = list((folder / "feedback" / "aside").iterdir())
    assert (len(kept), {file.stat().st_mode & 0o777 for file in kept}) == (STRAYS, {0o600})


def test_what_is_done_with_may_be_kept(tmp_path: Path, server: DovecotServer) -> None:
    table = inbox("imap", server.imap, server, "none") + 'done = "done"\naside = "look here"\n'
    with mailed_project(tmp_path / "paper", addresses(3), inbox=table) as (app, number):
        fill(server, app, number)
        assert app.returns.listen(app.settings.inboxes[0]).fault is None
    assert (len(server.folder("done")), len(server.folder("look here"))) == (3, STRAYS)
    assert server.folder() == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (PASSWORD, "wrong", "failed"),
        ("localhost", "127.0.0.2", "127.0.0.2"),
        ("ca_file", "# ca_file", "see `ca_file`"),
        ('kind = "imap"', 'kind = "imap"\nfolder = "nowhere"', "folder 'nowhere'"),
    ],
)
def test_an_inbox_that_cannot_be_read_is_named_and_loses_nothing(
    tmp_path: Path, server: DovecotServer, old: str, new: str, words: str
) -> None:
    table = inbox("imap", server.imaps, server).replace(old, new)
    with mailed_project(tmp_path / "paper", addresses(3), inbox=table) as (app, number):
        fill(server, app, number)
        fault = app.returns.listen(app.settings.inboxes[0]).fault or ""
    assert words in fault
    assert PASSWORD not in fault
    assert len(server.folder()) == 3 + STRAYS
