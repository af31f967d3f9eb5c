"""What an installation gets: the wheel, away from any checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, unpacked where nothing else of the project is."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, folder: Path, *arguments: str) -> str:
    """The program as installed, started in `folder`."""
    done = subprocess.run(
        [sys.executable, "-m", "newsletter", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_new_project_can_be_previewed_without_a_checkout(installed: Path, tmp_path: Path) -> None:
    run(installed, tmp_path, "init", "paper")
    run(installed, tmp_path / "paper", "preview", "--out", "out")
    for language in ("en", "es"):
        for ending in ("html", "txt", "eml", "json"):
            assert (tmp_path / "paper" / "out" / f"daily.{language}.{ending}").stat().st_size > 200


def test_the_wheel_holds_layouts_lists_samples_docs_and_migrations(installed: Path) -> None:
    assert (installed / "newsletter" / "docs" / "sources.md").is_file()
    starter = installed / "newsletter" / "starter"
    assert (starter / "layouts" / "digest" / "layout.mjml.j2").is_file()
    assert (starter / "subscribers" / "en.csv").is_file()
    assert len(list((starter / "articles").rglob("*.jpg"))) >= 8
    assert list((installed / "newsletter" / "store" / "migrations" / "versions").glob("*.py"))


def test_the_wheel_holds_no_tests(installed: Path) -> None:
    assert {path.name for path in installed.iterdir() if path.is_dir()} == {
        "newsletter",
        next(installed.glob("*.dist-info")).name,
    }
