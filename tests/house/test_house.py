"""The house itself: door plates, the map in the README, the start, what an installation brings."""

import re
import subprocess
import sys
from dataclasses import fields
from importlib.metadata import distribution
from pathlib import Path
from typing import get_args

import click
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from newsletter import cli
from newsletter.model.delivery import DeliveryState
from newsletter.model.specs import InboxSpec, SourceSpec, WebhookSpec
from newsletter.starter.project import create_project
from newsletter.subscribers.tokens import new_key_line

ROOT = Path(__file__).parents[2]
CODE = ROOT / "newsletter"
README = (ROOT / "README.md").read_text("utf-8")
LEDGER = (CODE / "docs" / "ledger.md").read_text("utf-8")
SOURCES = (CODE / "docs" / "sources.md").read_text("utf-8")
FEEDBACK = (CODE / "docs" / "feedback.md").read_text("utf-8")
RECORDED = ROOT / "tests" / "data" / "house" / "distributions.txt"
PACKAGES = sorted(path.parent for path in CODE.rglob("__init__.py"))
HEAVY = {
    "alembic",
    "babel",
    "cryptography",
    "feedparser",
    "httpx2",
    "jinja2",
    "lxml",
    "pydantic",
    "rich",
    "sqlalchemy",
    "starlette",
    "trafilatura",
}
# What opens a project and lists what is there; the rest is for reading pages and making letters.
NEEDED = {"pydantic", "rich", "sqlalchemy"}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_every_package_has_a_door_plate(package: Path) -> None:
    first = (package / "__init__.py").read_text("utf-8").lstrip()
    assert first.startswith('"""')


def test_the_map_in_the_readme_names_every_room() -> None:
    _, _, after = README.partition("## The map of rooms")
    map_of_rooms = after.partition("\n## ")[0]
    names = {path.stem for path in CODE.iterdir() if not path.name.startswith("__")}
    assert {
        name for name in names if f"`{name}`" not in map_of_rooms.replace("newsletter/", "")
    } == set()


@pytest.mark.parametrize("name", cli.cli.list_commands(click.Context(cli.cli)))
def test_every_verb_exists_and_is_documented(name: str) -> None:
    command = cli.cli.get_command(click.Context(cli.cli), name)
    assert command is not None
    assert command.name == name
    assert command.help
    assert f"| `newsletter {name}" in README


@pytest.mark.parametrize("name", cli.cli.list_commands(click.Context(cli.cli)))
def test_every_verb_helps(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([name, "--help"])
    assert end.value.code == 0
    assert f"Usage: newsletter {name}" in capsys.readouterr().out


def test_the_readme_documents_no_verb_that_is_not_there() -> None:
    documented = set(re.findall(r"^\| `newsletter (\w+)", README, re.MULTILINE))
    assert documented == set(cli.cli.list_commands(click.Context(cli.cli)))


@pytest.mark.parametrize("spec", get_args(SourceSpec), ids=lambda spec: spec.__name__)
def test_every_kind_of_source_and_its_keys_stand_on_the_page_of_sources(spec: type) -> None:
    (kind,) = get_args(spec.__annotations__["kind"])
    assert f"| `{kind}` |" in SOURCES
    assert f"\n### {kind}\n" in SOURCES
    assert [
        field.name for field in fields(spec) if not re.search(rf"\b{field.name}\b", SOURCES)
    ] == []


@pytest.mark.parametrize("spec", get_args(WebhookSpec), ids=lambda spec: spec.__name__)
def test_every_webhook_stands_on_the_page_of_what_comes_back(spec: type) -> None:
    (kind,) = get_args(spec.__annotations__["kind"])
    assert f"\n### {kind}\n" in FEEDBACK
    assert f'kind = "{kind}"' in FEEDBACK


@pytest.mark.parametrize("spec", get_args(InboxSpec), ids=lambda spec: spec.__name__)
def test_every_inbox_stands_on_the_page_of_what_comes_back(spec: type) -> None:
    (kind,) = get_args(spec.__annotations__["kind"])
    assert f'"{kind}"' in FEEDBACK


def test_the_page_of_sources_names_no_file_that_is_not_there() -> None:
    named = set(re.findall(r"`((?:newsletter|tests)/[\w./]+\.\w+)`", SOURCES)) - {
        "newsletter/sources/KIND.py"
    }
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_every_arrow_of_the_ledger_names_a_test_that_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", LEDGER))
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) >= 10
    assert named <= set(re.findall(r"^def (test_\w+)", tests, re.MULTILINE))


def test_every_state_of_a_delivery_is_drawn() -> None:
    drawing = LEDGER.partition("```")[2].partition("```")[0]
    assert {state.value for state in DeliveryState} <= set(re.findall(r"[a-z]+", drawing))


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom newsletter.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(' '.join(name for name in sys.modules if '.' not in name), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stderr.split()) == set()


@pytest.mark.parametrize("verb", ["status", "edition list", "held list", "listen --stdin"])
def test_verbs_that_look_or_count_load_nothing_that_collects_or_composes(
    verb: str, tmp_path: Path
) -> None:
    create_project(tmp_path / "paper", key_line=new_key_line())
    arguments = [*verb.split(), "--project", str(tmp_path / "paper")]
    code = (
        "import sys\nfrom newsletter.cli import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit as end:\n    assert not end.code, end\n"
        "print('loaded:', *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input="", capture_output=True, text=True, check=True
    )
    assert (HEAVY - NEEDED) & set(done.stderr.partition("loaded:")[2].split()) == set()


def test_an_installation_brings_no_distribution_unnoticed() -> None:
    """Every one is somebody's code in our readers' letters: growth is a decision."""
    recorded = set(RECORDED.read_text("utf-8").split())
    found = _pulled_in("newsletter-composer")
    assert found <= recorded, (
        f"new: {sorted(found - recorded)}; look at each one's upkeep, licence and weight, "
        f"then add it to {RECORDED.relative_to(ROOT)}"
    )


def _pulled_in(root: str) -> set[str]:
    """The distributions that installing `root` without extras brings on this Python, itself left
    out. What is for other systems or other Pythons is looked at where it applies."""
    found: set[tuple[str, frozenset[str]]] = set()
    waiting: list[tuple[str, frozenset[str]]] = [(canonicalize_name(root), frozenset())]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in found:
            continue
        found.add((name, extras))
        for text in distribution(name).requires or ():
            need = Requirement(text)
            wanted = [{"extra": extra} for extra in (*extras, "")]
            if need.marker is None or any(need.marker.evaluate(each) for each in wanted):
                waiting.append((canonicalize_name(need.name), frozenset(need.extras)))
    return {name for name, _ in found} - {canonicalize_name(root)}
