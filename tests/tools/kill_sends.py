"""Kills a large send again and again, and prints the account.

    python -m tests.tools.kill_sends --readers 20000 --kills 20 --connections 20
    python -m tests.tools.kill_sends --postgresql --workers 4 --crashes 3
    python -m tests.tools.kill_sends --on-unknown hold --drop-taken 0.002

Ends with 1 and says what does not add up, if anything does not. `--sender` is what is started and
killed when it is not `newsletter send` (the last run always is).
"""

import argparse
import json
import random
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from newsletter.model.specs import OnUnknown
from tests.journeys.accounts import account, faults
from tests.journeys.killing import Crowd, thresholds, wait_for_letters
from tests.journeys.sending_project import SEND, SendingProject, freeze, sending_project
from tests.tools.postgresql import OwnPostgresql, own_server
from tests.tools.sink import Habits, Sink

_AGAIN = 330.0  # seconds: somewhat more than the first wait for a retry


@dataclass(slots=True)
class Struck:
    """How often a sender was killed, and the database."""

    kills: int = 0
    crashes: int = 0


def main() -> int:
    options = _options().parse_args()
    with tempfile.TemporaryDirectory() as name, _database(options, Path(name)) as (url, server):
        habits = Habits(drop_taken=options.drop_taken, drop_lost=options.drop_lost)
        with Sink(Path(name) / "sink", habits) as sink:
            project = sending_project(
                Path(name) / "project",
                readers=options.readers,
                port=sink.port,
                database=url,
                connections=options.connections,
                stories=options.stories,
                on_unknown=options.on_unknown,
            )
            freeze(project)
            struck = _strike(options, project, sink, server)
            _finish(project, habits)
            return _tell(project, sink, struck, options.workers)


def _strike(
    options: argparse.Namespace, project: SendingProject, sink: Sink, server: OwnPostgresql | None
) -> Struck:
    """Kill any of the senders, or crash the database, at random numbers of letters."""
    struck = Struck()
    chance = random.Random(options.seed)
    blows = ["kill"] * options.kills + ["crash"] * (options.crashes if server else 0)
    chance.shuffle(blows)
    at = thresholds(options.seed, len(blows), options.readers)
    crowd = Crowd.of(project, options.workers, shlex.split(options.sender))
    for blow, letters in zip(blows, at, strict=True):
        while not wait_for_letters(sink, letters, *crowd.processes):
            crowd = Crowd.of(project, options.workers, crowd.arguments)
        if blow == "crash" and server is not None:
            server.crash()
            server.restart()
            struck.crashes += 1
        else:
            struck.kills += crowd.kill_one(chance)
        print(f"{blow} at {sink.count():,} letters", file=sys.stderr)
    _let_finish(project, sink, crowd)
    if crowd.arguments == list(SEND):
        crowd.ended()
    else:
        crowd.stop()
    return struck


def _let_finish(project: SendingProject, sink: Sink, crowd: Crowd) -> None:
    """Where doubt is held fewer letters come than there are readers, and workers wait for more."""
    while any(process.poll() is None for process in crowd.processes):
        if sink.count() >= len(project.readers) or project.shown()["state"] != "sending":
            return
        time.sleep(1)


def _finish(project: SendingProject, habits: Habits) -> None:
    """Send until nothing is left: what was deferred takes its time."""
    project.run(*SEND)
    while habits.drop_taken + habits.drop_lost and project.shown()["state"] == "sending":
        print(f"waiting {_AGAIN:.0f} s for what was deferred", file=sys.stderr)
        time.sleep(_AGAIN)
        project.run(*SEND)


def _tell(project: SendingProject, sink: Sink, struck: Struck, workers: int) -> int:
    found = account(project, sink.record())
    unanswered = sum(not each.answered for each in found.record.taken)
    # A crash of the database is felt by every sender, and each has its connections.
    cut_off = struck.kills + struck.crashes * workers
    allowed = project.connections * cut_off + unanswered
    print(json.dumps(
        {
            **found.summary(),
            "kills": struck.kills,
            "crashes": struck.crashes,
            "unanswered": unanswered,
            "doubles allowed": allowed,
        },
        indent=2,
    ))  # fmt: skip
    wrong = faults(found, doubles=allowed, held=True)
    print("\n".join(wrong) or "everything adds up")
    return 1 if wrong else 0


@contextmanager
def _database(
    options: argparse.Namespace, folder: Path
) -> Iterator[tuple[str, OwnPostgresql | None]]:
    if not options.postgresql:
        yield f"sqlite:///{folder / 'newsletter.db'}", None
        return
    with own_server() as server:
        own = OwnPostgresql(server)
        yield own.url, own


def _options() -> argparse.ArgumentParser:
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--readers", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--crashes", type=int, default=0, help="of PostgreSQL itself")
    parser.add_argument("--connections", type=int, default=20, help="of each sender")
    parser.add_argument("--workers", type=int, default=1, help="senders at a time")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--stories", type=int, default=1, help="65 make a letter of 60 kB")
    parser.add_argument("--on-unknown", type=OnUnknown, default=OnUnknown.RESEND)
    parser.add_argument("--drop-taken", type=float, default=0.0, metavar="FRACTION")
    parser.add_argument("--drop-lost", type=float, default=0.0, metavar="FRACTION")
    parser.add_argument("--sender", default=shlex.join(SEND))
    parser.add_argument("--seed", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
