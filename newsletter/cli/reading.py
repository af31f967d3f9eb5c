"""How the reading of sources looks on a terminal: a bar while it runs, a line each afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from newsletter.cli.output import interactive
from newsletter.flows.collect import Collected

_COUNTED = (
    ("new", "new"),
    ("changed", "changed"),
    ("unchanged", "unchanged"),
    ("baseline", "baseline (old at the first reading)"),
    ("elsewhere", "elsewhere (known from another source or address)"),
    ("held", "held"),
)


def collected_words(result: Collected) -> str:
    """What happened to a source, in one line."""
    words = [_standing(result), *result.notes]
    if result.faults:
        words.append(f"{len(result.faults)} failed")
    return "; ".join(word for word in words if word)


def _standing(result: Collected) -> str:
    if result.fault:
        return f"failed: {result.fault}"
    if result.paused:
        return f"paused: {result.paused} (--force tries again)"
    if result.waits_until:
        until = f"{result.waits_until:%Y-%m-%d %H:%M} UTC"
        return f"waiting until {until}, as its server asked (--force does not)"
    if result.not_modified:
        return "not modified"
    counted = ((getattr(result, name, 0), words) for name, words in _COUNTED)
    return ", ".join(f"{number} {words}" for number, words in counted if number) or "nothing in it"


@dataclass(frozen=True, slots=True)
class Progress:
    """Whom to tell that a source is done with, and how many of its articles are read."""

    told: Callable[[Collected], None]
    read: Callable[[str, int, int], None]


@contextmanager
def reading_progress(sources: int) -> Iterator[Progress]:
    """A bar for the sources, and one for each that has articles to be read, for people; nothing
    for logs and pipes."""
    if not interactive():
        yield Progress(lambda result: None, lambda source, read, of: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        whole = bars.add_task("sources", total=sources)
        tasks: dict[str, TaskID] = {}

        def told(result: Collected) -> None:
            bars.advance(whole)
            if result.source in tasks:
                bars.remove_task(tasks[result.source])

        def read(source: str, done: int, of: int) -> None:
            if source not in tasks:
                tasks[source] = bars.add_task(f"articles of {source}", total=of)
            bars.update(tasks[source], completed=done)

        yield Progress(told, read)
