"""Hand over: one edition on its way out, through several connections of one sender."""

import random
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from newsletter.delivery.compile import CompiledLetter
from newsletter.delivery.headers import Unaddressable
from newsletter.delivery.pace import Pace
from newsletter.delivery.reported import given_up, refusal
from newsletter.delivery.retry import next_try
from newsletter.delivery.transport import Transport, TransportFault, Unreachable
from newsletter.delivery.watch import Watch
from newsletter.feedback.said import reason_in
from newsletter.flows.ledger import Entry, Ledger
from newsletter.model.delivery import (
    Accepted,
    Deferred,
    Delivery,
    DeliveryState,
    InDoubt,
    Message,
    Outcome,
    Refused,
    Untouched,
)
from newsletter.model.edition import EditionEntry
from newsletter.model.event import Event, EventKind
from newsletter.model.feedback import Reason
from newsletter.model.letter import Personal
from newsletter.store.chunks import Chunk
from newsletter.store.deliveries import Settled

# A server that closes every connection before taking a message is left alone after so many.
_PATIENCE = 4
_PUT_OFF = 30.0  # seconds: who has to wait longer for a domain gives way to the next edition
_SLICE = 0.5  # seconds between two looks whether to stop


@dataclass(slots=True, kw_only=True)
class Handover:
    """One edition on its way out.

    `compiled` gives a variant of the letter by its number, or the edition's own. `expires` says
    until when a reader is tried again. `opens_at` is when the edition may go on, None while it may.
    `pause` is called with a reason when somebody has to look at the edition.
    """

    edition: EditionEntry
    compiled: Callable[[int | None], CompiledLetter]
    ledger: Ledger
    pace: Pace
    open_transport: Callable[[], Transport]
    tokens: Callable[[Delivery, EditionEntry], Mapping[Personal, str]]
    return_token: Callable[[Delivery], str]
    sign: Callable[[Message], Message]
    clock: Callable[[], datetime]
    stop: threading.Event
    expires: Callable[[Delivery], datetime]
    pause: Callable[[str], object]
    opens_at: Callable[[], datetime | None] = lambda: None
    looks_ahead: bool = False
    watch: Watch | None = None
    _queue: deque[Delivery] = field(default_factory=deque)
    _chunks: dict[int, Chunk] = field(default_factory=dict)
    _in_hand: Counter[int] = field(default_factory=Counter)
    _nothing_left: bool = False
    _resumes_at: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _failed: threading.Event = field(default_factory=threading.Event)
    _anything_went: bool = False

    def run(self) -> None:
        """Hand over until nothing is left that can be tried now; what was not worked off is given
        back in any case."""
        connections = self.ledger.connections
        try:
            with ThreadPoolExecutor(connections, "sender") as pool:
                workers = [pool.submit(self._work) for _ in range(connections)]
            for worker in workers:
                worker.result()
            if self._queue and not self._stopped():
                self._work()  # what those had in hand that found no connection
        finally:
            self._close()

    def _work(self) -> None:
        """One connection: offer, claim, hand over and settle, again and again."""
        pending: list[Entry] = []  # results that the next commit takes along
        with self._transport() as transport:
            try:
                self._send_all(transport, pending)
            finally:
                self._commit(pending)

    def _send_all(self, transport: Transport, pending: list[Entry]) -> None:
        setbacks: list[int] = []
        current = self._next(wait=True)
        while current is not None:
            delivery, message = current
            try:
                transport.offer(message)
            except TransportFault:
                with self._lock:
                    self._queue.appendleft(delivery)
                raise
            if not self._commit(pending, delivery):
                transport.withdraw()
                current = self._next(wait=True)
                continue
            following = self._next(wait=False) if self.looks_ahead else None
            outcome = self._handed_over(transport, delivery, message, following)
            if isinstance(outcome, Untouched):
                self._set_back(setbacks, delivery, outcome)
            else:
                self._anything_went = True
                setbacks.clear()
                pending.append(self._entry(delivery, outcome))
            current = following or self._next(wait=False)
            if current is None:
                self._commit(pending)
                current = self._next(wait=True)

    @contextmanager
    def _transport(self) -> Iterator[Transport]:
        """A connection of one's own. When one thread meets a fault the others stop too, unless it
        only found no room: a server may want fewer connections than it is offered."""
        try:
            with self.open_transport() as transport:
                yield transport
        except Unreachable:
            if not self._anything_went and not self.stop.is_set():
                self._failed.set()
                raise
        except BaseException:
            self._failed.set()
            raise

    # --- what comes next ------------------------------------------------------------------------

    def _next(self, *, wait: bool) -> tuple[Delivery, Message] | None:
        """The next delivery that may go, and its message; None when there is none (any more), or
        none that may go at once when nobody is to `wait`."""
        while (delivery := self._taken(wait=wait)) is not None:
            try:
                return delivery, self._message(delivery)
            except Unaddressable as fault:
                self._commit([self._entry(delivery, Refused(str(fault)))])
        return None

    def _taken(self, *, wait: bool) -> Delivery | None:
        while not self._stopped():
            with self._lock:
                self._refill()
                found, pause, put_off = self._first_that_may_go()
                idle = not self._queue
            self._commit([self._put_off(each, seconds) for each, seconds in put_off])
            if found is not None or not wait or (idle and not put_off):
                return found
            if not idle:
                self.stop.wait(min(pause, _SLICE))
        return None

    def _stopped(self) -> bool:
        if self.stop.is_set() or self._failed.is_set() or self.ledger.over.is_set():
            return True
        if self._resumes_at is None:
            self._resumes_at = self.opens_at()
        return self._resumes_at is not None

    def _refill(self) -> None:
        """Have enough at hand for every connection."""
        while len(self._queue) < self.ledger.connections and not self._nothing_left:
            taken = self.ledger.take()
            if taken is None:
                self._nothing_left = True
                return
            chunk, waiting = taken
            if not waiting:
                self.ledger.give_back(chunk)
                continue
            self._chunks[chunk.id] = chunk
            self._in_hand[chunk.id] = len(waiting)
            self._queue.extend(waiting)

    def _first_that_may_go(
        self,
    ) -> tuple[Delivery | None, float, list[tuple[Delivery, float]]]:
        """The first whose domain takes letters now; else the seconds until one may; and those who
        would have to wait so long that they are put off."""
        pause = _SLICE
        put_off: list[tuple[Delivery, float]] = []
        for _ in range(len(self._queue)):
            delivery = self._queue.popleft()
            wait = self.pace.ask(delivery.email.rpartition("@")[2])
            if wait is None:
                return delivery, 0.0, put_off
            if wait.relay:
                self._queue.appendleft(delivery)
                if wait.seconds > _PUT_OFF:
                    self._resumes_at = self.clock() + timedelta(seconds=wait.seconds)
                return None, wait.seconds, put_off
            if wait.seconds > _PUT_OFF:
                put_off.append((delivery, wait.seconds))
            else:
                self._queue.append(delivery)
                pause = min(pause, wait.seconds)
        return None, pause, put_off

    def _message(self, delivery: Delivery) -> Message:
        return self.sign(
            self.compiled(delivery.variant).message_for(
                email=delivery.email,
                name=delivery.name,
                token=self.return_token(delivery),
                personal=self.tokens(delivery, self.edition),
                date=delivery.first_tried,
            )
        )

    # --- what is written down -------------------------------------------------------------------

    def _commit(self, entries: list[Entry], claim: Delivery | None = None) -> bool:
        """Write it down, and let go of the deliveries that are done with: `entries` is emptied."""
        if not entries and claim is None:
            return False
        granted = self.ledger.commit(tuple(entries), claim)
        for entry in entries:
            self._done_with(entry.settled.delivery)
        entries.clear()
        if claim is not None and not granted:
            self._done_with(claim)
        return granted

    def _done_with(self, delivery: Delivery) -> None:
        with self._lock:
            self._in_hand[delivery.chunk] -= 1
            done = self._in_hand[delivery.chunk] == 0
            chunk = self._chunks.pop(delivery.chunk) if done else None
        if chunk is not None:
            self.ledger.give_back(chunk)

    def _close(self) -> None:
        """Give back what was not worked off."""
        for chunk in self._chunks.values():
            self.ledger.give_back(chunk, self._resumes_at)
        self._chunks.clear()

    # --- what a connection does -----------------------------------------------------------------

    def _handed_over(
        self,
        transport: Transport,
        delivery: Delivery,
        message: Message,
        following: tuple[Delivery, Message] | None,
    ) -> Outcome:
        try:
            outcome = transport.hand_over(
                message,
                following[1] if following else None,
                still=lambda: self.ledger.is_valid(delivery.chunk),
            )
        except TransportFault as fault:
            # Nothing was handed over: this reader is as before, and the run ends.
            self.ledger.commit([_untouched(delivery, str(fault))])
            raise
        self.pace.told(message.recipient.rpartition("@")[2], outcome)
        reason = self.watch.look(outcome) if self.watch else None
        if reason is not None:
            self.pause(reason)
        return outcome

    def _set_back(self, setbacks: list[int], delivery: Delivery, outcome: Untouched) -> None:
        """The server keeps hanging up: on one reader, whom it so defers, or on everyone."""
        setbacks.append(delivery.id)
        if len(setbacks) >= _PATIENCE and len(set(setbacks)) == 1:
            setbacks.clear()
            self._commit([self._entry(delivery, Deferred(outcome.reason))])
            return
        self.ledger.commit([_untouched(delivery, outcome.reason)])
        if len(setbacks) >= _PATIENCE:
            raise TransportFault(f"no message could be handed over: {outcome.reason}")
        with self._lock:
            self._queue.append(delivery)  # behind those that have not had their turn
        self.stop.wait(2.0 ** len(setbacks) / 8)

    def _entry(self, delivery: Delivery, outcome: Outcome) -> Entry:
        match outcome:
            case Accepted(reply):
                return Entry(Settled(delivery, DeliveryState.SENT, reply))
            case Refused(reply):
                refused = Settled(delivery, DeliveryState.REFUSED, reply)
                return Entry(refused, self._refusal(delivery, reply), refusal(outcome))
            case Deferred(reply):
                if again := self._next_try(delivery):
                    return Entry(Settled(delivery, DeliveryState.DEFERRED, reply, again))
                settled = Settled(delivery, DeliveryState.REFUSED, f"given up after: {reply}")
                return Entry(settled, report=given_up(outcome, reason_in(reply)))
            case InDoubt(reason):
                # The digest's rule says whether the same message goes out once more, and then not
                # at once: a server that always hangs up would get it again and again.
                if self.ledger.resends and (again := self._next_try(delivery)):
                    return Entry(Settled(delivery, DeliveryState.DEFERRED, reason, again))
                return Entry(Settled(delivery, DeliveryState.HELD, reason))
            case Untouched(reason):
                return _untouched(delivery, reason)
            case _:
                assert_never(outcome)

    def _put_off(self, delivery: Delivery, seconds: float) -> Entry:
        """Its domain takes nothing for a while: it waits where others can take it up."""
        at = self.clock() + timedelta(seconds=seconds)
        reply = "waits: its domain asked for patience"
        if at > self.expires(delivery):
            settled = Settled(delivery, DeliveryState.REFUSED, "given up: its domain is slow")
            return Entry(settled, report=given_up(Deferred(reply), Reason.RATE))
        return Entry(Settled(delivery, DeliveryState.DEFERRED, reply, at))

    def _next_try(self, delivery: Delivery) -> datetime | None:
        return next_try(
            delivery.attempts + 1,
            self.clock(),
            expires=self.expires(delivery),
            spread=random.uniform(-1, 1),  # noqa: S311 - spreads load, guards nothing
        )

    def _refusal(self, delivery: Delivery, reply: str) -> Event:
        return Event(
            at=self.clock(),
            kind=EventKind.REFUSAL,
            subscriber=delivery.subscriber,
            edition=self.edition.id,
            digest=self.edition.digest,
            detail=reply,
        )


def _untouched(delivery: Delivery, reason: str) -> Entry:
    return Entry(Settled(delivery, DeliveryState.QUEUED, reason, tried=False))
