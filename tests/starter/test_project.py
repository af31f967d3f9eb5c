"""A new project on the disk."""

import configparser
import csv
import os
import subprocess
from datetime import date
from pathlib import Path

import pytest

from newsletter.starter.project import ProjectFault, create_project, layouts, shipped
from tests.subscribers.reading import read_list

KEY = "a-line-that-signs-links"


def contents(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_what_was_written_is_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "paper"
    written = create_project(folder, key_line=KEY)
    assert {str(path.relative_to(folder)) for path in written} == contents(folder)
    assert len(written) == len(set(written))


def test_a_project_has_all_that_a_first_operator_needs(tmp_path: Path) -> None:
    create_project(tmp_path, key_line=KEY)
    assert {
        "newsletter.toml",
        "newsletter.key",
        ".gitignore",
        "subscribers/en.csv",
        "subscribers/es.csv",
        "articles/authors.yml",
        "articles/images/harbour.jpg",
        "systemd/newsletter.service",
        "systemd/newsletter-send.timer",
    } <= contents(tmp_path)


def test_the_layouts_are_copied_as_shipped(tmp_path: Path) -> None:
    create_project(tmp_path, key_line=KEY)
    origin = Path(str(layouts()))
    assert contents(tmp_path / "layouts") == contents(origin)
    assert (tmp_path / "layouts/digest/layout.mjml.j2").is_file()


def test_the_demonstration_begins_with_its_own_configuration(tmp_path: Path) -> None:
    create_project(tmp_path, key_line=KEY, config="demo.toml")
    assert 'first_run = "all"' in (tmp_path / "newsletter.toml").read_text(encoding="utf-8")
    assert not (tmp_path / "demo.toml").exists()


def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create_project(tmp_path, key_line=KEY)
    finally:
        os.umask(before)
    assert (tmp_path / "newsletter.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "newsletter.key").read_text(encoding="utf-8") == KEY + "\n"


@pytest.mark.parametrize("found", ["notes.txt", ".git"])
def test_a_folder_in_use_is_refused_and_left_as_it_is(found: str, tmp_path: Path) -> None:
    (tmp_path / found).write_text("mine", encoding="utf-8")
    with pytest.raises(ProjectFault, match="is not empty: nothing was written"):
        create_project(tmp_path, key_line=KEY)
    assert contents(tmp_path) == {found}


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "paper").write_text("mine", encoding="utf-8")
    with pytest.raises(ProjectFault, match="is not a folder"):
        create_project(tmp_path / "paper", key_line=KEY)


def test_git_ignores_key_database_letters_and_lists(tmp_path: Path) -> None:
    create_project(tmp_path, key_line=KEY)
    ignored = (tmp_path / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {
        "newsletter.key",
        "newsletter.db",
        "newsletter.db-wal",
        "newsletter.db-shm",
        "*.lock",
        "outbox/",
        "subscribers/",
        "preview/",
    } <= set(ignored)


def test_git_still_keeps_what_editors_write(tmp_path: Path) -> None:
    create_project(tmp_path, key_line=KEY)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    listed = subprocess.run(
        ["git", "-C", str(tmp_path), "status", "--porcelain", "-uall"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    kept = {line[3:].partition("/")[0] for line in listed.splitlines()}
    assert kept == {".gitignore", "articles", "layouts", "newsletter.toml", "systemd"}


def test_units_name_the_project_and_the_program(tmp_path: Path) -> None:
    folder = tmp_path / "100% paper"
    create_project(folder, key_line=KEY, executable=Path("/opt/news letter/bin/newsletter"))
    unit = unit_file(folder / "systemd" / "newsletter.service")
    assert unit["Service"]["ExecStart"] == '"/opt/news letter/bin/newsletter" serve'
    assert unit["Service"]["WorkingDirectory"] == str(folder).replace("%", "%%")
    assert unit["Service"]["User"]


def test_no_placeholder_is_left_in_a_unit(tmp_path: Path) -> None:
    create_project(tmp_path, key_line=KEY)
    for unit in (tmp_path / "systemd").iterdir():
        text = unit.read_text(encoding="utf-8").replace("@system-service", "")
        assert "@" not in text


def unit_file(path: Path) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read_string(path.read_text(encoding="utf-8"))
    return parsed


@pytest.mark.parametrize(
    ("unit", "verb"), [("newsletter", "serve"), ("newsletter-worker", "worker")]
)
def test_the_service_is_confined_and_stops_in_order(unit: str, verb: str, tmp_path: Path) -> None:
    create_project(tmp_path, key_line=KEY)
    service = unit_file(tmp_path / "systemd" / f"{unit}.service")["Service"]
    assert service["ExecStart"].endswith(f'" {verb}')
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == f'"{tmp_path}"'
    assert service["Restart"] == "on-failure"
    assert service["KillSignal"] == "SIGTERM"


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_sample_list_holds_ten_readers_who_do_not_exist(language: str) -> None:
    text = (shipped() / "subscribers" / f"{language}.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    addresses = [row["email"] for row in rows]
    assert list(rows[0]) == ["email", "name"]
    assert len(set(addresses)) == 10
    assert {address.partition("@")[2] for address in addresses} <= {"example.com", "example.org"}
    assert not text.isascii()


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_sample_list_is_read_without_a_fault(language: str) -> None:
    content = (shipped() / "subscribers" / f"{language}.csv").read_bytes()
    found = read_list(content, name=f"{language}.csv")
    assert found.faults == ()
    assert len(found.rows) == 10


def test_the_samples_are_news_on_the_day_a_project_is_made(tmp_path: Path) -> None:
    create_project(tmp_path / "x", key_line="k:v", today=date(2031, 5, 2))
    texts = [p.read_text("utf-8") for p in (tmp_path / "x" / "articles").rglob("*.md")]
    dates = {line[6:16] for text in texts for line in text.splitlines() if line[:6] == "date: "}
    assert (min(dates), max(dates)) == ("2031-04-29", "2031-05-01")
