"""`newsletter held`, `newsletter story`, and what `plan` proposes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import Program

TEXT = (
    "The council met in the old harbour office and talked for three hours about the plan for the "
    "quay, which the ferries have used since the storm of that winter, and agreed on number {0}.\n"
)


@pytest.fixture
def paper(newsletter: Program, tmp_path: Path) -> Path:
    """A project that has read its folder once."""
    folder = tmp_path / "paper"
    assert newsletter("init", folder).code == 0
    assert newsletter("collect", "--project", folder).code == 0
    return folder


@pytest.fixture
def write(paper: Path) -> Callable[..., None]:
    def write(number: int, language: str = "en", **fields: str) -> None:
        head = {"title": f"Quay {number} {language}", "date": "2026-11-20T08:00:00Z", **fields}
        lines = "".join(f"{name}: {value}\n" for name, value in head.items())
        file = paper / "articles" / language / f"quay-{language}-{number}.md"
        file.write_text(f"---\n{lines}---\n{TEXT.format(f'{number} {language}')}", "utf-8")

    return write


def test_a_flood_is_told_listed_and_released(
    newsletter: Program, paper: Path, write: Callable[..., None]
) -> None:
    for number in range(25):
        write(number)
    told = newsletter("collect", "--project", paper)
    assert "25 held for you to look at (`newsletter held list`)" in told.err
    assert "one of 25 new articles at once" in told.err
    found = newsletter("held", "list", "--project", paper, "--json").json["held"]
    assert len(found) == 25
    assert newsletter("held", "release", found[0]["id"], "--project", paper).code == 0
    source = found[0]["source"]
    assert newsletter("held", "dismiss", source, "--project", paper).out.count("as old") == 24
    assert "Nothing is held" in newsletter("held", "list", "--project", paper).out


def test_nothing_held_under_a_name_says_where_names_are(newsletter: Program, paper: Path) -> None:
    refused = newsletter("held", "release", "nowhere", "--project", paper)
    assert (refused.code, "`newsletter held list`" in refused.err) == (1, True)


def test_a_plan_proposes_pairs_that_an_editor_joins(
    newsletter: Program, paper: Path, write: Callable[..., None]
) -> None:
    picture = "https://img.example.com/ferry-at-the-quay.jpg"
    write(1, "en", image=picture)
    write(2, "es", image=picture)
    newsletter("collect", "--project", paper)
    (pair,) = newsletter("plan", "--project", paper, "--json").json["pairs"]
    assert "Perhaps one story: “Quay" in newsletter("plan", "--project", paper).out
    joined = newsletter("story", "join", *pair["articles"], "--project", paper)
    assert (joined.code, "one story with" in joined.out) == (0, True)
    assert newsletter("plan", "--project", paper, "--json").json["pairs"] == []
    parted = newsletter("story", "part", pair["articles"][0], "--project", paper)
    assert "a story of its own" in parted.out
    assert newsletter("plan", "--project", paper, "--json").json["pairs"] == []
