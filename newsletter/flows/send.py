"""Send: everything that is frozen, to everybody it is owed to.

One process at a time delivers from a database; it may use several connections. What a delivery is
about to do is committed before, what became of it right after: a kill at any moment loses nobody,
and leaves in doubt only what was in flight on each connection.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from newsletter.delivery.compile import (
    CompiledLetter,
    LetterHeaders,
    compile_letter,
    size_of,
)
from newsletter.delivery.headers import Unaddressable
from newsletter.delivery.pace import Pace
from newsletter.delivery.retry import expires_at, next_try
from newsletter.delivery.transport import Transport, TransportFault
from newsletter.lib.errors import NewsletterError
from newsletter.model.delivery import (
    SETTLED,
    Accepted,
    Deferred,
    Delivery,
    DeliveryState,
    InDoubt,
    Outcome,
    Refused,
    Untouched,
)
from newsletter.model.edition import EditionEntry, EditionState
from newsletter.model.event import Event, EventKind
from newsletter.model.letter import Personal
from newsletter.model.specs import OnUnknown
from newsletter.store import deliveries, editions, events
from newsletter.store.database import Database, Tx

Clock = Callable[[], datetime]

# A server that closes every connection before taking a message is left alone after so many.
_PATIENCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """How editions of this project are sent: everything that the ledger does not say.

    `headers` and `on_unknown` answer for an edition; `tokens` gives what stands in a reader's
    links. `stop` is set when the process is asked to end: messages begun are finished.
    """

    rehearsal: bool
    connections: int
    open_transport: Callable[[], Transport]
    headers: Callable[[EditionEntry], LetterHeaders]
    on_unknown: Callable[[str], OnUnknown]
    tokens: Callable[[Delivery, EditionEntry], Mapping[Personal, str]]
    pace: Pace
    clock: Clock
    stop: threading.Event = field(default_factory=threading.Event)
    progress: Callable[[EditionEntry, DeliveryState], None] = lambda edition, state: None


def deliver(database: Database, mailing: Mailing) -> list[EditionEntry]:
    """Deliver all that can be delivered now; return the editions that were worked on.

    TransportFault when the way out itself is wrong: nobody is marked for it. An edition that
    cannot be sent for another reason is paused with that reason.
    """
    worked_on = []
    with database.exclusive("sending"):
        with database.begin() as tx:
            waiting = editions.unfinished(tx, rehearsal=mailing.rehearsal)
            for edition in waiting:
                _recover(tx, edition, mailing)
        for edition in waiting:
            if mailing.stop.is_set():
                break
            worked_on.append(edition)
            try:
                _deliver_edition(database, mailing, edition)
            except TransportFault:
                raise
            except NewsletterError as fault:
                _pause(database, edition, fault)
    return worked_on


def _pause(database: Database, edition: EditionEntry, fault: NewsletterError) -> None:
    """An edition that cannot be made into messages waits for its editor; the others go on."""
    ready = [EditionState.FROZEN, EditionState.SENDING]
    with database.begin() as tx:
        editions.change_state(tx, edition.id, ready, EditionState.PAUSED, reason=str(fault))


def _recover(tx: Tx, edition: EditionEntry, mailing: Mailing) -> None:
    """We alone are sending: what is claimed was left in flight by a process that died."""
    deliveries.claimed_to_unknown(tx, edition.id)
    match mailing.on_unknown(edition.digest):
        case OnUnknown.RESEND:
            deliveries.decide_unknown(tx, edition.id, DeliveryState.QUEUED)
        case OnUnknown.HOLD:
            deliveries.decide_unknown(tx, edition.id, DeliveryState.HELD)


def _deliver_edition(database: Database, mailing: Mailing, edition: EditionEntry) -> None:
    with database.read() as tx:
        letter = editions.letter_of(tx, edition.id)
    compiled = compile_letter(letter, mailing.headers(edition), key=edition_key(edition))
    _check_room(database, mailing, edition, compiled)
    with database.begin() as tx:
        editions.change_state(tx, edition.id, [EditionState.FROZEN], EditionState.SENDING)
        deliveries.settle_withdrawn(tx, edition.id)
    sender = _Sender(database, mailing, edition, compiled)
    with ThreadPoolExecutor(mailing.connections, "sender") as pool:
        for worker in [pool.submit(sender.work) for _ in range(mailing.connections)]:
            worker.result()
    with database.begin() as tx:
        deliveries.settle_withdrawn(tx, edition.id)
        if _is_finished(tx, edition):
            editions.mark_sent(tx, edition.id, mailing.clock())


def edition_key(edition: EditionEntry) -> str:
    """What names an edition in Message-IDs: the same at every try, another for a rehearsal."""
    rehearsal = "-rehearsal" if edition.rehearsal else ""
    return f"{edition.digest}-{edition.slot.key.replace(':', '')}-{edition.language}{rehearsal}"


def _check_room(
    database: Database, mailing: Mailing, edition: EditionEntry, compiled: CompiledLetter
) -> None:
    with database.read() as tx:
        counted = deliveries.counts(tx, edition.id)
    owed = counted[DeliveryState.QUEUED] + counted[DeliveryState.DEFERRED]
    with mailing.open_transport() as transport:
        if reason := transport.room_for(owed, size_of(compiled)):
            raise TransportFault(reason)


def _is_finished(tx: Tx, edition: EditionEntry) -> bool:
    """Counted, never concluded from an empty look: nothing is queued, claimed, deferred or
    unknown."""
    counted = deliveries.counts(tx, edition.id)
    return sum(counted.values()) == sum(counted[state] for state in SETTLED)


@dataclass(slots=True)
class _Sender:
    """One edition on its way out; `work` runs in a thread for each connection."""

    database: Database
    mailing: Mailing
    edition: EditionEntry
    compiled: CompiledLetter
    _failed: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        """Claim, hand over, settle, until nothing is left that can be tried now."""
        with self._transport() as transport:
            setbacks: list[Delivery] = []
            delivery = self._settle_and_claim(None)
            while delivery is not None:
                outcome = self._hand_over(transport, delivery)
                if isinstance(outcome, Untouched):
                    setbacks.append(delivery)
                    outcome = self._after_setbacks(setbacks, outcome)
                    self.mailing.stop.wait(2.0 ** len(setbacks) / 8)
                else:
                    setbacks.clear()
                delivery = self._settle_and_claim((delivery, outcome))

    def _after_setbacks(self, setbacks: list[Delivery], outcome: Untouched) -> Outcome:
        """The server keeps hanging up: on one reader, whom it so defers, or on everyone."""
        if len(setbacks) < _PATIENCE:
            return outcome
        if len({each.id for each in setbacks}) == 1:
            setbacks.clear()
            return Deferred(outcome.reason)
        self._settle(setbacks[-1], outcome)
        raise TransportFault(f"no message could be handed over: {outcome.reason}")

    @contextmanager
    def _transport(self) -> Iterator[Transport]:
        """A connection of one's own; when one thread meets a fault the others stop, too."""
        try:
            with self.mailing.open_transport() as transport:
                yield transport
        except BaseException:
            self._failed.set()
            raise

    def _settle_and_claim(self, done: tuple[Delivery, Outcome] | None) -> Delivery | None:
        """One commit between two messages: the result of the last, and the intent of the next."""
        now = self.mailing.clock()
        with self.database.begin() as tx:
            if done:
                self._record(tx, *done, now)
            return None if self._stopped(tx) else deliveries.claim_next(tx, self.edition.id, now)

    def _stopped(self, tx: Tx) -> bool:
        if self.mailing.stop.is_set() or self._failed.is_set():
            return True
        # An editor may pause or cancel it from another terminal.
        current = editions.entry(tx, self.edition.id)
        return current is None or current.state is not EditionState.SENDING

    def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        with self.database.begin() as tx:
            self._record(tx, delivery, outcome, self.mailing.clock())

    def _hand_over(self, transport: Transport, delivery: Delivery) -> Outcome:
        try:
            message = self.compiled.message_for(
                email=delivery.email,
                name=delivery.name,
                token=delivery.token,
                personal=self.mailing.tokens(delivery, self.edition),
                date=delivery.first_tried,
            )
        except Unaddressable as fault:
            return Refused(str(fault))
        domain = message.recipient.rpartition("@")[2]
        while wait := self.mailing.pace.ask(domain):
            time.sleep(wait.seconds)
        try:
            outcome = transport.send(message)
        except TransportFault:
            # Nothing was handed over: this reader is as before, and the run ends.
            with self.database.begin() as tx:
                deliveries.give_back(tx, delivery.id, self.mailing.clock())
            raise
        self.mailing.pace.told(domain, outcome)
        return outcome

    def _record(self, tx: Tx, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        match outcome:
            case Accepted(reply):
                self._settled(tx, delivery, DeliveryState.SENT, reply, now)
            case Refused(reply):
                self._settled(tx, delivery, DeliveryState.REFUSED, reply, now)
                events.record(tx, self._refusal(delivery, reply, now))
            case Deferred(reply):
                self._defer(tx, delivery, reply, now)
            case InDoubt(reason):
                self._doubt(tx, delivery, reason, now)
            case Untouched():
                deliveries.give_back(tx, delivery.id, now)
            case _:
                assert_never(outcome)

    def _settled(
        self, tx: Tx, delivery: Delivery, state: DeliveryState, reply: str, now: datetime
    ) -> None:
        deliveries.settle(tx, delivery.id, state, reply, now)
        tx.after_commit.append(lambda: self.mailing.progress(self.edition, state))

    def _defer(self, tx: Tx, delivery: Delivery, reply: str, now: datetime) -> None:
        if again := self._next_try(delivery, now):
            deliveries.settle(tx, delivery.id, DeliveryState.DEFERRED, reply, now, again)
        else:
            self._settled(tx, delivery, DeliveryState.REFUSED, f"given up after: {reply}", now)

    def _doubt(self, tx: Tx, delivery: Delivery, reason: str, now: datetime) -> None:
        """No answer came: the digest's rule says whether the same message goes out once more, and
        then not at once: a server that always hangs up would get it again and again."""
        resend = self.mailing.on_unknown(self.edition.digest) is OnUnknown.RESEND
        if resend and (again := self._next_try(delivery, now)):
            deliveries.settle(tx, delivery.id, DeliveryState.DEFERRED, reason, now, again)
        else:
            self._settled(tx, delivery, DeliveryState.HELD, reason, now)

    def _next_try(self, delivery: Delivery, now: datetime) -> datetime | None:
        return next_try(
            delivery.attempts,
            now,
            expires=expires_at(self.edition.slot.at, delivery.first_tried),
            spread=random.uniform(-1, 1),  # noqa: S311 - spreads load, guards nothing
        )

    def _refusal(self, delivery: Delivery, reply: str, now: datetime) -> Event:
        return Event(
            at=now,
            kind=EventKind.REFUSAL,
            subscriber=delivery.subscriber,
            edition=self.edition.id,
            digest=self.edition.digest,
            detail=reply,
        )
