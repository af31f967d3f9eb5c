"""`newsletter subscribers …`: lists that come in and go out, and what is wrong in them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from newsletter.app import open_app
from newsletter.cli import options
from newsletter.cli.output import interactive, print_json, say_lists, table, warn
from newsletter.flows.enrol import ListReport
from newsletter.flows.import_list import Imported, PartReport
from newsletter.model.subscriber import Entry, RowFault, SubscriptionStatus
from newsletter.store.roll import SORTS, Wanted
from newsletter.subscribers.segment import SegmentFault, parse_segment

_SHOWN = 10  # faults that are printed; the file has all of them


@click.group()
def subscribers() -> None:
    """Bring lists of subscribers in and out, and look at who is there."""


@subscribers.command()
@options.project
@options.as_json
def sync(folder: Path, json: bool) -> None:
    """Read subscribers/*.csv: new people and subscriptions are added, nobody is taken away.

    `send` and `serve` do this by themselves.
    """
    with open_app(folder) as app:
        reports = app.lists.enrol()
    if json:
        print_json({"lists": [_list_json(report) for report in reports]})
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
                report.synced.changed + report.synced.updated,
                report.refused,
                report.encoding,
            )
            for report in reports
        ],
    )  # fmt: skip
    if not reports:
        click.echo("No lists: put LANGUAGE.csv with a column `email` into subscribers/.")


@subscribers.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--language", help="Of everybody in it whose row does not say.")
@click.option("--digest", help="For this digest only (default: all in that language).")
@click.option("--prune", is_flag=True, help="Remove whom a list brought, and who is not in it.")
@click.option("--yes", is_flag=True, help="Prune, however many that are.")
@click.option(
    "--rejected",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where rows go that are not taken (default: FILE.rejected.csv).",
)
@options.project
@options.as_json
def import_(
    file: Path,
    language: str | None,
    digest: str | None,
    prune: bool,
    yes: bool,
    rejected: Path | None,
    folder: Path,
    json: bool,
) -> None:
    """Add and update readers from a list, or from what another program exported.

    CSV with the columns of subscribers/*.csv, or an export of Mailchimp (the ZIP as it was
    downloaded), MailPoet, listmonk, Ghost, Keila or Substack, which are told by their columns.
    Nobody's status is ever raised: who left, complained or bounced stays out, whatever the file
    says. Run again, or after it was killed, it changes only what is not so already.
    """
    rejects = rejected or file.with_name(f"{file.name}.rejected.csv")
    with open_app(folder) as app:
        scope = app.lists.scope(file, language, digest)
        size = sum(part.size for part in app.lists.parts(file))
        with _progress(file.name, size) as progress:
            done = app.lists.import_file(
                file, scope, rejects, prune=prune, sure=yes, progress=progress
            )
    if json:
        print_json(_imported_json(done, rejects, scope.language, scope.digest))
    else:
        _say_imported(done, rejects)
    if done.faults or (done.pruned and done.pruned.held):
        raise click.exceptions.Exit(1)


@contextmanager
def _progress(name: str, size: int) -> Iterator[Callable[[int], None]]:
    """Whom to tell how many bytes are behind: a bar for people, nothing for logs and pipes."""
    if not interactive():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(name, total=size)
        yield lambda done: bars.update(task, completed=done)


def _say_imported(done: Imported, rejects: Path) -> None:
    for words in done.faults:
        warn(words)
    for part in done.parts:
        for fault in (*part.notes, *part.faults[:_SHOWN]):
            warn(f"{part.name}, line {fault.line}: {fault.reason}")
        if part.refused > _SHOWN:
            warn(f"{part.name}: and {part.refused - _SHOWN:,} rows more")
    table(
        "list", "format", "encoding", "rows", "new people", "new subscriptions", "changed",
        "not taken",
        rows=[_imported_row(part) for part in done.parts],
    )  # fmt: skip
    if done.refused:
        click.echo(f"The rows that were not taken, each with the reason: {rejects}")
    if done.pruned and done.pruned.held:
        warn(f"newsletter: nobody was pruned: {done.pruned.held}")
    elif done.pruned:
        click.echo(f"Pruned: {done.pruned.count:,} of {done.pruned.of:,}.")


def _imported_row(part: PartReport) -> tuple[object, ...]:
    synced = part.synced
    return (
        part.name,
        part.format or "our own",
        part.encoding,
        part.rows,
        synced.people,
        synced.added,
        synced.changed + synced.updated,
        part.refused,
    )


def _imported_json(
    done: Imported, rejects: Path, language: str | None, digest: str | None
) -> dict[str, object]:
    return {
        "language": language,
        "digest": digest,
        "rows": done.rows,
        **_synced_json(done),
        "refused": done.refused,
        "rejected": str(rejects) if done.refused else None,
        "lists": [
            {
                "name": part.name,
                "format": part.format,
                "encoding": part.encoding,
                "rows": part.rows,
                "refused": part.refused,
                **_synced_json(part),
                "notes": [fault.reason for fault in part.notes],
            }
            for part in done.parts
        ],
        "faults": list(done.faults),
        "pruned": asdict(done.pruned) if done.pruned else None,
    }


def _synced_json(what: Any) -> dict[str, int]:
    synced = what.synced
    return {
        "people": synced.people,
        "added": synced.added,
        "changed": synced.changed,
        "updated": synced.updated,
    }


def _list_json(report: ListReport) -> dict[str, object]:
    return {
        "name": report.name,
        "rows": report.rows,
        "synced": _synced_json(report),
        "refused": report.refused,
        "faults": [_fault_json(fault) for fault in report.faults],
        "encoding": report.encoding,
        "unchanged": report.unchanged,
        "fault": report.fault,
    }


def _fault_json(fault: RowFault) -> dict[str, object]:
    return {"line": fault.line, "reason": fault.reason}


# --- out ----------------------------------------------------------------------------------------


def _choosing(command: Any) -> Any:
    """The options by which readers are chosen."""
    for option in (
        click.option("--segment", default="", callback=_segment, help="""Such as 'tag = "vip"'."""),
        click.option("--status", type=click.Choice([each.value for each in SubscriptionStatus])),
        click.option("--language", help="Only who gets the digest in this language."),
        click.option("--digest", help="Only subscriptions to this digest."),
    ):
        command = option(command)
    return command


def _segment(context: click.Context, option: click.Parameter, text: str) -> str:
    try:
        if text.strip():
            parse_segment(text)
    except SegmentFault as fault:
        raise click.BadParameter(str(fault)) from None
    return text


def _wanted(digest: str | None, language: str | None, status: str | None, segment: str) -> Wanted:
    return Wanted(
        digest=digest,
        language=language,
        status=SubscriptionStatus(status) if status else None,
        segment=segment,
    )


@subscribers.command()
@click.argument(
    "file", default="-", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True)
)
@_choosing
@options.project
def export(
    file: Path,
    digest: str | None,
    language: str | None,
    status: str | None,
    segment: str,
    folder: Path,
) -> None:
    """Write subscriptions as a list that `import` reads back, into FILE or to stdout.

    Cells that a spreadsheet would take for formulas begin with an apostrophe.
    """
    wanted = _wanted(digest, language, status, segment)
    to_stdout = str(file) == "-"
    with open_app(folder) as app:
        count = app.lists.export(wanted, None if to_stdout else file)
    if not to_stdout:
        click.echo(f"{file}: {count:,} subscriptions")


@subscribers.command("list")
@_choosing
@click.option("--sort", type=click.Choice([*SORTS]), default="email", show_default=True)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@options.project
@options.as_json
def list_(
    digest: str | None,
    language: str | None,
    status: str | None,
    segment: str,
    sort: str,
    limit: int,
    folder: Path,
    json: bool,
) -> None:
    """List subscriptions: who gets which digest, in which language."""
    with open_app(folder) as app:
        entries, count = app.lists.roll(_wanted(digest, language, status, segment), sort, limit)
    if json:
        print_json({"count": count, "subscriptions": [_entry_json(entry) for entry in entries]})
        return
    table(
        "address", "name", "digest", "language", "status", "tags",
        rows=[
            (each.email, each.name, each.digest, each.language, each.status, ", ".join(each.tags))
            for each in entries
        ],
    )  # fmt: skip
    if count > len(entries):
        click.echo(f"… {count:,} in all (--limit)")
    elif not count:
        click.echo("Nobody.")


def _entry_json(entry: Entry) -> dict[str, object]:
    return {
        **asdict(entry),
        "cadence": entry.cadence.value,
        "status": entry.status.value,
        "attributes": dict(entry.attributes),
    }
