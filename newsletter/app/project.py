"""An open project, with a call for every verb."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from newsletter import __version__
from newsletter.app.children import reading_child, rendering_child
from newsletter.app.hands import jobs_of
from newsletter.app.lists import Lists, lists_in, opened
from newsletter.app.outside import Outside, read_picture, withdrawn
from newsletter.app.post import SPECIMEN, Post
from newsletter.app.readers import Readers, readers_of
from newsletter.app.returns import Returns
from newsletter.app.signing import signer_of
from newsletter.articles.proposals import Proposal
from newsletter.checks.client_support import SHARES
from newsletter.config import FILE, Settings, load
from newsletter.delivery.pace import rates_of
from newsletter.delivery.patience import Patience
from newsletter.delivery.transport import send as send_one
from newsletter.editions.slot import parse_slot
from newsletter.flows import (
    collect,
    compose,
    decide,
    enrol,
    feedback,
    guard,
    notices,
    person,
    poll,
    preview,
    retention,
    send,
)
from newsletter.flows.choosing import Run
from newsletter.flows.forecast import Route
from newsletter.flows.freeze import Composed
from newsletter.flows.ledger import LEASE
from newsletter.flows.pacing import SharedPace
from newsletter.flows.press import Press
from newsletter.flows.reading import Progress, nobody
from newsletter.jobs.port import Jobs
from newsletter.lib.errors import NewsletterError
from newsletter.lib.isolation import Isolation
from newsletter.model.article import Image, Known
from newsletter.model.delivery import DeliveryState, Message
from newsletter.model.edition import EditionEntry, Slot
from newsletter.model.specs import (
    Digest,
    MaildirSpec,
    SmtpSpec,
    SourceSpec,
    in_language,
)
from newsletter.model.subscriber import Suppression
from newsletter.rendering.specimen import NEWS, PUBLICATION
from newsletter.sources.http import PAGES, PICTURES, Http, Limits, Resolve, resolve
from newsletter.sources.manners import Manners
from newsletter.starter.project import current_user
from newsletter.starter.project import layouts as shipped_layouts
from newsletter.store import schema
from newsletter.store.database import Database
from newsletter.subscribers.tokens import KeyRing, read_key_ring


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An open project. `stop` asks what runs to finish what it has begun and return, and then
    `patience` is cut short; `notified` is set when there is a notice to send at once."""

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
    page_limits: Limits = PAGES
    resolve: Resolve = resolve
    lease: timedelta = LEASE

    @property
    def rehearsal(self) -> bool:
        return self.settings.transport.rehearsal

    @property
    def jobs(self) -> Jobs:
        """Who wakes other processes."""
        return jobs_of(self.database)

    @property
    def readers(self) -> Readers:
        """What readers can do by themselves."""
        return readers_of(
            self.database,
            self.settings,
            self.ring,
            clock=self.clock,
            woken=self.notified.set,
        )

    @property
    def lists(self) -> Lists:
        """Lists of subscribers that come in and go out."""
        return Lists(
            database=self.database,
            digests=self.settings.digests,
            languages=self.settings.languages,
            address_hash=self.ring.address_hash,
            clock=self.clock,
        )

    @property
    def post(self) -> Post:
        """What leaves by mail."""
        return Post(
            settings=self.settings,
            ring=self.ring,
            pace=self.pace,
            patience=self.patience,
            lease=self.lease,
            clock=self.clock,
            stop=self.stop,
        )

    @property
    def returns(self) -> Returns:
        """What comes back."""
        return Returns(
            database=self.database,
            ring=self.ring,
            webhooks=self.settings.webhooks,
            aside=self.folder / "feedback" / "aside",
            user_agent=self.user_agent,
            clock=self.clock,
            stop=self.stop,
        )

    # --- the verbs ------------------------------------------------------------------------------

    def enrol(self) -> list[enrol.ListReport]:
        """Bring subscribers/*.csv into the store."""
        lists = lists_in(self.folder / "subscribers")
        files = [enrol.ListFile(path.name, partial(opened, path)) for path in lists]
        return enrol.enrol(self.database, files, self.lists.enrolment, self.clock())

    def collect(
        self,
        specs: tuple[SourceSpec, ...] | None = None,
        *,
        force: bool = False,
        told: Callable[[collect.Collected], None] = lambda result: None,
        progress: Progress = nobody,
    ) -> list[collect.Collected]:
        """Read every source once, or these. One that is paused, or whose server asked for a rest,
        is read with `force` only. `told` hears of each when it is done with, `progress` of the
        articles read of it and how many there are; both from several threads."""
        outside = self._outside
        wanted = poll.Round(
            specs=self.settings.sources if specs is None else specs,
            languages=self.settings.languages,
            open_source=partial(outside.opened, outside.robots(), progress),
            clock=self.clock,
            force=force,
            told=told,
        )
        return poll.poll(self.database, wanted)

    def due_sources(self) -> tuple[SourceSpec, ...]:
        """The sources that the service reads now."""
        settings = self.settings
        return poll.due(self.database, settings.sources, settings.digests, self.clock())

    def troubles(self, digest: Digest) -> tuple[tuple[str, str], ...]:
        """The sources that a digest has to do without for now, each with the reason."""
        return poll.troubles(self.database, self.settings.sources, digest)

    def dossier(self, email: str) -> person.Dossier:
        """All that is stored of a person."""
        return person.dossier(self.database, email, self.ring.address_hash)

    def erase(self, email: str, *, suppress: bool = False) -> Suppression | None:
        """Take away all that tells of a person; the suppression that stays, if one does."""
        hashed = self.ring.address_hash
        return person.erase(self.database, email, hashed, self.clock(), suppress=suppress)

    def lists_with(self, email: str) -> list[str]:
        """Where an address stands in subscribers/*.csv: "en.csv, line 3"."""
        return self.lists.places_of(self.folder / "subscribers", email)

    def purge(self) -> retention.Purged | None:
        """Take away what is kept no longer, once a day; None when that was done today."""
        return retention.purge_daily(self.database, self.settings.privacy, self.clock())

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

    def proposed_pairs(self) -> list[Proposal]:
        """Articles that may be one story."""
        return preview.proposed_pairs(self.database, self.clock())

    def plan(self) -> list[preview.Planned]:
        """What each digest would send next."""
        return preview.plan(
            self.database,
            self.settings.digests,
            rehearsal=self.rehearsal,
            now=self.clock(),
            route=Route(rates=rates_of(self.settings.transport), sender=self.settings.sender),
        )

    def proofs(self) -> list[preview.Proof]:
        """Letters of the next editions, to be looked at."""
        with self.press() as press:
            return preview.proofs(
                self.database,
                press,
                self.settings.digests,
                rehearsal=self.rehearsal,
                now=self.clock(),
            )

    def due(self, digest: Digest) -> Slot | None:
        """The slot of a digest that is to be run now."""
        slot, _ = compose.due(self.database, digest, rehearsal=self.rehearsal, now=self.clock())
        return slot

    def compose(self, digest: Digest, slot: Slot) -> list[Composed]:
        """Compose and freeze the editions of a slot."""
        self.check_may_send()
        run = Run(
            digest=digest,
            slot=slot,
            rehearsal=self.rehearsal,
            now=self.clock(),
            lacking=tuple(name for name, _ in self.troubles(digest)),
        )
        specs = self.settings.sources
        standings = poll.standings(self.database, specs)
        with self.press() as press, self._outside.all_opened(specs, standings) as sources:
            asked = partial(withdrawn, sources)
            return compose.compose(self.database, press, run, asked, self.jobs.wake)

    def deliver(
        self,
        progress: Callable[[EditionEntry, DeliveryState], None] = lambda e, s: None,
        alarm: Callable[[str], object] = lambda words: None,
    ) -> list[EditionEntry]:
        """Deliver all that is frozen and can be delivered now. `alarm` is told what somebody should
        know at once."""
        self.check_may_send()
        decide.release_vetoed(
            self.database, rehearsal=self.rehearsal, now=self.clock(), wake=self.jobs.wake
        )
        for words in feedback.hold_alarmed(self.database, rehearsal=self.rehearsal):
            alarm(words)
        return send.deliver(self.database, self.post.mailing(progress, alarm))

    def send_notices(self, told: notices.Told = lambda notice, state, reply: None) -> int:
        """Send the mails to single persons that wait; how many were tried. `told` hears what became
        of each."""
        self.notified.clear()
        if not notices.any_waiting(self.database, self.clock()):
            return 0
        self.check_may_send()
        with self.press() as press:
            return notices.send_notices(self.database, self.post.notice_mailing(press, told))

    def send_test(self, digest: Digest, address: str) -> list[tuple[str, str, str, str]]:
        """Send the next edition of every language to one address; the ledger knows nothing of it.
        Returns digest, language, address and the server's answer for each."""
        sent = []
        with self.post.open_transport() as transport:
            for proof in self.proofs():
                if proof.digest == digest.name and (message := self.specimen(proof, address)):
                    preview.keep_copies(self.database, proof, self.clock())
                    answer = send_one(transport, self.post.signed(message))
                    words = f"{type(answer).__name__.lower()}: {getattr(answer, 'reply', answer)}"
                    sent.append((proof.digest, proof.language, address, words))
        return sent

    def specimen(self, proof: preview.Proof, address: str = SPECIMEN) -> Message | None:
        """The message of a proof as one reader would get it, with links that do nothing."""
        if proof.letter is None:
            return None
        digest = self.settings.digest_named(proof.digest)
        return self.post.specimen(proof.letter, digest, proof.language, address)

    def decide(self, number: int, decision: decide.Decision) -> EditionEntry:
        """Carry out what an editor decided about an edition."""
        return decide.decide(
            self.database,
            number,
            decision,
            who=current_user(),
            now=self.clock(),
            wake=self.jobs.wake,
        )

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
        return parse_slot(text, digest.timezone)

    def check_may_send(self) -> None:
        """Refuse what must not go out: a copy of the database, letters without an address, or
        without the signature that was asked for."""
        if self.rehearsal:
            return
        if not self.settings.publication.postal_address:
            raise NewsletterError(
                "newsletter.toml: publication.postal_address is empty: every letter has to say "
                "where its publisher can be found; fill it in before sending by smtp"
            )
        transport = self.settings.transport
        if isinstance(transport, SmtpSpec) and transport.dkim:
            signer_of(transport.dkim)  # its faults, before anything is written
        guard.check_home(self.database)

    # --- what the flows are given ---------------------------------------------------------------

    @contextmanager
    def press(self) -> Iterator[Press]:
        """The press of this project: its own layouts first, the shipped ones second."""
        private = tuple(net for spec in self.settings.sources for net in spec.allow_private)
        with Http(user_agent=self.user_agent, allow_private=private, limits=PICTURES) as http:
            yield Press(
                publication=self.settings.publication,
                base_url=self.settings.public.base_url,
                folders=(self.folder / "layouts", shipped_layouts()),
                read_picture=partial(read_picture, lambda: http),
                isolated=self.isolated,
                message=lambda *letter: self.post.specimen(*letter).content,
                shares=self.settings.clients or SHARES,
            )

    @property
    def user_agent(self) -> str:
        """How sources see us, with an address where an administrator can ask."""
        publication = self.settings.publication
        name = in_language(publication.name, self.settings.languages[0])
        site = in_language(publication.url, self.settings.languages[0])
        ascii_name = name.encode("ascii", "ignore").decode().strip()
        return f"NewsletterComposer/{__version__} (+{site}; newsletter of {ascii_name})"

    @property
    def _outside(self) -> Outside:
        return Outside(
            folder=self.folder,
            user_agent=self.user_agent,
            translated=len(self.settings.languages) > 1,
            reading=self.reading,
            decoding=self.isolated,
            manners=self.manners,
            page_limits=self.page_limits,
            resolve=self.resolve,
            clock=self.clock,
        )


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


def trial(folder: Path) -> tuple[Press, tuple[str, ...]]:
    """A press to try layouts with, and the languages to try: those of the project in `folder`, or
    the shipped ones where there is none. Nothing is opened but files of layouts."""
    settings = load(folder) if (folder / FILE).is_file() else None
    own = (folder / "layouts",) if settings else ()
    press = Press(
        publication=settings.publication if settings else PUBLICATION,
        base_url=settings.public.base_url if settings else NEWS,
        folders=(*own, shipped_layouts()),
        read_picture=_no_picture,
        isolated=rendering_child().call,
        shares=(settings.clients if settings else {}) or SHARES,
    )
    return press, settings.languages if settings else ("en",)


def _no_picture(image: Image) -> bytes:
    raise NewsletterError(f"{image.url}: not asked for")


def _key_ring(path: Path) -> KeyRing:
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise NewsletterError(
            f"{path}: the signing key cannot be read ({error.strerror}); `newsletter init` makes "
            "one for a new project; an old project needs its own back"
        ) from None
    return read_key_ring(text, name=path.name)
