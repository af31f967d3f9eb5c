"""`newsletter subscribers …`: the lists, and what is wrong in them."""

from dataclasses import asdict
from pathlib import Path

import click

from newsletter.app import open_app
from newsletter.cli import options
from newsletter.cli.output import print_json, say_lists, table


@click.group()
def subscribers() -> None:
    """Bring the lists of subscribers into the store."""


@subscribers.command()
@options.project
@options.as_json
def sync(folder: Path, json: bool) -> None:
    """Read subscribers/*.csv: new people and subscriptions are added, nobody is taken away.

    `send` and `serve` do this by themselves.
    """
    with open_app(folder) as app:
        reports = app.enrol()
    if json:
        print_json({"lists": [asdict(report) for report in reports]})
        return
    say_lists(reports)
    table(
        "list", "rows", "new people", "new subscriptions", "changed", "not taken", "encoding",
        rows=[
            (
                report.name,
                "as before" if report.unchanged else report.rows,
                report.synced.people,
                report.synced.added,
                report.synced.changed,
                len(report.faults),
                report.encoding,
            )
            for report in reports
        ],
    )  # fmt: skip
    if not reports:
        click.echo("No lists: put LANGUAGE.csv with a column `email` into subscribers/.")
