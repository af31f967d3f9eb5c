"""A town of readers, a publisher and a program that dies now and then: what may happen to whom."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from newsletter.delivery.pace import Unhurried
from newsletter.delivery.transport import always
from newsletter.editions.slot import slot_at
from newsletter.flows.choosing import Run
from newsletter.flows.compose import compose
from newsletter.flows.feedback import take
from newsletter.flows.person import UnknownPerson, erase
from newsletter.flows.send import Mailing, deliver
from newsletter.model.delivery import Accepted, Delivery, DeliveryState, Message, Outcome
from newsletter.model.edition import EditionEntry
from newsletter.model.feedback import Arrived, Reason, Report, ReportKind
from newsletter.model.letter import Personal
from newsletter.model.specs import Digest, OnUnknown
from newsletter.model.subscriber import Cadence
from newsletter.store import readers, schema
from newsletter.store.database import Database, Tx
from newsletter.store.tables import deliveries, subscribers
from newsletter.subscribers.address import key
from tests.flows.mailings import HEADERS, NOW
from tests.flows.persons import RING, Town, origin
from tests.flows.printing import digest, press
from tests.flows.sources import collected, draft

DIGESTS = ("daily", "weekly")
_QUAY = re.compile(r"Quay (\d+) in")


class Crash(Exception):
    """The program dies here."""


class MortalDatabase(Database):
    """A database whose program dies at the commit that it is told, right before it or right after:
    from then on nothing is written any more."""

    commits_left: int | None = None
    dies_before = True
    dead = False

    def die_after(self, commits: int, *, before: bool) -> None:
        self.commits_left, self.dies_before = commits, before

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        if self.dead:
            raise Crash
        with super().begin() as tx:
            yield tx
            if self.dies_before and self._is_over():
                raise Crash
        if not self.dies_before and self._is_over():
            raise Crash

    def _is_over(self) -> bool:
        if self.commits_left is None or self.dead:
            return self.dead
        self.commits_left -= 1
        self.dead = self.commits_left < 0
        return self.dead


@dataclass
class Reader:
    """What somebody wants, as they know it themselves: not read from the store.

    `welcome` are the digests that may come; `asked` those that they signed up for and have not
    confirmed; `left` those that they ended; `gone` is said of an address that takes no more mail
    from us for good. `told` are the stories they saw, `letters` the Message-IDs they got.
    """

    email: str
    welcome: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    gone: bool = False
    told: set[int] = field(default_factory=set)
    letters: set[str] = field(default_factory=set)


class Postbox:
    """Implements the transport: whatever is handed over is with its reader."""

    def __init__(self, got: Callable[[Message], None]) -> None:
        self.got = got

    def offer(self, message: Message) -> None:
        pass

    def hand_over(
        self,
        message: Message,
        following: Message | None = None,
        *,
        still: Callable[[], bool] = always,
    ) -> Outcome:
        self.got(message)
        return Accepted("250 thank you")

    def withdraw(self) -> None:
        pass

    def room_for(self, letters: int, size: int) -> str | None:
        return None

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass


@dataclass
class World:
    """The program and its readers. Every act is carried out, if it has to be by a program that was
    started again after it died."""

    url: str
    now: datetime = NOW
    people: dict[str, Reader] = field(default_factory=dict)
    published: int = 0
    calls: int = 0
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = MortalDatabase(self.url)
        schema.prepare(self.database)

    @property
    def town(self) -> Town:
        return Town(self.database, self.now, digests=tuple(map(_digest, DIGESTS)))

    def surely(self, act: Callable[[], Any]) -> Any:
        """Do it, again where the program died over it."""
        try:
            return act()
        except Crash:
            self.restart()
            return act()

    def restart(self) -> None:
        self.database.close()
        self.database = MortalDatabase(self.url)

    def reader(self, email: str) -> Reader:
        return self.people.setdefault(email, Reader(email))

    # --- what readers do ---

    def sign_up(self, email: str, name: str, language: str) -> None:
        person = self.reader(email)
        self.surely(lambda: self.town.sign_up(email, name, language=language))
        person.asked.add(name)

    def confirm(self, email: str) -> None:
        person = self.reader(email)
        for which in range(len(self.town.notices(email))):
            self.surely(lambda which=which: self.town.confirm(email, which))  # type: ignore[misc]
        if not person.gone:
            person.welcome |= person.asked
            person.left -= person.asked
            person.asked.clear()

    def leave(self, email: str, name: str) -> None:
        if self.is_known(email):
            self.surely(lambda: self.town.leave(email, name))
            person = self.reader(email)
            person.welcome.discard(name)
            person.asked.discard(name)
            person.left.add(name)

    def choose(self, email: str, languages: tuple[str, ...], cadence: Cadence) -> None:
        """How somebody reads what they read, said on their own page."""
        if self.is_known(email):
            token = self.town.preferences_token(email)
            before = self.town.readers.preferences(token)
            assert before is not None
            choices = tuple(
                replace(each, languages=languages, cadence=cadence) for each in before.digests
            )
            wanted = replace(before, digests=choices)
            self.surely(lambda: self.town.readers.save(token, wanted, origin()))

    # --- what others do ---

    def import_row(self, email: str, name: str, status: str) -> None:
        person = self.reader(email)
        self.surely(lambda: self.town.listed(email, status, name))
        if status != "active":
            person.welcome.discard(name)
            person.asked.discard(name)
            person.left.add(name)
        elif not person.gone and name not in person.left | person.asked:
            person.welcome.add(name)

    def came_back(self, email: str, kind: ReportKind) -> None:
        """A report of the last letter that somebody got."""
        person = self.reader(email)
        if not person.letters or not self.is_known(email):
            return
        token = max(person.letters).partition("@")[0].rpartition(".")[2]
        report = Report(recipient=email, kind=kind, status="5.1.1", reason=_why(kind), token=token)
        arrived = Arrived(keys=(f"mail {self.calls}",), reports=(report,))
        self.calls += 1
        self.surely(lambda: take(self.database, RING, arrived, self.now))
        person.gone = True
        person.welcome.clear()

    def erase(self, email: str) -> None:
        """Take a person away: one who comes again is somebody new, unless they had left."""
        person = self.reader(email)
        try:
            self.surely(lambda: erase(self.database, email, RING.address_hash, self.now))
        except UnknownPerson:
            return
        kept = set(DIGESTS) if person.left or person.gone else set()
        self.people[email] = Reader(email, left=kept, gone=person.gone)

    # --- what the publisher does ---

    def publish(self, languages: tuple[str, ...]) -> None:
        self.published += 1
        when = (self.now - timedelta(hours=1)).isoformat()
        number = self.published
        made = [
            draft(number, each, published=when, translation_key=f"k{number}") for each in languages
        ]
        collected(self.database, *made, now=self.now)

    def send(self, name: str, *, dies_after: int | None, before: bool) -> None:
        """Run the next slot of a digest; the program dies at some commit of it, or does not."""
        self.now += timedelta(days=1)
        if dies_after is not None:
            self.database.die_after(dies_after, before=before)
        self.surely(lambda: self._send(name))
        self.restart()

    def _send(self, name: str) -> None:
        slot = slot_at(self.now.replace(tzinfo=None), "UTC")
        made = Run(digest=_digest(name), slot=slot, rehearsal=False, now=self.now)
        compose(self.database, press(), made)
        deliver(self.database, self._mailing())

    def _mailing(self) -> Mailing:
        return Mailing(
            rehearsal=False,
            connections=1,
            open_transport=lambda: Postbox(self._got),
            headers=lambda edition: HEADERS,
            on_unknown=lambda digest: OnUnknown.HOLD,
            tokens=_tokens,
            return_token=lambda each: RING.return_token(each.edition, each.subscriber),
            pace=lambda edition: Unhurried(),
            clock=lambda: self.now,
        )

    def _got(self, message: Message) -> None:
        """A letter is with its reader: is it one that they want, and is all of it new to them?"""
        person = self.reader(message.recipient)
        name = message.message_id.partition("-")[0]
        body = message_from_bytes(message.content, policy=policy.default).get_body(("plain",))
        assert body is not None
        stories = {int(number) for number in _QUAY.findall(body.get_content())}
        if name not in person.welcome:
            self.faults.append(f"{person.email} was mailed {name}")
        if message.message_id in person.letters:
            self.faults.append(f"{person.email} got {message.message_id} twice")
        if person.told & stories:
            self.faults.append(f"{person.email} was told {person.told & stories} twice")
        person.told |= stories
        person.letters.add(message.message_id)

    def held(self, email: str) -> int:
        """How many letters somebody may have got or not, and does not get again."""
        with self.database.read() as tx:
            counted = (
                sa.select(sa.func.count())
                .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
                .where(subscribers.c.email == email, deliveries.c.state == DeliveryState.HELD.value)
            )
            return int(tx.run(counted).scalar_one())

    def is_known(self, email: str) -> bool:
        with self.database.read() as tx:
            return readers.by_key(tx, key(email)) is not None


def _digest(name: str) -> Digest:
    return digest(name=name, title=name.title(), max_age=timedelta(days=7))


def _tokens(delivery: Delivery, edition: EditionEntry) -> Mapping[Personal, str]:
    return dict.fromkeys(Personal, f"t{delivery.subscriber}")


def _why(kind: ReportKind) -> Reason | None:
    return Reason.NO_MAILBOX if kind is ReportKind.HARD else None
