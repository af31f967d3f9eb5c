"""`newsletter bounce`: what it prints for programs and for people."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import Program
from tests.feedback.mails import READER, TOKEN, answer, dsn, failed

HEAVY = {"sqlalchemy", "trafilatura", "pydantic", "httpx2", "lxml", "jinja2", "starlette"}


@pytest.fixture
def came_back(tmp_path: Path) -> Path:
    path = tmp_path / "back.eml"
    path.write_bytes(dsn(failed("550 5.1.1 user unknown")))
    return path


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.eml"
    path.write_bytes(answer("Thank you! 550 5.1.1 user unknown"))
    return path


def test_a_line_for_each_file_in_their_order(
    newsletter: Program, came_back: Path, letter: Path
) -> None:
    done = newsletter("bounce", "--json", letter, came_back, letter)
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, done.err) == (0, "")
    assert [line["file"] for line in lines] == [str(letter), str(came_back), str(letter)]
    assert lines[0]["results"] == []
    assert lines[1]["results"] == [
        {
            "recipient": READER,
            "kind": "hard",
            "status": "5.1.1",
            "reason": "no mailbox",
            "token": TOKEN,
        }
    ]


def test_a_file_that_cannot_be_read_stops_nothing(
    newsletter: Program, came_back: Path, tmp_path: Path
) -> None:
    done = newsletter("bounce", "--json", tmp_path / "nowhere.eml", tmp_path, came_back)
    found = [json.loads(line)["results"] for line in done.out.splitlines()]
    assert (done.code, found[:2], len(found[2])) == (0, [[], []], 1)
    assert done.err.count("cannot be read") == 2


def test_a_mail_is_read_from_standard_input(newsletter: Program, came_back: Path) -> None:
    done = newsletter("bounce", "--json", "--stdin", stdin=came_back.read_bytes())
    assert done.code == 0
    assert (done.json["file"], done.json["results"][0]["recipient"]) == ("-", READER)


def test_people_read_a_table_with_the_words_of_the_server(
    newsletter: Program, came_back: Path, letter: Path
) -> None:
    done = newsletter("bounce", came_back, letter)
    assert done.code == 0
    assert all(word in done.out for word in (READER, "hard", "no mailbox", "user unknown"))
    assert f"{letter}: says nothing of a reader" in done.out


def test_to_name_nothing_is_wrong_usage(newsletter: Program) -> None:
    done = newsletter("bounce")
    assert done.code == 2
    assert "--stdin" in done.err


def test_the_verb_starts_light(came_back: Path) -> None:
    code = (
        "import sys\nfrom newsletter.cli import main\n"
        f"try:\n    main(['bounce', '--json', {str(came_back)!r}])\nexcept SystemExit:\n    pass\n"
        "print(' '.join(name for name in sys.modules if '.' not in name), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stderr.split()) == set()
