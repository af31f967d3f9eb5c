"""Reads a project's sources as the program does, and says what came of it and what it took.

Run in a process of its own: `python -m tests.journeys.faulty_reading FOLDER`.
"""

import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from newsletter.app import open_app
from newsletter.app.children import reading_child
from newsletter.sources.http import Limits, resolve
from tests.journeys.faulty_site import PRIVATE

_QUICK = Limits(connect=2, read=2, total=3)


class Names:
    """A name server that has the site under many names, and lies for two of them: to the second
    question it answers with a private address, or to the first with two."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked[host] += 1
        if host == "rebinding.example":
            return ["127.0.0.1"] if self.asked[host] == 1 else [PRIVATE]
        if host == "mixed.example":
            return ["127.0.0.1", PRIVATE]
        return ["127.0.0.1"] if host.endswith(".example") else resolve(host, port)


def _most_resident() -> int:
    """Kilobytes that this process ever held. (What the system counts in ru_maxrss begins with the
    program that started it.)"""
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def read(folder: Path) -> dict[str, Any]:
    names, began = Names(), time.monotonic()
    with open_app(folder) as opened:
        app = replace(opened, resolve=names, page_limits=_QUICK)
        results = app.newsroom.collect()
        with app.database.read() as tx:
            texts = tx.connection.exec_driver_sql("select content from articles").scalars().all()
    reading_child().close()  # its memory is counted when it has ended
    return {
        "results": {result.source: asdict(result) for result in results},
        "texts": [str(text) for text in texts],
        "asked": dict(names.asked),
        "seconds": time.monotonic() - began,
        "process_kb": _most_resident(),
        "child_kb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
    }


if __name__ == "__main__":
    json.dump(read(Path(sys.argv[1])), sys.stdout, default=str)
