"""How a send looks on a terminal: a bar for each edition, with what its readers' servers say."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from newsletter.app import App
from newsletter.cli.output import interactive
from newsletter.model.delivery import OPEN, SETTLED, DeliveryState
from newsletter.model.edition import EditionEntry
from newsletter.store import deliveries, editions


@dataclass(slots=True)
class Tally:
    """What became of an edition's letters in this run, of `owed` at its beginning."""

    owed: int
    counted: Counter[DeliveryState] = field(default_factory=Counter)

    @property
    def done(self) -> int:
        return sum(self.counted[state] for state in SETTLED)

    @property
    def trouble(self) -> str:
        """The letters that did not arrive at once, in words; empty when there are none."""
        told = (DeliveryState.DEFERRED, DeliveryState.REFUSED, DeliveryState.HELD)
        return ", ".join(f"{self.counted[each]:,} {each}" for each in told if self.counted[each])


@contextmanager
def sending_progress(app: App) -> Iterator[Callable[[EditionEntry, DeliveryState], None]]:
    """Whom to tell of every delivery that is written down: bars for people, nothing for logs and
    pipes. It may be called from several threads, one at a time for an edition."""
    if not interactive():
        yield lambda edition, state: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.0f}/s" if speed else "")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TextColumn("{task.fields[trouble]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        rows: dict[int, tuple[TaskID, Tally]] = {}

        def add(edition: EditionEntry) -> tuple[TaskID, Tally]:
            tally = Tally(_owed(app, edition))
            name = f"{edition.digest}.{edition.language}"
            return bars.add_task(name, total=tally.owed, trouble=""), tally

        for edition in _unfinished(app):
            rows[edition.id] = add(edition)

        def told(edition: EditionEntry, state: DeliveryState) -> None:
            if edition.id not in rows:  # its veto ended a moment ago
                rows[edition.id] = add(edition)
            task, tally = rows[edition.id]
            tally.counted[state] += 1
            bars.update(task, completed=tally.done, trouble=tally.trouble)

        yield told


def _unfinished(app: App) -> list[EditionEntry]:
    with app.database.read() as tx:
        return editions.unfinished(tx, rehearsal=app.rehearsal)


def _owed(app: App, edition: EditionEntry) -> int:
    with app.database.read() as tx:
        counted = deliveries.counts(tx, edition.id)
    return sum(counted[state] for state in OPEN)
