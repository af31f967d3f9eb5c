"""An open project: its parts, each with what the verbs call, and what is too small for a part.

A part is imported when it is first asked for: reading a web page and setting a letter take
libraries that `status`, `edition` or a mail through a pipe must not wait for.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsletter import __version__
from newsletter.app.children import reading_child, rendering_child
from newsletter.app.hands import jobs_of
from newsletter.config import Settings, load
from newsletter.delivery.pace import rates_of
from newsletter.delivery.patience import Patience
from newsletter.editions.slot import parse_slot
from newsletter.flows import decide, guard, person, retention
from newsletter.flows.pacing import SharedPace
from newsletter.jobs.port import Jobs
from newsletter.lib.errors import NewsletterError
from newsletter.lib.isolation import Isolation
from newsletter.model.article import Known
from newsletter.model.edition import EditionEntry, Slot
from newsletter.model.specs import Digest, MaildirSpec, in_language
from newsletter.model.subscriber import Suppression
from newsletter.sources.manners import Manners
from newsletter.starter.project import current_user
from newsletter.store import schema
from newsletter.store.chunks import LEASE
from newsletter.store.database import Database, Tx
from newsletter.subscribers.tokens import KeyRing, read_key_ring

if TYPE_CHECKING:
    from newsletter.app.editions import Editions
    from newsletter.app.lists import Lists
    from newsletter.app.newsroom import Newsroom
    from newsletter.app.post import Post
    from newsletter.app.readers import Readers
    from newsletter.app.returns import Returns
    from newsletter.sources.http import Limits, Resolve


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An open project. `stop` asks what runs to finish what it has begun and return, and then
    `patience` is cut short; `notified` is set when there is a notice to send at once.
    `page_limits` and `resolve` are those of the web unless something else is given."""

    folder: Path
    settings: Settings
    database: Database
    ring: KeyRing
    pace: SharedPace
    clock: Callable[[], datetime] = utc_now
    stop: threading.Event = field(default_factory=threading.Event)
    notified: threading.Event = field(default_factory=threading.Event)
    isolated: Isolation = field(default_factory=lambda: rendering_child().call)
    reading: Isolation = field(default_factory=lambda: reading_child().call)
    manners: Manners = field(default_factory=Manners)
    patience: Patience = field(default_factory=Patience)
    page_limits: "Limits | None" = None
    resolve: "Resolve | None" = None
    lease: timedelta = LEASE

    @property
    def rehearsal(self) -> bool:
        return self.settings.transport.rehearsal

    @property
    def jobs(self) -> Jobs:
        """Who wakes other processes."""
        return jobs_of(self.database)

    def _wake(self, tx: Tx, edition: int) -> None:
        """Who wakes others is looked up when there is somebody to wake: it may be slow to load, and
        most verbs wake nobody."""
        self.jobs.wake(tx, edition)

    # --- the parts ------------------------------------------------------------------------------

    @property
    def newsroom(self) -> "Newsroom":
        """What comes in."""
        from newsletter.app.newsroom import Newsroom
        from newsletter.app.outside import Outside
        from newsletter.sources.http import PAGES, resolve

        outside = Outside(
            folder=self.folder,
            user_agent=self.user_agent,
            translated=len(self.settings.languages) > 1,
            reading=self.reading,
            decoding=self.isolated,
            manners=self.manners,
            page_limits=self.page_limits or PAGES,
            resolve=self.resolve or resolve,
            clock=self.clock,
        )
        return Newsroom(
            database=self.database, settings=self.settings, outside=outside, clock=self.clock
        )

    @property
    def editions(self) -> "Editions":
        """What is made of it."""
        from newsletter.app.editions import Editions

        return Editions(
            database=self.database,
            settings=self.settings,
            newsroom=self.newsroom,
            post=self.post,
            wake=self._wake,
            clock=self.clock,
        )

    @property
    def post(self) -> "Post":
        """What leaves by mail."""
        from newsletter.app.post import Post

        return Post(
            database=self.database,
            settings=self.settings,
            folder=self.folder,
            ring=self.ring,
            pace=self.pace,
            patience=self.patience,
            lease=self.lease,
            user_agent=self.user_agent,
            isolated=self.isolated,
            wake=self._wake,
            clock=self.clock,
            stop=self.stop,
            notified=self.notified,
        )

    @property
    def returns(self) -> "Returns":
        """What comes back."""
        from newsletter.app.returns import Returns

        return Returns(
            database=self.database,
            ring=self.ring,
            webhooks=self.settings.webhooks,
            aside=self.folder / "feedback" / "aside",
            user_agent=self.user_agent,
            clock=self.clock,
            stop=self.stop,
        )

    @property
    def readers(self) -> "Readers":
        """What readers can do by themselves."""
        from newsletter.app.readers import readers_of

        return readers_of(
            self.database,
            self.settings,
            self.ring,
            clock=self.clock,
            woken=self.notified.set,
        )

    @property
    def lists(self) -> "Lists":
        """Lists of subscribers that come in and go out."""
        from newsletter.app.lists import Lists

        return Lists(
            database=self.database,
            folder=self.folder / "subscribers",
            digests=self.settings.digests,
            languages=self.settings.languages,
            address_hash=self.ring.address_hash,
            clock=self.clock,
        )

    # --- what an editor decides -----------------------------------------------------------------

    def decide_held(self, release: decide.Release, names: Sequence[str]) -> list[Known]:
        """Carry out what an editor decided about held articles."""
        who = current_user()
        return decide.decide_held(self.database, release, names, who=who, now=self.clock())

    def join_stories(self, one: str, other: str) -> Known:
        """Make one story of two articles that are translations of each other."""
        who = current_user()
        return decide.join_stories(self.database, one, other, who=who, now=self.clock())

    def part_story(self, name: str) -> Known:
        """Make an article a story of its own."""
        return decide.part_story(self.database, name, who=current_user(), now=self.clock())

    def decide(self, number: int, decision: decide.Decision) -> EditionEntry:
        """Carry out what an editor decided about an edition."""
        return decide.decide(
            self.database,
            number,
            decision,
            who=current_user(),
            now=self.clock(),
            wake=self._wake,
        )

    # --- what is kept of people ------------------------------------------------------------------

    def dossier(self, email: str) -> person.Dossier:
        """All that is stored of a person."""
        return person.dossier(self.database, email, self.ring.address_hash)

    def erase(self, email: str, *, suppress: bool = False) -> Suppression | None:
        """Take away all that tells of a person; the suppression that stays, if one does."""
        hashed = self.ring.address_hash
        return person.erase(self.database, email, hashed, self.clock(), suppress=suppress)

    def purge(self) -> retention.Purged | None:
        """Take away what is kept no longer, once a day; None when that was done today."""
        return retention.purge_daily(self.database, self.settings.privacy, self.clock())

    # --- what the configuration says -------------------------------------------------------------

    def digest(self, name: str) -> Digest:
        """The digest of this name."""
        for digest in self.settings.digests:
            if digest.name == name:
                return digest
        names = ", ".join(digest.name for digest in self.settings.digests) or "none yet"
        raise NewsletterError(f"there is no digest {name!r}; newsletter.toml has: {names}")

    def local_now(self, digest: Digest) -> datetime:
        """The time on a clock where the digest is at home, without zone."""
        return self.clock().astimezone(ZoneInfo(digest.timezone)).replace(tzinfo=None)

    @property
    def outbox(self) -> Path | None:
        """Where a rehearsal puts its letters."""
        transport = self.settings.transport
        return transport.path if isinstance(transport, MaildirSpec) else None

    def slot(self, digest: Digest, text: str) -> Slot:
        """The slot that is meant by a date and a time, where the digest is at home."""
        return parse_slot(text, digest.timezone)

    @property
    def user_agent(self) -> str:
        """How sources see us, with an address where an administrator can ask."""
        publication = self.settings.publication
        name = in_language(publication.name, self.settings.languages[0])
        site = in_language(publication.url, self.settings.languages[0])
        ascii_name = name.encode("ascii", "ignore").decode().strip()
        return f"NewsletterComposer/{__version__} (+{site}; newsletter of {ascii_name})"


@contextmanager
def open_app(
    folder: Path, *, settings: Settings | None = None, clock: Callable[[], datetime] = utc_now
) -> Iterator[App]:
    """The project in `folder`, its database ready. ConfigError, DatabaseFault, GuardFault or
    KeyFault when it cannot be used as it is."""
    settings = settings or load(folder)
    ring = _key_ring(settings.secret_file)
    database = Database(settings.database)
    try:
        schema.prepare(database)
        guard.check_keys(database, ring.fingerprint)
        yield App(
            folder=folder.resolve(),
            settings=settings,
            database=database,
            ring=ring,
            pace=SharedPace(database, rates_of(settings.transport)),
            clock=clock,
        )
    finally:
        database.close()


def _key_ring(path: Path) -> KeyRing:
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise NewsletterError(
            f"{path}: the signing key cannot be read ({error.strerror}); `newsletter init` makes "
            "one for a new project; an old project needs its own back"
        ) from None
    return read_key_ring(text, name=path.name)
