"""What the desk shows, made anew when a file that it depends on has changed."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from newsletter.app import App
from newsletter.config import FILE, load
from newsletter.flows.preview import Planned, Proof
from newsletter.flows.show import Shown, images_of, shown
from newsletter.lib.errors import NewsletterError
from newsletter.model.specs import FolderSpec


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
        self._lists: tuple[str, ...] = ()

    @property
    def app(self) -> App:
        return self._app

    def signature(self) -> str:
        """Changes when a layout, an article of a folder, a list or the configuration is saved."""
        folder = self._app.folder
        watched = (folder / FILE, folder / "layouts", folder / "subscribers", *self._folders())
        return _signature(watched)

    def sheet(self) -> Sheet:
        """The proofs as they stand now."""
        with self._lock:
            signature = self.signature()
            if self._sheet is None or self._sheet.signature != signature:
                self._sheet = self._made(signature)
            return self._sheet

    def collect(self) -> None:
        """Read every source, the remote ones too, and make the proofs anew."""
        with self._lock:
            self._sources = ""
            self._sheet = None

    def _made(self, signature: str) -> Sheet:
        troubles = [*self._reloaded(), *self._enrolled(), *self._collected()]
        proofs = tuple(self._app.proofs())
        return Sheet(
            signature=signature,
            proofs=proofs,
            planned=tuple(self._app.plan()),
            letters={p.key: shown(p.letter, images_of(p)) for p in proofs if p.letter},
            troubles=tuple(troubles),
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
        for report in self._app.enrol():
            if report.fault:
                yield f"subscribers/{report.name}: {report.fault}"
            for fault in report.faults:
                yield f"subscribers/{report.name}, line {fault.line}: {fault.reason}"

    def _collected(self) -> Iterator[str]:
        """Sources are read at the start, on request, and when a folder among them has changed."""
        sources = _signature(tuple(self._folders())) or "none"
        if sources == self._sources:
            return
        self._sources = sources
        for result in self._app.collect():
            if result.fault:
                yield f"source {result.source}: {result.fault}"
            for fault in result.faults:
                yield f"source {result.source}: {fault.place}: {fault.reason}"

    def _folders(self) -> Iterator[Path]:
        for spec in self._app.settings.sources:
            if isinstance(spec, FolderSpec):
                yield self._app.folder / spec.path


def _signature(places: tuple[Path, ...]) -> str:
    digest = hashlib.sha256()
    for place in places:
        for path in sorted((place, *place.rglob("*"))) if place.is_dir() else (place,):
            if path.is_file():
                facts = path.stat()
                digest.update(f"{path}:{facts.st_mtime_ns}:{facts.st_size}\n".encode())
    return digest.hexdigest()
