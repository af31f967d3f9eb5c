"""`newsletter send` and `newsletter serve`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from newsletter import log
from newsletter.app import App, open_app
from newsletter.cli import options
from newsletter.cli.entries import COLUMNS, edition_json, edition_row
from newsletter.cli.output import (
    local,
    print_json,
    say_collected,
    say_composed,
    say_lists,
    table,
    warn,
)
from newsletter.cli.sending import sending_progress
from newsletter.cli.stopping import stopping
from newsletter.flows.freeze import Composed
from newsletter.lib.errors import NewsletterError
from newsletter.model.edition import EditionEntry, EditionState, Slot
from newsletter.model.specs import Digest
from newsletter.store import chunks, editions

# Seconds between two looks at what `--wait` waits for.
_AT_LEAST, _AT_MOST = 0.5, 5.0


@click.command()
@click.argument("name", metavar="[DIGEST]", required=False)
@options.project
@options.as_json
@click.option("--slot", metavar="WHEN", help="This slot, however late or early: 2026-11-22T07:00.")
@click.option("--test", "address", metavar="ADDRESS", help="Only a test letter, to this address.")
@click.option("--wait", is_flag=True, help="Stay until every delivery is final.")
def send(
    name: str | None, folder: Path, json: bool, slot: str | None, address: str | None, wait: bool
) -> None:
    """Collect, compose and freeze what is due, deliver until nothing is left to do now.

    Nothing due: says so. The same slot again only finishes what is left of it. Readers whose server
    asked for patience are tried by the next run, or by `serve`.
    """
    with open_app(folder) as app, stopping(app):
        with _wrong_words():
            digests = [app.digest(name)] if name else list(app.settings.digests)
            if slot and len(digests) != 1:
                raise click.UsageError("--slot needs the name of a digest")
            wanted = app.slot(digests[0], slot) if slot else None
        say_lists(app.lists.enrol())
        say_collected(app.newsroom.collect())
        if address:
            _send_test(app, digests, address, json=json)
            return
        composed, faults = _compose(app, digests, wanted)
        done = _deliver(app, wait=wait)
        _tidy(app)
        _report(app, composed, _found(app, composed, done, digests[0], wanted), json=json)
    if faults:
        raise click.exceptions.Exit(1)


@contextmanager
def _wrong_words() -> Iterator[None]:
    """What was typed names something that is not there: wrong usage."""
    try:
        yield
    except NewsletterError as fault:
        raise click.UsageError(str(fault)) from None


def _compose(
    app: App, digests: list[Digest], slot: Slot | None
) -> tuple[list[Composed], list[NewsletterError]]:
    """Compose what is due; a digest that cannot be composed stops no other."""
    app.post.check_may_send()
    composed: list[Composed] = []
    faults = []
    for digest in digests:
        due = slot or app.editions.due(digest)
        if due is None:
            continue
        try:
            composed += app.editions.compose(digest, due)
        except NewsletterError as fault:
            warn(f"digest {digest.name}, slot {due.key}: {fault}")
            faults.append(fault)
    return composed, faults


def _deliver(app: App, *, wait: bool) -> list[EditionEntry]:
    with sending_progress(app) as progress:
        done = app.post.deliver(progress, warn)
        while wait and not app.stop.is_set() and (again := _next_try(app)) is not None:
            app.stop.wait(min(_AT_MOST, max(_AT_LEAST, again)))
            done += app.post.deliver(progress, warn)
    return done


def _tidy(app: App) -> None:
    """What has nothing to do with editions; a fault in it hides nothing that was sent."""
    try:
        app.post.send_notices()
        app.purge()
    except NewsletterError as fault:
        warn(str(fault))


def _next_try(app: App) -> float | None:
    """Seconds until a deferred delivery comes up again; None when there is none."""
    with app.database.read() as tx:
        at = chunks.next_at(tx, rehearsal=app.rehearsal)
    return None if at is None else (at - app.clock()).total_seconds()


def _send_test(app: App, digests: list[Digest], address: str, *, json: bool) -> None:
    sent = [each for digest in digests for each in app.editions.send_test(digest, address)]
    columns = ("digest", "language", "to", "answer")
    if json:
        print_json({"sent": [dict(zip(columns, each, strict=True)) for each in sent]})
    else:
        table(*columns, rows=sent)
    if not sent:
        warn("No letter could be made: `newsletter preview` shows why.")
    if not sent or not all(answer.startswith("accepted") for *_, answer in sent):
        raise click.exceptions.Exit(1)


def _found(
    app: App, composed: list[Composed], done: list[EditionEntry], digest: Digest, slot: Slot | None
) -> list[EditionEntry]:
    """The editions of this run as they stand now; of a slot that was named, all it ever had."""
    numbers = {c.number for c in composed if c.number} | {e.id for e in done}
    with app.database.read() as tx:
        if slot:
            numbers |= {
                e.id for e in editions.of_slot(tx, digest.name, slot, rehearsal=app.rehearsal)
            }
        return [e for n in sorted(numbers) if (e := editions.entry(tx, n)) is not None]


def _report(app: App, composed: list[Composed], found: list[EditionEntry], *, json: bool) -> None:
    for made in composed:
        say_composed(made)
    with app.database.read() as tx:
        if json:
            print_json({"editions": [edition_json(tx, each) for each in found]})
            return
        table(*COLUMNS, rows=[edition_row(tx, each) for each in found])
    for each in found:
        if each.state is EditionState.HELD:
            click.echo(
                f"Edition {each.id} waits: look at it with `newsletter preview`, then "
                f"`newsletter edition approve {each.id}` lets it go."
            )
    if not found:
        click.echo("Nothing is due." + _next_due(app))
    elif app.rehearsal and any(e.state is not EditionState.SKIPPED for e in found):
        click.echo(f"A rehearsal: the letters are files below {app.outbox}")


def _next_due(app: App) -> str:
    upcoming = [(each.slot.at, each) for each in app.editions.plan()]
    if not upcoming:
        return " There are no digests: add a [[digests]] table to newsletter.toml."
    each = min(upcoming, key=lambda pair: pair[0])[1]
    return f" Next: {each.digest.name}, {local(each.slot, each.digest.timezone)}."


@click.command()
@options.project
def serve(folder: Path) -> None:
    """Run the service: keep the schedule, deliver, answer the links in the letters."""
    from newsletter.web.server import run

    log.configure()
    with open_app(folder) as app, stopping(app):
        run(app)
