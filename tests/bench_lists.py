"""What bringing a list in costs: a part of `make bench`, or alone.

    python -m tests.bench_lists [READERS]

A million readers on SQLite, by the program itself as a child, beside reading the same file with the
csv module and nothing more; then the same file again, and all of them out.
"""

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench_sending import Spent, spent_by
from tests.journeys.project import NEWSLETTER, make_project
from tests.measures import Figure, Measure

_ROOT = Path(__file__).parents[1]
_READERS = 1_000_000
_DOMAINS = 5_000
_MEGA = 1e6
_MEMORY_BUDGET = 250.0  # MB


def what_lists_cost(readers: int = _READERS) -> Iterator[Measure]:
    with tempfile.TemporaryDirectory() as name:
        folder = make_project(Path(name) / "project", sources="", readers={})
        file = _a_list(folder, readers)
        bare = _read(file)
        runs = {
            "imported": ("import", str(file), "--language", "en"),
            "imported again": ("import", str(file), "--language", "en"),
            "exported": ("export", str(folder / "out.csv")),
        }
        for what, arguments in runs.items():
            spent = _spent(folder, *arguments)
            rows = f"{readers:,} rows, {what}"
            yield Figure(rows, spent.seconds, "read by the csv module", bare, "s")
            peak = spent.peak / _MEGA
            yield Figure(f"peak memory: {rows}", peak, "budget", _MEMORY_BUDGET, "MB")


def _a_list(folder: Path, readers: int) -> Path:
    file = folder / "readers.csv"
    with file.open("w", encoding="utf-8") as list_:
        list_.write("email,name\n")
        for n in range(readers):
            list_.write(f"reader{n}@domain{n % _DOMAINS}.example,Reader Number{n}\n")
    return file


def _read(file: Path) -> float:
    started = time.perf_counter()
    with file.open(encoding="utf-8", newline="") as rows:
        for _ in csv.reader(rows):
            pass
    return time.perf_counter() - started


def _spent(folder: Path, *arguments: str) -> Spent:
    command = [*NEWSLETTER, "subscribers", *arguments, "--project", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    return spent_by(subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment))


if __name__ == "__main__":
    for measure in what_lists_cost(*map(int, sys.argv[1:2])):
        print(measure, flush=True)
