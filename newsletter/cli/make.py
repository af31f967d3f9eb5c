"""`newsletter init` and `newsletter demo`."""

import tempfile
from pathlib import Path

import click

from newsletter.app import App, open_app, utc_now
from newsletter.cli.output import console, table
from newsletter.editions.slot import slot_at
from newsletter.flows import show
from newsletter.model.edition import EditionEntry, EditionState
from newsletter.starter.project import create_project
from newsletter.store import deliveries, editions
from newsletter.store.database import Tx
from newsletter.subscribers.tokens import new_key_line

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("folder", metavar="DIR", type=_FOLDER)
def init(folder: Path) -> None:
    """Make a project in DIR: configuration, signing key, layouts, lists, sample articles."""
    create_project(folder, key_line=new_key_line(), today=utc_now().date())
    click.echo(f"{folder} is ready.\n")
    click.echo(f"  cd {folder}")
    click.echo("  newsletter preview      # the next edition of every language, in a browser")
    click.echo("  newsletter send --test you@example.com   # into outbox/, as a rehearsal\n")
    click.echo("newsletter.toml says what everything does. newsletter.key signs the links in every")
    click.echo("letter: back it up with the database; losing it kills all of them.")


@click.command()
@click.argument("folder", metavar="[DIR]", type=_FOLDER, required=False)
@click.option("--serve", is_flag=True, help="Open the desk on it afterwards.")
def demo(folder: Path | None, serve: bool) -> None:
    """Compose and send sample articles in two languages into an outbox, and say what was sent."""
    folder = folder or Path(tempfile.mkdtemp(prefix="newsletter-demo-"))
    create_project(folder, key_line=new_key_line(), config="demo.toml", today=utc_now().date())
    with open_app(folder) as app:
        _run(app)
        _tell(app)
        if serve:
            from newsletter.web.desk import serve_desk

            serve_desk(app, port=0)


def _run(app: App) -> None:
    """What `newsletter send` does, for a slot of this very minute."""
    app.enrol()
    app.collect()
    for digest in app.settings.digests:
        app.compose(digest, slot_at(app.local_now(digest), digest.timezone))
    app.deliver()


def _tell(app: App) -> None:
    with app.database.read() as tx:
        letters = [(each, editions.letter_of(tx, each.id)) for each in _sent(tx)]
        rows = [
            (entry.language, address, name, len(editions.story_ids(tx, entry.id)), entry.subject)
            for entry, _ in letters
            for address, name, _ in deliveries.recipients(tx, entry.id)
        ]
    table("language", "reader", "name", "stories", "subject", rows=rows)
    console().print()
    console().print(f"{len(rows)} letters, as mail programs open them:  {app.outbox}/new")
    for entry, letter in letters:
        page = show.write_letter(letter, app.folder / "letters", f"{entry.digest}.{entry.language}")
        console().print(f"As a browser shows them:  {page}")


def _sent(tx: Tx) -> list[EditionEntry]:
    return [e for e in reversed(editions.recent(tx, 10)) if e.state is EditionState.SENT]
