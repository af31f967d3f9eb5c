"""What comes in: the articles of a project's sources."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from newsletter.app.outside import Outside, withdrawn
from newsletter.config import Settings
from newsletter.flows import poll
from newsletter.flows.choosing import AskWithdrawn
from newsletter.flows.collect import Collected
from newsletter.flows.reading import Progress, nobody
from newsletter.model.specs import Digest, SourceSpec
from newsletter.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """Where articles arrive."""

    database: Database
    settings: Settings
    outside: Outside
    clock: Callable[[], datetime]

    def collect(
        self,
        specs: tuple[SourceSpec, ...] | None = None,
        *,
        force: bool = False,
        told: Callable[[Collected], None] = lambda result: None,
        progress: Progress = nobody,
    ) -> list[Collected]:
        """Read every source once, or these. One that is paused, or whose server asked for a rest,
        is read with `force` only. `told` hears of each when it is done with, `progress` of the
        articles read of it and how many there are; both from several threads."""
        wanted = poll.Round(
            specs=self.settings.sources if specs is None else specs,
            languages=self.settings.languages,
            open_source=partial(self.outside.opened, self.outside.robots(), progress),
            clock=self.clock,
            force=force,
            told=told,
        )
        return poll.poll(self.database, wanted)

    def due(self) -> tuple[SourceSpec, ...]:
        """The sources that the service reads now."""
        settings = self.settings
        return poll.due(self.database, settings.sources, settings.digests, self.clock())

    def troubles(self, digest: Digest) -> tuple[tuple[str, str], ...]:
        """The sources that a digest has to do without for now, each with the reason."""
        return poll.troubles(self.database, self.settings.sources, digest)

    @contextmanager
    def asking(self) -> Iterator[AskWithdrawn]:
        """A line to the sources: whether one of them has withdrawn an article."""
        specs = self.settings.sources
        standings = poll.standings(self.database, specs)
        with self.outside.all_opened(specs, standings) as sources:
            yield partial(withdrawn, sources)
