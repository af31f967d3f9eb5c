"""How a project's sources are opened: which adapter reads which kind, and through which door."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from newsletter.flows import poll
from newsletter.flows.reading import Progress, Subject, nobody
from newsletter.lib.isolation import Isolation
from newsletter.model.article import Article
from newsletter.model.poll import Poll
from newsletter.model.specs import (
    FeedSpec,
    FolderSpec,
    GhostSpec,
    PagesSpec,
    SourceSpec,
    WebSpec,
    WordPressSpec,
)
from newsletter.sources.feed import FeedSource
from newsletter.sources.folder import FolderSource
from newsletter.sources.ghost import GhostSource
from newsletter.sources.http import PICTURES, Http, Limits, Resolve
from newsletter.sources.manners import Manners
from newsletter.sources.pages import PagesSource
from newsletter.sources.picture import read_picture
from newsletter.sources.polling import on_condition
from newsletter.sources.port import Fetch, Source
from newsletter.sources.robots import Robots
from newsletter.sources.visits import Visits
from newsletter.sources.wordpress import WordPressSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The world as this project goes into it: under its name, with its manners and its limits.
    `reading` and `decoding` are where documents and pictures are taken apart; `translated` is
    whether articles come in more than one language."""

    folder: Path
    user_agent: str
    translated: bool
    reading: Isolation
    decoding: Isolation
    manners: Manners
    page_limits: Limits
    resolve: Resolve
    clock: Callable[[], datetime]

    def robots(self) -> Robots:
        """What servers ask of programs; kept as long as the reader that asked."""
        return Robots(self.user_agent, self.reading)

    @contextmanager
    def opened(
        self, robots: Robots, progress: Progress, spec: SourceSpec, standing: Poll
    ) -> Iterator[Subject]:
        """A source, to be read once, and then closed."""
        with ExitStack() as stack:
            # Opened for the first picture: most readings bring none.
            gallery = cache(lambda: stack.enter_context(self._door(spec, PICTURES)))
            subject = partial(
                Subject,
                spec=spec,
                isolated=self.reading,
                look=lambda image: read_picture(gallery, image),
                decoding=self.decoding,
                progress=progress,
                jitter=random.uniform(-1, 1),  # noqa: S311 - spreads requests, hides nothing
            )
            if isinstance(spec, FolderSpec):
                yield subject(source=FolderSource(spec, self.folder))
                return
            http = stack.enter_context(self._door(spec, self.page_limits))
            there = _where_it_is(spec, standing)
            visits = Visits(
                http.fetch,
                standing.documents if on_condition(standing, self.clock()) else (),
                page=robots.obeying(http.fetch, poll.addresses_of(there)),
                address=getattr(there, "url", None),
                secret=isinstance(there, GhostSpec),
            )
            yield subject(source=self._source(there, visits.fetch), visits=visits)

    @contextmanager
    def all_opened(
        self, specs: tuple[SourceSpec, ...], standings: Mapping[str, Poll]
    ) -> Iterator[Mapping[str, Source]]:
        """Sources by their names, to be asked after single articles."""
        robots = self.robots()
        with ExitStack() as stack:
            yield {
                spec.name: stack.enter_context(
                    self.opened(robots, nobody, spec, standings[spec.name])
                ).source
                for spec in specs
            }

    def _door(self, spec: SourceSpec, limits: Limits) -> Http:
        """The web, as far as a source may lead there."""
        return Http(
            user_agent=spec.user_agent or self.user_agent,
            allow_private=spec.allow_private,
            limits=limits,
            resolve=self.resolve,
            manners=self.manners.pausing(spec.request_pause),
        )

    def _source(self, spec: WebSpec, fetch: Fetch) -> Source:
        match spec:
            case FeedSpec():
                return FeedSource(spec, fetch, self.reading)
            case WordPressSpec():
                return WordPressSource(spec, fetch, translated=self.translated)
            case GhostSpec():
                return GhostSource(spec, fetch)
            case PagesSpec():
                return PagesSource(spec, fetch, self.reading)


def _where_it_is(spec: WebSpec, standing: Poll) -> WebSpec:
    """The source at the address that it has moved to, if it has."""
    if standing.address and isinstance(spec, FeedSpec):
        return replace(spec, url=standing.address)
    return spec


def withdrawn(sources: Mapping[str, Source], article: Article) -> str | None:
    """Whether the article's source still has it; a source that is no longer configured is not
    asked."""
    source = sources.get(article.source)
    return source.withdrawn(article.guid, article.url) if source else None
