"""`newsletter edition …`: look at editions, and decide about them."""

from dataclasses import asdict
from pathlib import Path

import click

from newsletter.app import open_app
from newsletter.cli import options
from newsletter.cli.entries import COLUMNS, edition_json, edition_row
from newsletter.cli.output import print_json, table
from newsletter.flows.decide import Decision
from newsletter.model.event import EventKind
from newsletter.store import deliveries, editions, events, variants

_A_PAGE = 50  # readers who were not reached
_ALL = 10**6


@click.group()
def edition() -> None:
    """List, show, approve, hold, cancel, pause or resume editions."""


@edition.command("list")
@options.project
@options.as_json
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, help="How many.")
def list_(folder: Path, json: bool, last: int) -> None:
    """List the latest editions."""
    with open_app(folder) as app, app.database.read() as tx:
        found = editions.recent(tx, last)
        shown = [edition_json(tx, each) for each in found]
        rows = [edition_row(tx, each) for each in found]
    if json:
        print_json({"editions": shown})
        return
    table(*COLUMNS, rows=rows)
    if not found:
        click.echo("No editions yet.")


@edition.command()
@click.argument("number", metavar="ID", type=int)
@options.project
@options.as_json
def show(number: int, folder: Path, json: bool) -> None:
    """Show one edition: how it stands, and what was decided about it."""
    with open_app(folder) as app, app.database.read() as tx:
        entry = editions.entry(tx, number)
        if entry is None:
            raise click.ClickException(f"edition {number}: there is none")
        shown = edition_json(tx, entry)
        decided = [
            each for each in events.of_edition(tx, number) if each.kind is EventKind.DECISION
        ]
        missed = deliveries.missed(tx, number, _ALL if json else _A_PAGE)
        others = variants.of_edition(tx, number)
    if json:
        decisions = [{"at": e.at, "who": e.who, "what": e.detail} for e in decided]
        told = [asdict(each) for each in others]
        not_reached = [asdict(each) for each in missed]
        print_json({**shown, "decisions": decisions, "variants": told, "missed": not_reached})
        return
    counted = shown.pop("deliveries")
    assert isinstance(counted, dict)
    table("", "", rows=[(key, value) for key, value in shown.items() if value not in (None, "")])
    table("deliveries", "", rows=[(state, n) for state, n in counted.items() if n], apart=True)
    rows = [(each.variant, each.readers, each.stories, each.subject) for each in others]
    table("variant", "readers", "stories", "subject", rows=rows, apart=True)
    table("not reached", "", "", rows=[(m.email, m.state, m.reply) for m in missed], apart=True)
    if len(missed) == _A_PAGE:
        click.echo(f"The first {_A_PAGE} are shown; --json has all.")
    table("when", "who", "what", rows=[(e.at, e.who, e.detail) for e in decided], apart=True)


def _deciding(decision: Decision, text: str) -> None:
    @edition.command(decision.value, help=text)
    @click.argument("number", metavar="ID", type=int)
    @options.project
    def command(number: int, folder: Path) -> None:
        with open_app(folder) as app:
            after = app.decide(number, decision)
        click.echo(
            f"edition {after.id} ({after.digest}, {after.language}, {after.slot.key}) "
            f"is {after.state.value}"
        )


_deciding(Decision.APPROVE, "Let a held edition go; the next `send`, or `serve`, delivers it.")
_deciding(Decision.HOLD, "Keep a frozen edition until it is approved.")
_deciding(Decision.CANCEL, "Never send it; its stories are new again if nobody has had them.")
_deciding(Decision.PAUSE, "Stop delivering after the messages under way.")
_deciding(Decision.RESUME, "Go on delivering a paused edition.")
