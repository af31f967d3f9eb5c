"""A worker as a process of its own, with a lease as short as a test needs.

    python -m tests.journeys.worker PROJECT LEASE_SECONDS

It looks every second, and may stand still in a transaction as long as its lease lasts. What it says
is what `newsletter worker` says.
"""

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from newsletter import log
from newsletter.app import open_app
from newsletter.cli.stopping import stopping
from newsletter.jobs.procrastinate import ProcrastinateJobs
from newsletter.scheduler import Service
from newsletter.store import database


def main(folder: Path, lease: timedelta) -> None:
    log.configure()
    database.STANDSTILL = lease
    with open_app(folder) as app, stopping(app):
        jobs = ProcrastinateJobs(app.database, look="* * * * * *")
        jobs.work(Service(replace(app, lease=lease)).deliver, app.stop)


if __name__ == "__main__":
    main(Path(sys.argv[1]), timedelta(seconds=float(sys.argv[2])))
