"""How things look on a terminal, and as JSON."""

import json as _json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from shutil import get_terminal_size
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from newsletter.cli.columns import lines
from newsletter.lib.text import shortened
from newsletter.model.edition import Slot

if TYPE_CHECKING:  # a verb that needs no project starts without what reads and composes
    from newsletter.flows.collect import Collected
    from newsletter.flows.enrol import ListReport
    from newsletter.flows.freeze import Composed


def print_json(document: object) -> None:
    """One JSON document on a line of stdout."""
    try:
        click.echo(_json.dumps(document, ensure_ascii=False, default=_plain))
    except UnicodeEncodeError:  # a terminal of another alphabet, or half a character in a page
        click.echo(_json.dumps(document, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return str(value)


def table(*columns: str, rows: Iterable[Sequence[object]], apart: bool = False) -> None:
    """A table on stdout, `apart` from what stands above it; nothing when there are no rows.
    A pipe has no width to keep to."""
    found = list(rows)
    if not found:
        return
    if apart:
        click.echo()
    width = get_terminal_size().columns if sys.stdout.isatty() else None
    for line in lines(columns, found, width):
        click.echo(line)


def warn(text: str) -> None:
    """A line on stderr: diagnostics never stand in what programs read."""
    click.echo(text, err=True)


def local(slot: Slot, timezone: str) -> str:
    """A slot as its digest's readers know it."""
    return f"{slot.local:%a %d %b %Y %H:%M} {ZoneInfo(timezone).key}"


def say_collected(results: Iterable["Collected"]) -> None:
    """What is wrong with each source, on stderr."""
    results = tuple(results)
    for result in results:
        if result.fault:
            warn(f"source {result.source}: {result.fault}")
        if result.paused:
            warn(f"source {result.source}: is not read any more: {result.paused}")
        if result.waits_until:
            until = f"{result.waits_until:%Y-%m-%d %H:%M} UTC"
            warn(f"source {result.source}: its server asked for a rest until {until}")
        for note in result.notes:
            warn(f"source {result.source}: {note}")
    say_items(results)


def say_items(results: Iterable["Collected"]) -> None:
    """What could not be read of each source, an entry or a page a line, on stderr."""
    for result in results:
        for fault in result.faults:
            warn(f"source {result.source}: {fault.place}: {fault.reason}")
        if result.held:
            warn(
                f"source {result.source}: {result.held} held for you to look at "
                "(`newsletter held list`)" + (f": {result.alarm}" if result.alarm else "")
            )


def say_lists(reports: Iterable["ListReport"]) -> None:
    """What is wrong in the lists, by file and line, on stderr."""
    for report in reports:
        if report.fault:
            warn(f"subscribers/{report.name}: {report.fault}")
        for fault in report.faults:
            warn(f"subscribers/{report.name}, line {fault.line}: {fault.reason}")


def say_composed(made: "Composed") -> None:
    """What an edition does without, and what is wrong with it, on stderr; hints are for `check`."""
    name = f"{made.digest}.{made.language}"
    for missing in made.missing:
        warn(f"{name}: a picture is left out: {missing}")
    for left in made.set_aside:
        title = shortened(left.title, 80)
        warn(f"{name}: “{title}” is left out: {left.rule} {left.reason}".rstrip())
    for finding in made.remarks:
        warn(f"{name}: {finding.level}: {finding.message}")


def interactive() -> bool:
    """True when a person watches."""
    return sys.stderr.isatty()
