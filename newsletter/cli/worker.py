"""`newsletter worker`."""

from pathlib import Path

import click

from newsletter import log, scheduler
from newsletter.app import open_app
from newsletter.cli import options
from newsletter.cli.stopping import stopping


@click.command()
@options.project
def worker(folder: Path) -> None:
    """Deliver beside others until told to stop: on this machine or another, as many as you like.

    Needs a PostgreSQL database and the extra `workers`. Composes nothing: `newsletter serve` or
    `newsletter send` does, on one machine.
    """
    log.configure()
    with open_app(folder) as app, stopping(app):
        scheduler.work(app)
