"""`newsletter person …`: told, exported, erased."""

from pathlib import Path

import pytest

from newsletter.app import open_app
from newsletter.store import subscribers
from tests.cli.running import Program

ADA = "ada.king@example.com"


@pytest.fixture
def paper(newsletter: Program, tmp_path: Path) -> Path:
    """A project with its sample lists, and one reader more."""
    folder = tmp_path / "paper"
    assert newsletter("init", folder).code == 0
    (folder / "subscribers" / "more.en.csv").unlink(missing_ok=True)
    lines = f"email,name\n{ADA},Ada King\n"
    (folder / "subscribers" / "en.csv").write_text(lines, "utf-8")
    assert newsletter("subscribers", "sync", "--project", folder).code == 0
    return folder


def test_a_person_is_told_of_in_one_look(newsletter: Program, paper: Path) -> None:
    told = newsletter("person", "show", "Ada.King@Example.com", "--project", paper)
    assert told.code == 0
    for words in (f"Ada King <{ADA}>", "daily", "active", "Kept: words of servers 90 days"):
        assert words in told.out


def test_an_export_is_one_document(newsletter: Program, paper: Path) -> None:
    document = newsletter("person", "export", ADA, "--project", paper).json
    assert (document["email"], document["person"]["name"]) == (ADA, "Ada King")
    assert [each["digest"] for each in document["subscriptions"]] == ["daily"]
    assert document["kept"]["pending"] == "30 days"
    assert document == newsletter("person", "show", ADA, "--json", "--project", paper).json


def test_an_address_that_nobody_has_is_said_with_its_suppression(
    newsletter: Program, paper: Path
) -> None:
    with open_app(paper) as app, app.database.begin() as tx:
        hashed = app.ring.address_hash("gone@example.com")
        subscribers.suppress(tx, hashed, "hard bounce 5.1.1", app.clock())
    told = newsletter("person", "show", "gone@example.com", "--project", paper)
    assert (told.code, told.out) == (1, "")
    assert "nobody in the store" in told.err
    assert "hard bounce 5.1.1" in told.err


def test_an_erasure_asks_and_no_means_no(newsletter: Program, paper: Path) -> None:
    asked = newsletter("person", "erase", ADA, "--project", paper, stdin="n\n")
    assert asked.code == 1
    assert newsletter("person", "show", ADA, "--project", paper).code == 0


def test_an_erasure_names_the_lists_that_would_bring_the_person_back(
    newsletter: Program, paper: Path
) -> None:
    done = newsletter("person", "erase", ADA, "--yes", "--project", paper)
    assert (done.code, done.out) == (0, "Erased.\n")
    assert "subscribers/en.csv, line 2 still has the address" in done.err
    assert newsletter("person", "show", ADA, "--project", paper).code == 1


def test_an_erased_person_can_be_kept_out(newsletter: Program, paper: Path) -> None:
    done = newsletter("person", "erase", ADA, "--yes", "--suppress", "--project", paper)
    assert "by hand" in done.out
    assert newsletter("person", "show", ADA, "--json", "--project", paper).json["suppression"]


def test_erasing_nobody_is_a_fault(newsletter: Program, paper: Path) -> None:
    done = newsletter("person", "erase", "nobody@example.com", "--yes", "--project", paper)
    assert done.code == 1
    assert "nobody@example.com" in done.err


def test_a_restore_brings_nobody_back(newsletter: Program, paper: Path, tmp_path: Path) -> None:
    backup = tmp_path / "b.db"
    assert newsletter("database", "backup", backup, "--project", paper).code == 0
    newsletter("person", "erase", ADA, "--yes", "--project", paper)
    done = newsletter("database", "restore", backup, "--yes", "--project", paper)
    assert "1 people who were erased" in done.out
    assert newsletter("person", "show", ADA, "--project", paper).code == 1
