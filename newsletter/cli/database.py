"""`newsletter database …`: upgrade, back up, restore, adopt."""

from pathlib import Path

import click

from newsletter.app import open_app, utc_now
from newsletter.cli import options
from newsletter.cli.output import warn
from newsletter.config import load
from newsletter.flows import guard, restoring
from newsletter.store import schema
from newsletter.store.database import Database, DatabaseFault

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def database() -> None:
    """Upgrade, back up, restore or adopt the database."""


@database.command()
@options.project
def upgrade(folder: Path) -> None:
    """Bring the tables to the newest version."""
    opened = Database(load(folder).database)
    version = schema.upgrade(opened)
    opened.close()
    click.echo(f"{opened.name}: tables {version}")


@database.command()
@click.argument("file", type=_FILE)
@options.project
def backup(file: Path, folder: Path) -> None:
    """Copy the database into FILE, consistently, while others use it."""
    if file.exists():
        raise DatabaseFault(f"{file}: there is a file of that name already; choose another")
    with open_app(folder) as app:
        app.database.backup(file)
        key = app.settings.secret_file
    click.echo(f"{file} written. Keep the signing key with it: {key}")


@database.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.project
def restore(file: Path, yes: bool, folder: Path) -> None:
    """Put the backup in FILE in the place of the database; it sends once it is adopted.

    Whoever left, complained or was erased since the backup stays so.
    """
    settings = load(folder)
    opened = Database(settings.database)
    if not yes:
        click.confirm(f"Replace everything in {opened.name}?", abort=True)

    def put_back() -> None:
        opened.restore(file)
        schema.prepare(opened)

    with opened.exclusive("sending"):
        along = restoring.restore(opened, put_back, utc_now())
        guard.mark_restored(opened)
    opened.close()
    _tell_along(along)
    click.echo(
        "Restored. It does not know what was mailed after the backup, so it will not send by "
        "itself: `newsletter database adopt` lets it go on."
    )


def _tell_along(along: restoring.BroughtAlong | None) -> None:
    """What the backup did not know, and nobody may be mailed against."""
    if along is None:
        warn(
            "The database before could not be read: whoever left or complained after the backup is "
            "subscribed again. Lists can say so: a column `status`, with `unsubscribed`."
        )
    elif along != restoring.BroughtAlong():
        click.echo(
            f"Brought along from the database before: {along.ended} subscriptions that had ended, "
            f"{along.suppressed} suppressed addresses, {along.erased} people who were erased."
        )


@database.command()
@options.project
def adopt(folder: Path) -> None:
    """Let a restored or copied database send from here on; what it knows now counts as mailed."""
    with open_app(folder) as app:
        paused = guard.adopt(app.database, utc_now())
    click.echo(
        "Adopted. Everything known until now, and what the sources show at their next reading, "
        "counts as mailed."
    )
    if paused:
        click.echo(f"{paused} unfinished editions are paused: see `newsletter edition list`.")
