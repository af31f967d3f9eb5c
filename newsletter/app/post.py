"""What leaves a project by mail: by which way, under which names, with which tokens."""

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from newsletter.app.signing import signed, signer_of
from newsletter.checks.client_support import SHARES
from newsletter.config import Settings, is_loopback
from newsletter.delivery.compile import LetterHeaders, compile_letter
from newsletter.delivery.maildir import MaildirTransport
from newsletter.delivery.notice import NoticeHeaders, notice_message
from newsletter.delivery.pace import Pace
from newsletter.delivery.patience import Patience
from newsletter.delivery.smtp import SmtpTransport
from newsletter.delivery.transport import Transport
from newsletter.editions.window import opens_at
from newsletter.flows import decide, feedback, guard, notices, send, show
from newsletter.flows.pacing import SharedPace
from newsletter.flows.press import Press
from newsletter.jobs.port import Wake
from newsletter.lib.errors import NewsletterError
from newsletter.lib.isolation import Isolation
from newsletter.model.delivery import Delivery, DeliveryState, Message
from newsletter.model.edition import EditionEntry
from newsletter.model.letter import Letter, Personal
from newsletter.model.notice import Notice, NoticeKind
from newsletter.model.specs import Digest, MaildirSpec, SmtpSpec, in_language
from newsletter.sources.http import PICTURES, Http
from newsletter.sources.picture import read_picture
from newsletter.starter.project import layouts as shipped_layouts
from newsletter.store.database import Database
from newsletter.subscribers.tokens import KeyRing, Purpose

SPECIMEN = "reader@example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """The post office of an open project: the press stands in it, since a letter is only checked
    whole with its headers. `wake` hears of editions that can be sent; `notified` is set when there
    is a notice to send."""

    database: Database
    settings: Settings
    folder: Path
    ring: KeyRing
    pace: SharedPace
    patience: Patience
    lease: timedelta
    user_agent: str
    isolated: Isolation
    wake: Wake
    clock: Callable[[], datetime]
    stop: threading.Event
    notified: threading.Event

    def check_may_send(self) -> None:
        """Refuse what must not go out: a copy of the database, letters without an address, or
        without the signature that was asked for."""
        transport = self.settings.transport
        if transport.rehearsal:
            return
        if not self.settings.publication.postal_address:
            raise NewsletterError(
                "newsletter.toml: publication.postal_address is empty: every letter has to say "
                "where its publisher can be found; fill it in before sending by smtp"
            )
        if isinstance(transport, SmtpSpec) and transport.dkim:
            signer_of(transport.dkim)  # its faults, before anything is written
        guard.check_home(self.database)

    def deliver(
        self,
        progress: Callable[[EditionEntry, DeliveryState], None] = lambda e, s: None,
        alarm: Callable[[str], object] = lambda words: None,
    ) -> list[EditionEntry]:
        """Deliver all that is frozen and can be delivered now. `alarm` is told what somebody should
        know at once."""
        self.check_may_send()
        rehearsal = self.settings.transport.rehearsal
        decide.release_vetoed(self.database, rehearsal=rehearsal, now=self.clock(), wake=self.wake)
        for words in feedback.hold_alarmed(self.database, rehearsal=rehearsal):
            alarm(words)
        return send.deliver(self.database, self._mailing(progress, alarm))

    def send_notices(self, told: notices.Told = lambda notice, state, reply: None) -> int:
        """Send the mails to single persons that wait; how many were tried. `told` hears what became
        of each."""
        self.notified.clear()
        if not notices.any_waiting(self.database, self.clock()):
            return 0
        self.check_may_send()
        with self.press() as press:
            return notices.send_notices(self.database, self._notice_mailing(press, told))

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
                message=lambda *letter: self.specimen(*letter).content,
                shares=self.settings.clients or SHARES,
            )

    def open_transport(self) -> Transport:
        match self.settings.transport:
            case MaildirSpec(path=path):
                return MaildirTransport(path)
            case SmtpSpec() as spec:
                return SmtpTransport(spec, password=spec.password, patience=self.patience)

    def specimen(
        self, letter: Letter, digest: Digest, language: str, address: str = SPECIMEN
    ) -> Message:
        """A letter as one reader would get it, with links that do nothing."""
        headers = self.headers(digest, language)
        compiled = compile_letter(letter, headers, key=f"test-{secrets.token_hex(8)}")
        return compiled.message_for(
            email=address,
            name=None,
            token=show.NOBODY,
            personal=dict.fromkeys(Personal, show.NOBODY),
            date=self.clock(),
        )

    def signed(self, message: Message) -> Message:
        dkim = getattr(self.settings.transport, "dkim", None)
        return signed(dkim, message) if dkim else message

    def headers(self, digest: Digest, language: str) -> LetterHeaders:
        """What stands around the letters of a digest in one language."""
        sender = digest.sender_in(language, self.settings.sender)
        domain = sender.address.rpartition("@")[2]
        host = urlsplit(self.settings.public.base_url).hostname
        transport = self.settings.transport
        return LetterHeaders(
            sender_name=in_language(sender.name, language),
            sender_address=sender.address,
            reply_to=digest.reply_to_in(language),
            bounces=sender.bounces,
            # RFC 2919 §3: within a domain of ours, which the loopback address is not.
            list_id=f"{digest.name}.{language.lower()}.{domain if is_loopback(host) else host}",
            list_name=in_language(digest.title, language),
            message_domain=domain,
            unsubscribe_base=f"{self.settings.public.base_url}/u/",
            unsubscribe_mailto=sender.bounces,
            extra=transport.headers if isinstance(transport, SmtpSpec) else {},
        )

    def tokens(self, subscriber: int, digest: str) -> Mapping[Personal, str]:
        """What stands in the personal links of one reader's letter."""
        payload = f"{subscriber}:{digest}"
        return {
            Personal.UNSUBSCRIBE: self.ring.sign(Purpose.UNSUBSCRIBE, payload),
            Personal.LANGUAGE: self.ring.sign(Purpose.LANGUAGE, payload),
            Personal.PREFERENCES: self.ring.sign(Purpose.PREFERENCES, payload),
        }

    def _mailing(
        self,
        progress: Callable[[EditionEntry, DeliveryState], None],
        alarm: Callable[[str], object],
    ) -> send.Mailing:
        """How editions are sent."""
        transport = self.settings.transport
        smtp = transport if isinstance(transport, SmtpSpec) else None
        return send.Mailing(
            rehearsal=transport.rehearsal,
            connections=smtp.connections if smtp else 1,
            open_transport=self.open_transport,
            headers=lambda edition: self.headers(
                self.settings.digest_named(edition.digest), edition.language
            ),
            on_unknown=lambda name: self.settings.digest_named(name).on_unknown,
            tokens=self._tokens_of,
            return_token=lambda each: self.ring.return_token(each.edition, each.subscriber),
            sign=self.signed,
            pace=self._pace_of,
            opens_at=self._opens_at,
            alarm=alarm,
            looks_ahead=smtp.fast if smtp else False,
            clock=self.clock,
            stop=self.stop,
            progress=progress,
            lease=self.lease,
        )

    def _notice_mailing(self, press: Press, told: notices.Told) -> notices.Post:
        """How mails to single persons are written and sent."""
        writing = notices.Writing(
            press=press, button=self._button, life=self.settings.privacy.confirm
        )
        return notices.Post(
            message=lambda notice: self.signed(self._notice(writing, notice)),
            open_transport=self.open_transport,
            clock=self.clock,
            stop=self.stop,
            told=told,
        )

    def _notice(self, writing: notices.Writing, notice: Notice) -> Message:
        sender = self.settings.sender
        transport = self.settings.transport
        headers = NoticeHeaders(
            sender_name=in_language(sender.name, notice.language),
            sender_address=sender.address,
            message_domain=sender.address.rpartition("@")[2],
            reply_to=self.settings.publication.contact or None,
            bounces=sender.bounces,
            extra=transport.headers if isinstance(transport, SmtpSpec) else {},
        )
        return notice_message(
            notices.letter_of(writing, notice),
            headers,
            email=notice.email,
            number=notice.id,
            # Of no edition, so that what comes back of it counts for none.
            token=self.ring.return_token(0, notice.id),
            date=notice.created_at,
        )

    def _button(self, notice: Notice) -> str | None:
        """Where the button of a notice leads."""
        base, link = self.settings.public.base_url, notice.content.get("link", "")
        match notice.kind:
            case NoticeKind.CONFIRM:
                return f"{base}/c/{self.ring.sign(Purpose.CONFIRM, link)}"
            case NoticeKind.ADDRESS:
                return f"{base}/a/{self.ring.sign(Purpose.ADDRESS, link)}"
            case NoticeKind.MOVED:
                return None

    def _pace_of(self, edition: EditionEntry) -> Pace:
        digest = self.settings.digest_named(edition.digest)
        return self.pace.sent_by(digest.sender_in(edition.language, self.settings.sender).address)

    def _opens_at(self, edition: EditionEntry) -> datetime | None:
        digest = self.settings.digest_named(edition.digest)
        return opens_at(digest.window, digest.timezone, self.clock())

    def _tokens_of(self, delivery: Delivery, edition: EditionEntry) -> Mapping[Personal, str]:
        return self.tokens(delivery.subscriber, edition.digest)
