"""Sending for real: approval, copies, what is missing."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import Program
from tests.smtp_server import SmtpServer
from tests.web.serving import new_project

SLOT = ("daily", "--slot", "2031-05-02T07:00")


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def project(tmp_path: Path, server: SmtpServer) -> Path:
    """A new project that sends by smtp, its editions held for approval as `init` has it."""
    folder = new_project(tmp_path / "paper")
    config = folder / "newsletter.toml"
    spec = server.spec()
    smtp = f'kind = "smtp"\nhost = "{spec.host}"\nport = {spec.port}\ntls = "none"'
    text = config.read_text("utf-8").replace('kind = "maildir"', smtp, 1)
    text = text.replace('postal_address = ""', 'postal_address = "1 Example Street"')
    config.write_text(text, "utf-8")
    return folder


def test_an_edition_waits_until_it_is_approved(
    newsletter: Program, project: Path, server: SmtpServer
) -> None:
    held = newsletter("send", *SLOT, "--project", project)
    assert "newsletter edition approve 1" in held.out
    assert server.recipients == []
    assert "is frozen" in newsletter("edition", "approve", "1", "--project", project).out
    newsletter("send", "--project", project)
    assert len(server.recipients) == 10
    shown = newsletter("edition", "show", "1", "--project", project, "--json").json
    assert (shown["state"], shown["decisions"][0]["what"]) == ("sent", "approve")


def test_who_was_not_reached_is_listed_with_what_their_server_said(
    newsletter: Program, project: Path, server: SmtpServer
) -> None:
    newsletter("send", *SLOT, "--project", project)
    newsletter("edition", "approve", "1", "--project", project)
    with sqlite3.connect(project / "newsletter.db") as store:
        (gone,), (full,) = store.execute(
            "select email from deliveries join subscribers on subscriber_id = subscribers.id "
            "where edition_id = 1 order by deliveries.id limit 2"
        )
    server.say("RCPT", "550 5.1.1 No such user", to=gone)
    server.say("RCPT", "452 4.2.2 Mailbox full", to=full)
    newsletter("send", "--project", project)
    shown = newsletter("edition", "show", "1", "--project", project, "--json").json
    assert shown["missed"] == [
        {"email": full, "state": "deferred", "reply": "452 4.2.2 Mailbox full"},
        {"email": gone, "state": "refused", "reply": "550 5.1.1 No such user"},
    ]
    assert "452 4.2.2 Mailbox full" in newsletter("edition", "show", "1", "--project", project).out


def test_a_server_that_asked_for_fewer_letters_is_named_with_its_words(
    newsletter: Program, project: Path, server: SmtpServer
) -> None:
    newsletter("send", *SLOT, "--project", project)
    newsletter("edition", "approve", "1", "--project", project)
    server.say("MAIL", "454 Throttling failure: Maximum sending rate exceeded.", times=1)
    newsletter("send", "--project", project)
    (slowed,) = newsletter("status", "--project", project, "--json").json["slowed"]
    assert slowed["destination"] == "the mail server"
    assert "Maximum sending rate exceeded" in slowed["said"]
    assert "Maximum sending rate" in newsletter("status", "--project", project).out


def test_an_edition_can_be_held_again_and_cancelled(
    newsletter: Program, project: Path, server: SmtpServer
) -> None:
    newsletter("send", *SLOT, "--project", project)
    for decision, state in (("approve", "frozen"), ("hold", "held"), ("cancel", "cancelled")):
        assert state in newsletter("edition", decision, "1", "--project", project).out
    newsletter("send", "--project", project)
    assert server.recipients == []
    listed = newsletter("edition", "list", "--project", project, "--json").json["editions"]
    assert {each["id"]: each["state"] for each in listed} == {1: "cancelled", 2: "held"}


def test_without_a_postal_address_nothing_is_sent(
    newsletter: Program, project: Path, server: SmtpServer
) -> None:
    config = project / "newsletter.toml"
    config.write_text(config.read_text("utf-8").replace("1 Example Street", ""), "utf-8")
    done = newsletter("send", *SLOT, "--project", project)
    assert done.code == 1
    assert "publication.postal_address is empty" in done.err
    assert server.recipients == []


def test_a_copied_project_does_not_send_by_itself(
    newsletter: Program, project: Path, server: SmtpServer, tmp_path: Path
) -> None:
    newsletter("send", *SLOT, "--project", project)
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    newsletter("edition", "approve", "1", "--project", copy)
    done = newsletter("send", "--project", copy)
    assert done.code == 1
    assert "newsletter database adopt" in done.err
    assert server.recipients == []
    assert newsletter("database", "adopt", "--project", copy).code == 0
    assert newsletter("send", "--project", copy).code == 0
    assert server.recipients == []


def test_a_server_that_is_not_there_is_named(
    newsletter: Program, project: Path, server: SmtpServer
) -> None:
    newsletter("send", *SLOT, "--project", project)
    newsletter("edition", "approve", "1", "--project", project)
    server.say("MAIL", "550 5.7.1 Sender refused", times=None)
    done = newsletter("send", "--project", project)
    assert done.code == 1
    assert "550" in done.err
    shown = newsletter("edition", "show", "1", "--project", project, "--json").json
    assert shown["deliveries"]["queued"] == 10


def test_a_paused_edition_rests_until_it_is_resumed(
    newsletter: Program, project: Path, server: SmtpServer
) -> None:
    newsletter("send", *SLOT, "--project", project)
    newsletter("edition", "approve", "1", "--project", project)
    assert "is paused" in newsletter("edition", "pause", "1", "--project", project).out
    newsletter("send", "--project", project)
    assert server.recipients == []
    newsletter("edition", "resume", "1", "--project", project)
    newsletter("send", "--project", project)
    assert len(server.recipients) == 10


def test_what_cannot_be_decided_any_more_says_how_the_edition_stands(
    newsletter: Program, project: Path
) -> None:
    newsletter("send", *SLOT, "--project", project)
    newsletter("edition", "cancel", "1", "--project", project)
    done = newsletter("edition", "approve", "1", "--project", project)
    assert (done.code, done.out) == (1, "")
    assert "edition 1 is cancelled" in done.err


def test_a_test_letter_that_is_refused_ends_with_1_and_the_answer(
    newsletter: Program, project: Path, server: SmtpServer
) -> None:
    server.say("RCPT", "550 5.1.1 No such user", to="gone@example.com")
    done = newsletter("send", "--test", "gone@example.com", "--project", project)
    assert done.code == 1
    assert "550 5.1.1 No such user" in done.out


def test_a_test_letter_reaches_one_reader_in_every_language(
    newsletter: Program, project: Path, server: SmtpServer
) -> None:
    done = newsletter("send", "--test", "me@example.com", "--project", project)
    assert done.code == 0
    assert server.recipients == ["me@example.com"] * 2
