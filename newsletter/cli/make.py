"""`newsletter init` and `newsletter demo`."""

import tempfile
from pathlib import Path

import click

from newsletter.app import App, open_app, utc_now
from newsletter.cli.output import table
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
    app.lists.enrol()
    app.newsroom.collect()
    for digest in app.settings.digests:
        app.editions.compose(digest, slot_at(app.local_now(digest), digest.timezone))
    app.post.deliver()


def _tell(app: App) -> None:
    """Who got what, and where to look."""
    with app.database.read() as tx:
        letters = [(each, editions.letter_of(tx, each.id)) for each in _sent(tx)]
        for entry, _ in letters:
            count = len(editions.story_ids(tx, entry.id))
            click.secho(f"\n{entry.language}: {entry.subject} ({count} stories)", bold=True)
            found = deliveries.recipients(tx, entry.id)
            table("reader", "name", rows=[(email, name) for email, name, _ in found])
    click.echo("\nThe letters as mail programs open them, pictures inside:")
    click.echo(f"  {app.outbox}/new")
    click.echo("As a browser shows them:")
    for entry, letter in letters:
        name = f"{entry.digest}.{entry.language}"
        click.echo(f"  {show.write_letter(letter, app.folder / 'letters', name)}")


def _sent(tx: Tx) -> list[EditionEntry]:
    return [e for e in reversed(editions.recent(tx, 10)) if e.state is EditionState.SENT]
