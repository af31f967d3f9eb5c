"""`newsletter bounce`."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import click

from newsletter.cli import options
from newsletter.cli.output import print_json, table, warn
from newsletter.feedback.classify import classify
from newsletter.feedback.mail import MAX_MAIL
from newsletter.model.feedback import Report


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="FILE.eml…")
@click.option("--stdin", is_flag=True, help="Read one mail from standard input.")
@options.as_json
def bounce(files: tuple[Path, ...], stdin: bool, json: bool) -> None:
    """Say what mails that came back tell of readers: bounces, complaints, absences.

    One mail a file; nothing is looked up and nothing is changed. With --json one document a line
    for each file, in their order, whatever is in them.
    """
    if not files and not stdin:
        raise click.UsageError("name a file with a mail, or give one with --stdin")
    for name, reports in _read(files, stdin):
        if json:
            print_json({"file": name, "results": [_as_json(report) for report in reports]})
        else:
            _tell(name, reports)


def _read(files: Sequence[Path], stdin: bool) -> Iterator[tuple[str, tuple[Report, ...]]]:
    if stdin:
        yield "-", classify(_beginning(sys.stdin.buffer))
    for path in files:
        yield str(path), _reports(path)


def _reports(path: Path) -> tuple[Report, ...]:
    """What the mail in a file says; nothing, and a word on stderr, where it cannot be read."""
    try:
        with path.open("rb") as file:
            return classify(_beginning(file))
    except (OSError, ValueError) as fault:
        warn(f"{path}: cannot be read: {getattr(fault, 'strerror', None) or fault}")
        return ()


def _beginning(file: BinaryIO) -> bytes:
    """As much of a mail as is looked at."""
    return file.read(MAX_MAIL)


def _as_json(report: Report) -> dict[str, object]:
    return {
        "recipient": report.recipient,
        "kind": report.kind,
        "status": report.status,
        "reason": report.reason,
        "token": report.token,
    }


def _tell(name: str, reports: Sequence[Report]) -> None:
    if not reports:
        click.echo(f"{name}: says nothing of a reader")
        return
    click.echo(f"{name}:")
    rows = [
        (f"  {each.recipient or '(withheld)'}", each.kind, each.status, each.reason, each.detail)
        for each in reports
    ]
    table("  recipient", "kind", "status", "reason", "their server's words", rows=rows)
