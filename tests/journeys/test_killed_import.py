"""An import that is killed in the middle is run again, and nobody is lost or doubled."""

import os
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

from tests.journeys.killing import PATIENCE, kill
from tests.journeys.project import NEWSLETTER, make_project, newsletter_json

READERS = 50_000
_ROOT = Path(__file__).parents[2]


def a_project(folder: Path) -> Path:
    make_project(folder, sources="", readers={})
    rows = "".join(f"reader{n}@domain{n % 50}.example,Reader {n}\n" for n in range(READERS))
    (folder / "big.csv").write_text("email,name\n" + rows, "utf-8")
    return folder


def importing(folder: Path) -> list[str]:
    return ["subscribers", "import", str(folder / "big.csv"), "--language", "en"]


def subscriptions(folder: Path) -> int:
    """That are committed; 0 where there is no table yet."""
    try:
        with closing(sqlite3.connect(folder / "newsletter.db")) as store:
            return int(store.execute("select count(*) from subscriptions").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def killed_within(folder: Path) -> int:
    """Start an import, kill it once some of it is there; how many were."""
    process = subprocess.Popen(
        [*NEWSLETTER, *importing(folder), "--project", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
    )
    until = time.monotonic() + PATIENCE
    while not subscriptions(folder) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)
    assert kill(process)
    return subscriptions(folder)


def test_a_killed_import_is_finished_by_the_next_and_a_third_has_nothing_to_do(
    tmp_path: Path,
) -> None:
    folder = a_project(tmp_path / "paper")
    before = killed_within(folder)
    assert 0 < before < READERS
    done = newsletter_json(folder, *importing(folder))
    assert (done["rows"], before + done["added"]) == (READERS, READERS)
    again = newsletter_json(folder, *importing(folder))
    assert (again["added"], again["changed"], again["updated"], again["refused"]) == (0, 0, 0, 0)
    assert subscriptions(folder) == READERS
