"""`newsletter subscribers import`, `export` and `list`: what people and programs get to see."""

import csv
import stat
from pathlib import Path

import pytest

from tests.cli.running import Program
from tests.subscribers import exports
from tests.web.serving import new_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = new_project(tmp_path / "paper")
    for path in (folder / "subscribers").glob("*.csv"):
        path.unlink()
    return folder


def a_list(project: Path, text: str, name: str = "readers.csv") -> Path:
    path = project / name
    path.write_text(text, "utf-8")
    return path


def rejected(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [*csv.reader(file)]


def test_an_import_says_what_it_did(newsletter: Program, project: Path) -> None:
    file = a_list(project, "email,name\nann@example.com,Ann\nben@example.com,Ben\n")
    done = newsletter("subscribers", "import", file, "--language", "en", "--project", project)
    assert done.code == 0
    assert "our own  utf-8" in done.out
    assert not file.with_name("readers.csv.rejected.csv").exists()


def test_mailchimps_zip_is_imported_as_downloaded(newsletter: Program, project: Path) -> None:
    file = project / "mailchimp.zip"
    file.write_bytes(exports.mailchimp_zip())
    done = newsletter(
        "subscribers", "import", file, "--language", "en", "--json", "--project", project
    )
    assert (done.code, done.err) == (0, "")
    assert (done.json["people"], done.json["refused"]) == (3, 1)
    assert {each["format"] for each in done.json["lists"]} == {"Mailchimp"}


def test_rows_that_were_not_taken_lie_beside_the_list(newsletter: Program, project: Path) -> None:
    file = a_list(project, 'email;name\nann@example.com;Ann\nnobody;"=1+1"\nben@example.com;"Ben\n')
    done = newsletter("subscribers", "import", file, "--language", "en", "--project", project)
    assert done.code == 0
    assert "readers.csv, line 3: 'nobody' is not one plain address" in done.err
    beside = file.with_name("readers.csv.rejected.csv")
    header, *rows = rejected(beside)
    assert header == ["line", "reason", "email", "name"]
    assert rows[0] == ["3", "'nobody' is not one plain address", "nobody", "'=1+1"]
    assert rows[1][2] == 'ben@example.com;"Ben'
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600


def test_mended_rows_can_be_imported_from_where_they_lie(
    newsletter: Program, project: Path
) -> None:
    arguments = ("--language", "en", "--json", "--project", project)
    file = a_list(project, "email,name\nann at example.com,Ann\n")
    told = newsletter("subscribers", "import", file, *arguments).json["rejected"]
    a_list(project, Path(told).read_text("utf-8").replace(" at ", "@"), "mended.csv")
    done = newsletter("subscribers", "import", project / "mended.csv", *arguments)
    assert (done.json["people"], done.json["lists"][0]["notes"]) == (1, [])


def test_rejects_of_an_import_before_are_not_left_over(newsletter: Program, project: Path) -> None:
    file = a_list(project, "email\nnobody\n")
    arguments = ("subscribers", "import", file, "--language", "en", "--project", project)
    newsletter(*arguments)
    a_list(project, "email\nann@example.com\n")
    newsletter(*arguments)
    assert not file.with_name("readers.csv.rejected.csv").exists()


@pytest.mark.parametrize("name", ["readers.csv", "diary.txt"])
@pytest.mark.parametrize("address", ["nobody", "ann@example.com"])
def test_rejects_take_the_place_of_no_other_file(
    newsletter: Program, project: Path, name: str, address: str
) -> None:
    a_list(project, "Dear diary", "diary.txt")
    file = a_list(project, f"email\n{address}\n")
    before = (project / name).read_bytes()
    arguments = ("--language", "en", "--rejected", project / name, "--project", project)
    done = newsletter("subscribers", "import", file, *arguments)
    assert (done.code, "left alone; --rejected names another" in done.err) == (1, True)
    assert (project / name).read_bytes() == before


def test_a_disk_that_is_full_of_rejects_is_a_plain_error(
    newsletter: Program, project: Path
) -> None:
    file = a_list(project, "email\n" + "nobody\n" * 2000)
    arguments = ("--language", "en", "--rejected", "/dev/full", "--project", project)
    done = newsletter("subscribers", "import", file, *arguments)
    assert (done.code, "Traceback" in done.err) == (1, False)
    assert "/dev/full: cannot be written: No space left on device" in done.err


def test_rejects_in_the_folder_of_lists_are_no_list(newsletter: Program, project: Path) -> None:
    a_list(project / "subscribers", "email\nnobody\nann@example.com\n", "en.csv")
    newsletter("subscribers", "import", project / "subscribers" / "en.csv", "--project", project)
    done = newsletter("subscribers", "sync", "--json", "--project", project)
    assert [each["name"] for each in done.json["lists"]] == ["en.csv"]


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("mail\nann@example.com\n", ["--language", "en"], 'has no column "email"'),
        ("email\na@b.example\n", ["--language", "de"], "no digest of this list is in the language"),
        ("email\na@b.example\n", ["--digest", "hourly"], "there is no digest 'hourly'"),
        ("email\na@b.example\n", ["--prune"], "name one (--language)".capitalize()),
    ],
)
def test_what_cannot_be_imported_is_one_sentence(
    newsletter: Program, project: Path, text: str, options: list[str], words: str
) -> None:
    file = a_list(project, text)
    done = newsletter("subscribers", "import", file, *options, "--project", project)
    assert done.code == 1
    assert words in done.err
    assert done.err.count("\n") == 1


def test_pruning_too_much_ends_with_1_and_says_how_to_mean_it(
    newsletter: Program, project: Path
) -> None:
    for text, code in (("email\na@b.example\nc@b.example\n", 0), ("email\na@b.example\n", 1)):
        file = a_list(project, text)
        done = newsletter(
            "subscribers", "import", file, "--language", "en", "--prune", "--project", project
        )
        assert done.code == code
    assert "nobody was pruned: that would be 1 of 2, more than 5%; say --yes" in done.err


def test_an_export_is_imported_again_without_a_change(newsletter: Program, project: Path) -> None:
    text = 'email,name,tags,attribute.city\nann@example.com,=Ann,"a,b",León\n'
    newsletter(
        "subscribers", "import", a_list(project, text), "--language", "en", "--project", project
    )
    out = project / "out.csv"
    assert newsletter("subscribers", "export", out, "--project", project).code == 0
    assert "'=Ann" in out.read_text("utf-8")
    done = newsletter("subscribers", "import", out, "--json", "--project", project)
    assert [done.json[name] for name in ("added", "changed", "updated", "refused")] == [0] * 4


def test_who_is_there_is_listed_by_segment(newsletter: Program, project: Path) -> None:
    text = "email,tags\nann@example.com,vip\nben@example.com,\n"
    newsletter(
        "subscribers", "import", a_list(project, text), "--language", "en", "--project", project
    )
    done = newsletter(
        "subscribers", "list", "--segment", 'tag = "vip"', "--json", "--project", project
    )
    assert [each["email"] for each in done.json["subscriptions"]] == ["ann@example.com"]


@pytest.mark.parametrize(
    "options", [["--segment", "tag = vip"], ["--sort", "token"], ["--status", "gone"]]
)
def test_what_is_no_choice_is_wrong_usage(
    newsletter: Program, project: Path, options: list[str]
) -> None:
    assert newsletter("subscribers", "list", *options, "--project", project).code == 2
