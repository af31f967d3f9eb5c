"""Poll: which sources are read now, and several at a time.

Those of one server follow each other; the others do not wait for a slow one.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.editions.slot import due_slots
from newsletter.flows.collect import Collected, collect, configured
from newsletter.flows.reading import Subject
from newsletter.model.poll import Poll
from newsletter.model.specs import Digest, FolderSpec, SourceSpec
from newsletter.sources.manners import server_of
from newsletter.sources.polling import BEFORE_DIGEST, is_due, known_to, must_wait
from newsletter.store import polls, sources
from newsletter.store.database import Database

_THREADS = 8
_SLOTS_OF = timedelta(hours=25)  # a slot that is older has had its look

OpenSource = Callable[[SourceSpec, Poll], AbstractContextManager[Subject]]
"""A source as it is configured and as its polling stands, for one reading."""


def _nobody(result: Collected) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round over sources. With `force`, those are read too that are paused or whose servers
    asked for a rest. `told` hears of each source when it is done with, from any thread."""

    specs: tuple[SourceSpec, ...]
    languages: tuple[str, ...]
    open_source: OpenSource
    clock: Callable[[], datetime]
    force: bool = False
    told: Callable[[Collected], None] = _nobody
    threads: int = _THREADS


def poll(database: Database, wanted: Round) -> list[Collected]:
    """Read the sources, each once; what came of it in the order of `specs`."""
    known = standings(database, wanted.specs)
    results: dict[str, Collected] = {}

    def visit(spec: SourceSpec) -> None:
        standing = known[spec.name]
        result = _left_alone(spec, standing, wanted)
        if result is None:
            with wanted.open_source(spec, standing) as subject:
                result = collect(database, subject, wanted.languages, wanted.clock())
        results[spec.name] = result
        wanted.told(result)

    _in_threads(_by_server(wanted.specs, known), visit, wanted.threads)
    return [results[spec.name] for spec in wanted.specs]


def standings(database: Database, specs: Iterable[SourceSpec]) -> dict[str, Poll]:
    """How the polling of each source stands, by name; nothing is known of one that is configured
    anew."""
    with database.read() as tx:
        known = polls.all_polls(tx)
    return {spec.name: known_to(known.get(spec.name), configured(spec)) for spec in specs}


def due(
    database: Database, specs: Iterable[SourceSpec], digests: Sequence[Digest], now: datetime
) -> tuple[SourceSpec, ...]:
    """The sources that the service reads now: those whose time has come, those that a CMS has
    announced something of, those of a digest that is due in five minutes."""
    with database.read() as tx:
        known = polls.all_polls(tx)
        tried = {state.name: state.last_tried_at for state in sources.all_states(tx)}
    slots = {digest.name: _newest_slot(digest, now) for digest in digests}
    return tuple(
        spec
        for spec in specs
        if is_due(
            known_to(known.get(spec.name), configured(spec)),
            now,
            tried_at=tried.get(spec.name),
            slots=_slots_of(spec, digests, slots),
        )
    )


def troubles(
    database: Database, specs: Iterable[SourceSpec], digest: Digest
) -> tuple[tuple[str, str], ...]:
    """The sources that a digest has to do without for now, each with the reason: an edition that
    lacks their articles must not go out as if there were none."""
    with database.read() as tx:
        known = polls.all_polls(tx)
        faults = {state.name: state.last_fault for state in sources.all_states(tx)}
    named = (
        (spec.name, _trouble(known.get(spec.name), faults.get(spec.name)))
        for spec in specs
        if not digest.sources or spec.name in digest.sources
    )
    return tuple((name, trouble) for name, trouble in named if trouble)


def _trouble(standing: Poll | None, fault: str | None) -> str | None:
    if standing and standing.paused:
        return f"is not read any more: {standing.paused}"
    if fault and standing and standing.failing_since:
        return f"cannot be read since {standing.failing_since:%Y-%m-%d %H:%M} UTC: {fault}"
    return fault


def _newest_slot(digest: Digest, now: datetime) -> datetime | None:
    """When the digest was due last, or is within the minutes of a look."""
    found = due_slots(digest.schedule, digest.timezone, now - _SLOTS_OF, now + BEFORE_DIGEST)
    return found[-1].at if found else None


def _slots_of(
    spec: SourceSpec, digests: Iterable[Digest], slots: Mapping[str, datetime | None]
) -> Iterator[datetime]:
    for digest in digests:
        slot = slots[digest.name]
        if slot and (not digest.sources or spec.name in digest.sources):
            yield slot


def _left_alone(spec: SourceSpec, standing: Poll, wanted: Round) -> Collected | None:
    """What is said of a source that is not asked."""
    if wanted.force:
        return None
    if standing.paused:
        return Collected(source=spec.name, paused=standing.paused)
    if must_wait(standing, wanted.clock()):
        return Collected(source=spec.name, waits_until=standing.wait_until)
    return None


def _by_server(specs: Iterable[SourceSpec], known: Mapping[str, Poll]) -> list[list[SourceSpec]]:
    """Sources that must not be read at the same time, together; first those that did not fail the
    last time, so that a server's broken addresses do not hold up its good ones."""
    groups: defaultdict[str, list[SourceSpec]] = defaultdict(list)
    for spec in sorted(specs, key=lambda spec: known.get(spec.name, Poll()).failures > 0):
        address = next(iter(addresses_of(spec)), None)
        groups[server_of(address) if address else f"/{spec.name}"].append(spec)
    return list(groups.values())


def addresses_of(spec: SourceSpec) -> tuple[str, ...]:
    """Where a source is read from, as far as its configuration says."""
    if isinstance(spec, FolderSpec):
        return ()
    written = (getattr(spec, "url", None), *getattr(spec, "urls", ()))
    return tuple(url for url in written if url)


def _in_threads(
    groups: list[list[SourceSpec]], visit: Callable[[SourceSpec], None], number: int
) -> None:
    """Visit each group's members one after the other, so many groups at a time. What is raised
    is raised here, when all have been tried.

    Daemons: a program that is asked to stop does not wait for servers that do not answer.
    """
    waiting = deque(groups)
    faults: list[BaseException] = []

    def work() -> None:
        while waiting:
            try:
                group = waiting.popleft()
            except IndexError:  # another thread was faster
                return
            for spec in group:
                try:
                    visit(spec)
                except BaseException as fault:
                    faults.append(fault)

    threads = [
        threading.Thread(target=work, daemon=True, name=f"sources-{n}")
        for n in range(min(number, len(groups)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
