"""What the desk shows, made anew when a file that it depends on has changed."""

import hashlib
import os
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from newsletter.app import App
from newsletter.articles.proposals import Proposal
from newsletter.config import FILE, load
from newsletter.editions.slot import slots_after
from newsletter.flows.collect import Collected
from newsletter.flows.enrol import ListReport
from newsletter.flows.preview import Planned, Proof
from newsletter.flows.show import Shown, images_of, shown
from newsletter.lib.errors import NewsletterError
from newsletter.model.article import Known
from newsletter.model.edition import EditionState
from newsletter.model.specs import FolderSpec
from newsletter.store import articles, editions

_RECENT = 50  # editions that an editor may still decide about
_DECIDED = (EditionState.HELD, EditionState.CANCELLED)  # what changes the desk, unlike sending


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on the desk at one moment. `troubles` are sentences for the editor."""

    signature: str
    proofs: tuple[Proof, ...]
    planned: tuple[Planned, ...]
    letters: dict[str, Shown]
    troubles: tuple[str, ...]


class Proofroom:
    """The desk's view of a project: safe to ask from several threads."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._sheet: Sheet | None = None
        self._sources = ""
        self._of_sources: tuple[str, ...] = ()
        self._of_lists: dict[str, tuple[str, ...]] = {}

    @property
    def app(self) -> App:
        return self._app

    def signature(self) -> str:
        """Changes when a layout, an article of a folder, a list or the configuration is saved, when
        an edition was frozen or decided about, and when a slot has passed."""
        return _signature((*self._saved(), *self._ledger()))

    def _saved(self) -> list[str]:
        folder = self._app.folder
        watched = (folder / FILE, folder / "layouts", folder / "subscribers", *self._folders())
        return [*_facts(watched), *self._schedule()]

    def sheet(self) -> Sheet:
        """The proofs as they stand now."""
        with self._lock:
            if self._sheet is None or self._sheet.signature != self.signature():
                self._sheet = self._made()
            return self._sheet

    def collect(self) -> None:
        """Read every source, the remote ones too, and make the proofs anew."""
        with self._lock:
            self._sources = ""
            self._sheet = None

    def _made(self) -> Sheet:
        """What is saved while it is made must be seen next time; what is collected now is not."""
        saved = self._saved()
        troubles = (
            *self._reloaded(),
            *self._enrolled(),
            *self._collected(),
            *self._held(),
            *map(_proposed, self._app.editions.proposed_pairs()),
        )
        proofs = tuple(self._app.editions.proofs())
        return Sheet(
            signature=_signature((*saved, *self._ledger())),
            proofs=proofs,
            planned=tuple(self._app.editions.plan()),
            letters={p.key: shown(p.letter, images_of(p), p.copies) for p in proofs if p.letter},
            troubles=troubles,
        )

    def _reloaded(self) -> Iterator[str]:
        """The configuration as it is now; while it is faulty, the last good one goes on."""
        try:
            settings = load(self._app.folder)
        except NewsletterError as fault:
            yield from str(fault).splitlines()
        else:
            self._app = replace(self._app, settings=settings)

    def _enrolled(self) -> Iterator[str]:
        """What is wrong with the lists. One that was not read again is as wrong as it was."""
        self._of_lists = {
            report.name: self._of_lists.get(report.name, ())
            if report.unchanged
            else tuple(_of_list(report))
            for report in self._app.lists.enrol()
        }
        return chain.from_iterable(self._of_lists.values())

    def _collected(self) -> tuple[str, ...]:
        """What is wrong with the sources, which are read at the start, on request, and when one
        comes or goes or a folder among them has changed."""
        specs = map(repr, self._app.settings.sources)
        sources = _signature((*specs, *_facts(self._folders())))
        if sources != self._sources:
            self._sources = sources
            self._of_sources = tuple(_of_sources(self._app.newsroom.collect()))
        return self._of_sources

    def _held(self) -> Iterator[str]:
        """The articles that wait for an editor, by source and reason."""
        counted = Counter((known.article.source, known.held) for known in self._waiting())
        for (source, reason), number in counted.items():
            yield f"source {source}: held for you ({number}): {reason}; `newsletter held list`"

    def _waiting(self) -> list[Known]:
        with self._app.database.read() as tx:
            return articles.held(tx)

    def _folders(self) -> Iterator[Path]:
        for spec in self._app.settings.sources:
            if isinstance(spec, FolderSpec):
                yield self._app.folder / spec.path

    def _schedule(self) -> Iterator[str]:
        now = self._app.clock()
        for digest in self._app.settings.digests:
            yield f"{digest.name} {next(slots_after(digest.schedule, digest.timezone, now)).key}"

    def _ledger(self) -> Iterator[str]:
        with self._app.database.read() as tx:
            for entry in editions.recent(tx, _RECENT):
                yield f"{entry.id} {entry.state if entry.state in _DECIDED else ''}"
        yield from (known.article.id for known in self._waiting())


def _of_list(report: ListReport) -> Iterator[str]:
    if report.fault:
        yield f"subscribers/{report.name}: {report.fault}"
    for fault in report.faults:
        yield f"subscribers/{report.name}, line {fault.line}: {fault.reason}"


def _of_sources(results: Iterable[Collected]) -> Iterator[str]:
    for result in results:
        if result.fault:
            yield f"source {result.source}: {result.fault}"
        if result.paused:
            yield f"source {result.source}: is not read any more: {result.paused}"
        if result.waits_until:
            until = f"{result.waits_until:%Y-%m-%d %H:%M} UTC"
            yield f"source {result.source}: its server asked for a rest until {until}"
        yield from (f"source {result.source}: {note}" for note in result.notes)
        for fault in result.faults:
            yield f"source {result.source}: {fault.place}: {fault.reason}"


def _proposed(pair: Proposal) -> str:
    one, other = pair.one.article, pair.other.article
    return (
        f"Perhaps one story: “{one.title}” and “{other.title}” ({pair.reason}): "
        f"`newsletter story join {one.id} {other.id}`"
    )


def _signature(facts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(facts).encode("utf-8", "surrogateescape")).hexdigest()


def _facts(places: Iterable[Path]) -> list[str]:
    """Name, time and size of every file there, in an order that stays."""
    return sorted(_fact(path) for place in places for path in _files(place))


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    for folder, _, names in os.walk(place):  # unlike rglob, it bears folders that go meanwhile
        yield from (Path(folder, name) for name in names)


def _fact(path: Path) -> str:
    """Files come and go while they are saved: what is gone by now was never there."""
    try:
        facts = path.stat()
    except OSError:
        return ""
    return f"{path}:{facts.st_mtime_ns}:{facts.st_size}"
