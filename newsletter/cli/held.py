"""`newsletter held …`: articles that are not mailed before somebody has looked at them."""

from pathlib import Path

import click

from newsletter.app import open_app
from newsletter.cli import options
from newsletter.cli.output import print_json, table
from newsletter.flows.decide import Release
from newsletter.model.article import Known
from newsletter.store import articles


@click.group()
def held() -> None:
    """List articles that wait for you; release or dismiss them.

    Held are: far more new articles at once than a source usually has; what is new beside articles
    of before that came back under other addresses; what looks like an article that is there.
    """


@held.command("list")
@options.project
@options.as_json
def list_(folder: Path, json: bool) -> None:
    """List the articles that wait, each with the reason."""
    with open_app(folder) as app, app.database.read() as tx:
        waiting = articles.held(tx)
    if json:
        print_json({"held": [_as_json(known) for known in waiting]})
        return
    table(
        "article", "source", "seen", "title", "why",
        rows=[
            (k.article.id, k.article.source, k.first_seen, k.article.title, k.held)
            for k in waiting
        ],
    )  # fmt: skip
    if not waiting:
        click.echo("Nothing is held.")


def _as_json(known: Known) -> dict[str, object]:
    return {
        "id": known.article.id,
        "source": known.article.source,
        "url": known.article.address,
        "title": known.article.title,
        "first_seen": known.first_seen,
        "reason": known.held,
    }


def _deciding(release: Release, text: str, done: str) -> None:
    @held.command(release.value, help=text)
    @click.argument("names", metavar="ARTICLE|SOURCE…", nargs=-1, required=True)
    @options.project
    def command(names: tuple[str, ...], folder: Path) -> None:
        with open_app(folder) as app:
            meant = app.decide_held(release, names)
        for known in meant:
            click.echo(f"{known.article.title}: {done}")


_deciding(
    Release.RELEASE,
    "Let articles go, or all that a source has held: they are news from now on.",
    "goes with the next edition that wants it",
)
_deciding(
    Release.DISMISS,
    "Count articles, or all that a source has held, as old: they are never mailed.",
    "counts as old",
)
