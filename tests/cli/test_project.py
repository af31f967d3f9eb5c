"""A project from its first minute on, as its operator sees it."""

import shutil
from pathlib import Path

import pytest

from newsletter.subscribers.tokens import new_key_line
from tests.cli.running import Program
from tests.web.serving import new_project

SLOT = "2031-05-02T07:00"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return new_project(tmp_path / "paper")


def test_from_nothing_to_a_rehearsal(newsletter: Program, tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    assert "newsletter preview" in newsletter("init", folder).out
    config = folder / "newsletter.toml"
    config.write_text(config.read_text("utf-8").replace('"baseline"', '"all"', 1), "utf-8")
    assert newsletter("collect", "--project", folder, "--json").json["sources"][0]["new"] == 14
    plan = newsletter("plan", "--project", folder, "--json").json["plan"]
    assert [(each["language"], len(each["stories"])) for each in plan] == [("en", 7), ("es", 7)]
    sent = newsletter("send", "daily", "--slot", SLOT, "--project", folder, "--json").json
    assert [each["deliveries"]["sent"] for each in sent["editions"]] == [10, 10]
    assert len(list((folder / "outbox" / "new").iterdir())) == 20


def test_the_same_slot_again_only_finishes_what_is_left(newsletter: Program, project: Path) -> None:
    for _ in range(2):
        done = newsletter("send", "daily", "--slot", SLOT, "--project", project, "--json")
        assert [each["deliveries"]["sent"] for each in done.json["editions"]] == [10, 10]
    assert len(list((project / "outbox" / "new").iterdir())) == 20


def test_with_nothing_due_it_says_so_and_when_it_will_be(
    newsletter: Program, project: Path
) -> None:
    done = newsletter("send", "--project", project)
    assert done.code == 0
    assert "Nothing is due. Next: daily," in done.out


def test_a_plan_says_when_everybody_has_their_letter(newsletter: Program, project: Path) -> None:
    newsletter("send", "--project", project)  # reads articles and lists; nothing is due
    assert newsletter("plan", "--project", project, "--json").json["plan"][0]["forecast"] is None
    config = project / "newsletter.toml"
    smtp = 'kind = "smtp"\nhost = "127.0.0.1"\ntls = "none"\nper_second = 0.02\n'
    config.write_text(config.read_text("utf-8").replace('kind = "maildir"\n', smtp, 1), "utf-8")
    assert "daily: 20 letters at 0.02 a second: 17 min, until " in (
        newsletter("plan", "--project", project).out
    )
    found = newsletter("plan", "--project", project, "--json").json["plan"][0]["forecast"]
    assert (found["letters"], found["rate"]) == (20, 0.02)
    assert found["begins"] < found["ends"]


def test_status_has_what_programs_rely_on(newsletter: Program, project: Path) -> None:
    newsletter("send", "daily", "--slot", SLOT, "--project", project)
    for edition in newsletter("status", "--project", project, "--json").json["editions"]:
        assert {"digest", "language", "slot", "state", "subject", "stories"} <= edition.keys()
        assert {
            "queued", "claimed", "sent", "deferred", "refused", "unknown", "suppressed", "held",
        } <= edition["deliveries"].keys()  # fmt: skip
    assert "daily.en" in newsletter("status", "--project", project).out


def test_a_preview_is_written_as_files_and_changes_nothing(
    newsletter: Program, project: Path, tmp_path: Path
) -> None:
    done = newsletter("preview", "--project", project, "--out", tmp_path / "out")
    assert "daily.es" in done.out
    for ending in ("html", "txt", "eml", "json"):
        assert (tmp_path / "out" / f"daily.en.{ending}").stat().st_size > 200
    assert newsletter("status", "--project", project, "--json").json["editions"] == []


def test_with_nothing_new_the_preview_is_a_labelled_sample(
    newsletter: Program, tmp_path: Path
) -> None:
    folder = new_project(tmp_path / "paper", first_run="baseline")
    done = newsletter("preview", "--project", folder, "--out", tmp_path / "out")
    assert "samples" in done.out
    assert "nothing new yet" in (tmp_path / "out" / "daily.en.html").read_text("utf-8")


def test_a_test_letter_goes_to_one_address_and_counts_for_nothing(
    newsletter: Program, project: Path
) -> None:
    done = newsletter("send", "--test", "me@example.com", "--project", project)
    assert done.out.count("me@example.com") >= 2
    assert len(list((project / "outbox" / "new").iterdir())) == 2
    assert newsletter("status", "--project", project, "--json").json["editions"] == []


def test_the_demonstration_says_who_got_what_and_where_to_look(
    newsletter: Program, tmp_path: Path
) -> None:
    out = newsletter("demo", tmp_path / "demo").out
    for address in ("amelia.hartley@example.com", "begona.ruiz@example.com"):
        assert address in out
    assert str(tmp_path / "demo" / "letters" / "daily.es.html") in out


def test_lists_are_synced_and_their_faults_named(newsletter: Program, project: Path) -> None:
    (project / "subscribers" / "en.csv").write_text("email\nnobody\nann@example.com\n", "utf-8")
    done = newsletter("subscribers", "sync", "--project", project)
    assert "subscribers/en.csv, line 2:" in done.err
    assert "en.csv" in done.out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("frobnicate",), 2, "No such command"),
        (("send", "hourly"), 2, "there is no digest 'hourly'; newsletter.toml has: daily"),
        (("send", "daily", "--slot", "soon"), 2, "expected a local date and time"),
        (("edition", "approve", "7"), 1, "edition 7: there is none"),
        (("edition", "show", "7"), 1, "edition 7: there is none"),
    ],
)
def test_wrong_words_end_with_a_sentence_and_a_code(
    newsletter: Program, project: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    place = () if arguments[0] == "frobnicate" else ("--project", project)
    done = newsletter(*arguments, *place)
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert "Traceback" not in done.err


def test_without_a_project_the_way_to_one_is_told(newsletter: Program, tmp_path: Path) -> None:
    done = newsletter("plan", "--project", tmp_path)
    assert done.code == 2
    assert "newsletter init" in done.err


def test_a_faulty_configuration_ends_with_2_and_every_fault(
    newsletter: Program, project: Path
) -> None:
    config = project / "newsletter.toml"
    text = config.read_text("utf-8").replace("schedule =", "shedule =").replace("host =", "hst =")
    config.write_text(text.replace('name = "articles"', 'nam = "articles"'), "utf-8")
    done = newsletter("plan", "--project", project)
    assert done.code == 2
    for key in ("shedule", "schedule", "nam", "name"):
        assert key in done.err


def test_a_folder_in_use_is_left_alone(newsletter: Program, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine", "utf-8")
    done = newsletter("init", tmp_path)
    assert (done.code, "is not empty" in done.err) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_another_key_is_refused(newsletter: Program, project: Path) -> None:
    newsletter("plan", "--project", project)
    (project / "newsletter.key").write_text(new_key_line(), "utf-8")
    done = newsletter("plan", "--project", project)
    assert done.code == 1
    assert "another signing key" in done.err


def test_a_backup_is_restored_and_adopted(
    newsletter: Program, project: Path, tmp_path: Path
) -> None:
    newsletter("send", "daily", "--slot", SLOT, "--project", project)
    saved = newsletter("database", "backup", tmp_path / "b.db", "--project", project)
    assert "newsletter.key" in saved.out
    again = newsletter("database", "backup", tmp_path / "b.db", "--project", project)
    assert (again.code, "already" in again.err) == (1, True)
    shutil.rmtree(project / "outbox")
    restored = newsletter("database", "restore", tmp_path / "b.db", "--yes", "--project", project)
    assert "database adopt" in restored.out
    assert newsletter("database", "adopt", "--project", project).code == 0
    assert len(newsletter("status", "--project", project, "--json").json["editions"]) == 2
