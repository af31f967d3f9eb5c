"""What scripts rely on: exit codes, one JSON document, a sentence for every fault."""

import json
from pathlib import Path

import pytest

from tests.cli.running import Program
from tests.web.serving import new_project

SLOT = "2031-05-02T07:00"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return new_project(tmp_path / "paper")


@pytest.mark.parametrize(
    "arguments",
    [
        ("collect",),
        ("plan",),
        ("send",),
        ("send", "daily", "--slot", SLOT),
        ("send", "--test", "me@example.com"),
        ("edition", "list"),
        ("subscribers", "sync"),
        ("subscribers", "list"),
        ("status",),
    ],
    ids=" ".join,
)
def test_json_is_one_document_and_nothing_else(
    newsletter: Program, project: Path, arguments: tuple[str, ...]
) -> None:
    done = newsletter(*arguments, "--json", "--project", project)
    assert (done.code, done.err) == (0, "")
    assert isinstance(done.json, dict)
    assert done.out.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("send", "--test", "nobody"), 1),
        (("database", "restore", "newsletter.toml", "--yes"), 1),
        (("database", "backup", "nowhere/b.db"), 1),
        (("database", "restore", "nowhere.db", "--yes"), 2),
        (("edition", "approve", "seven"), 2),
        (("edition", "list", "--last", "0"), 2),
        (("preview", "--port", "99999"), 2),
        (("collect", "--frobnicate"), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_fault_is_told_on_stderr_without_a_trace(
    newsletter: Program,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
) -> None:
    monkeypatch.chdir(project)
    done = newsletter(*arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err
    assert "Traceback" not in done.err


def test_a_demonstration_leaves_a_folder_in_use_alone(newsletter: Program, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine", "utf-8")
    assert newsletter("demo", tmp_path).code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_when_every_source_fails_collect_ends_with_1_and_the_rest_is_told(
    newsletter: Program, project: Path
) -> None:
    config = project / "newsletter.toml"
    config.write_text(config.read_text("utf-8").replace('path = "articles"', 'path = "gone"'))
    done = newsletter("collect", "--json", "--project", project)
    assert done.code == 1
    assert all(source["fault"] for source in done.json["sources"])


def test_the_tables_can_be_upgraded_ahead_of_use(newsletter: Program, project: Path) -> None:
    done = newsletter("database", "upgrade", "--project", project)
    assert (done.code, "newsletter.db" in done.out) == (0, True)


def test_a_restore_asks_and_no_means_no(newsletter: Program, project: Path, tmp_path: Path) -> None:
    newsletter("database", "backup", tmp_path / "b.db", "--project", project)
    newsletter("send", "daily", "--slot", SLOT, "--project", project)
    asked = newsletter("database", "restore", tmp_path / "b.db", "--project", project, stdin="n\n")
    assert asked.code == 1
    status = newsletter("status", "--json", "--project", project).json
    assert len(status["editions"]) == 2


def test_an_environment_variable_lays_over_the_file_and_a_misspelt_one_is_a_fault(
    newsletter: Program, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_TRANSPORT__PASWORD", "x")
    done = newsletter("status", "--project", project)
    assert done.code == 2
    assert "PASWORD" in done.err


def test_an_edition_is_shown_to_people_and_programs(newsletter: Program, project: Path) -> None:
    newsletter("send", "daily", "--slot", SLOT, "--project", project)
    shown = newsletter("edition", "show", "1", "--json", "--project", project).json
    assert {"id", "digest", "state", "deliveries", "decisions"} <= shown.keys()
    told = newsletter("edition", "show", "1", "--project", project).out
    assert shown["subject"] in told
    assert json.dumps(shown["deliveries"]) not in told
