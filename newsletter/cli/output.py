"""How things look on a terminal, and as JSON."""

import json as _json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from newsletter.flows.collect import Collected
from newsletter.flows.enrol import ListReport
from newsletter.model.edition import Slot


def print_json(document: object) -> None:
    """One JSON document on a line of stdout."""
    click.echo(_json.dumps(document, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return str(value)


_PIPED = 200  # columns; where no terminal says how wide it is, nothing need be broken


def console() -> Console:
    return Console(highlight=False, width=None if sys.stdout.isatty() else _PIPED)


def table(*columns: str, rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout, no word of it cut; nothing when there are no rows."""
    made = Table(box=None, pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*("" if cell is None else str(cell) for cell in row))
    if made.row_count:
        console().print(made)


def warn(text: str) -> None:
    """A line on stderr: diagnostics never stand in what programs read."""
    click.echo(text, err=True)


def local(slot: Slot, timezone: str) -> str:
    """A slot as its digest's readers know it."""
    return f"{slot.local:%a %d %b %Y %H:%M} {ZoneInfo(timezone).key}"


def say_collected(results: Iterable[Collected]) -> None:
    """What happened to each source, a line each; trouble on stderr."""
    for result in results:
        if result.fault:
            warn(f"source {result.source}: {result.fault}")
        for fault in result.faults:
            warn(f"source {result.source}: {fault.place}: {fault.reason}")


def say_lists(reports: Iterable[ListReport]) -> None:
    """What is wrong in the lists, by file and line, on stderr."""
    for report in reports:
        if report.fault:
            warn(f"subscribers/{report.name}: {report.fault}")
        for fault in report.faults:
            warn(f"subscribers/{report.name}, line {fault.line}: {fault.reason}")


def interactive() -> bool:
    """True when a person watches."""
    return sys.stderr.isatty()
