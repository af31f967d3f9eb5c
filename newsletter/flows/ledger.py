"""The ledger of one edition, kept by one sender: many connections' events in each transaction.

Before a message's final dot its delivery is claimed, after the reply it is settled, and both are
committed before anything else happens. One commit for each would cost more than the mail itself, so
the events of a moment share one: the first that comes writes for all that wait.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from newsletter.feedback.decide import Blame
from newsletter.flows.feedback import judge, weigh
from newsletter.lib.errors import NewsletterError
from newsletter.model.delivery import Delivery, DeliveryState
from newsletter.model.event import Event
from newsletter.model.feedback import Mailed, Report
from newsletter.store import chunks, deliveries, events
from newsletter.store.chunks import LEASE, Chunk
from newsletter.store.database import Database, Tx
from newsletter.store.deliveries import Settled

# A commit waits for the events of other connections as long as one comes in each such moment
# (seconds), and at most so many moments: near a server they come thick and fast, and a shared
# commit saves more than the wait costs; far from it they do not, and nobody waits for long.
_MOMENT, _MOMENTS = 0.0003, 20
_CROWD = 3 / 4  # of the connections: the last ones are slow, or have nothing to write
_RENEWALS = 4  # in the time of a lease
_MARGIN = 0.9  # of a lease: after so much of it nothing is begun any more


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written of one delivery that is done with."""

    settled: Settled
    event: Event | None = None
    report: Report | None = None  # what it says of the reader, when it failed


@dataclass(slots=True)
class _Turn:
    """Events of one connection that wait for their commit, and what came of it. `wake` is locked
    until they are written, or until it is this one's turn to write."""

    entries: Sequence[Entry]
    claim: Delivery | None
    wake: threading.Lock = field(default_factory=threading.Lock)
    written: bool = False
    granted: bool = False
    error: Exception | None = None


@dataclass(slots=True, kw_only=True)
class Ledger:
    """`edition` is the number of the edition, `digest` the name of its digest, `owner` the name
    under which its chunks are leased, `connections` how many commit through it. `unknown` is what
    becomes of deliveries that a sender left claimed when it died. `told` hears of every delivery
    once it is written; `over` is set when the edition is not to be sent any more."""

    database: Database
    edition: int
    digest: str
    owner: str
    connections: int
    unknown: DeliveryState
    clock: Callable[[], datetime]
    told: Callable[[DeliveryState], object] = lambda state: None
    lease: timedelta = LEASE
    over: threading.Event = field(default_factory=threading.Event)
    _waiting: list[_Turn] = field(default_factory=list)
    _gate: threading.Lock = field(default_factory=threading.Lock)
    _crowd: threading.Event = field(default_factory=threading.Event)
    _writing: bool = False
    _held: dict[int, Chunk] = field(default_factory=dict)
    _valid_until: float = 0.0

    @property
    def resends(self) -> bool:
        """Whether a message goes out once more whose answer was lost."""
        return self.unknown is DeliveryState.QUEUED

    def take(self) -> tuple[Chunk, list[Delivery]] | None:
        """Lease the next chunk with work: what can be tried of it now. None when there is none."""
        chunks.free_the_dead(self.database, self.edition, but=self.owner)
        began = time.monotonic()
        with self.database.begin() as tx:
            now = self.clock()
            chunk = chunks.lease(tx, self.edition, self.owner, self.lease, now)
            if chunk is None:
                return None
            self._recover(tx, chunk)
            waiting = deliveries.waiting(tx, chunk, now)
        if not self._held:
            self._extend(began)
        self._held[chunk.id] = chunk
        return chunk, waiting

    def _recover(self, tx: Tx, chunk: Chunk) -> None:
        """Nobody else works on it: what is claimed was left in flight by a sender that died."""
        deliveries.claimed_to_unknown(tx, self.edition, chunk)
        deliveries.decide_unknown(tx, self.edition, self.unknown, chunk)

    def give_back(self, chunk: Chunk, at: datetime | None = None) -> None:
        """Done with a chunk, for now or for good; what was not tried yet is due at `at`, or now."""
        with self.database.begin() as tx:
            chunks.release(tx, chunk, self.owner, at or self.clock())
        self._held.pop(chunk.id, None)

    def commit(self, entries: Sequence[Entry], claim: Delivery | None = None) -> bool:
        """Write down what became of deliveries, and that another is about to be handed over; False
        when that one must not be: its reader has left, the edition was stopped, or its chunk
        belongs to another sender by now. DatabaseFault when nothing of it could be written."""
        turn = _Turn(entries, claim)
        turn.wake.acquire()
        with self._gate:
            self._waiting.append(turn)
            first, self._writing = not self._writing, True
            if len(self._waiting) >= _CROWD * self.connections:
                self._crowd.set()
        if not first:
            turn.wake.acquire()
        if not turn.written:
            turns = self._gathered()
            self._write(turns)
            self._pass_on(turns)
        if turn.error:
            raise turn.error
        return turn.granted

    def is_valid(self, chunk: int) -> bool:
        """Whether what was claimed of a chunk may be handed over now: asked right before it is, for
        the process may have stood still in between."""
        return chunk in self._held and time.monotonic() < self._valid_until

    def _gathered(self) -> list[_Turn]:
        """All that wait, once most connections do or no more come."""
        for _ in range(_MOMENTS if self.connections > 1 else 0):
            before = len(self._waiting)
            if self._crowd.wait(_MOMENT) or len(self._waiting) == before:
                break
        with self._gate:
            self._crowd.clear()
            turns, self._waiting = self._waiting, []
        return turns

    def _pass_on(self, turns: list[_Turn]) -> None:
        """Wake those whose events are written, and the one who writes next."""
        with self._gate:
            self._writing = bool(self._waiting)
            following = self._waiting[:1]
        for turn in (*turns, *following):
            turn.wake.release()

    def _write(self, turns: list[_Turn]) -> None:
        granted: frozenset[int] = frozenset()
        error = None
        try:
            with self.database.begin() as tx:
                granted = self._written(tx, turns)
        except Exception as fault:  # each of the connections has to hear of it
            error = fault
        for turn in turns:
            turn.written, turn.error = True, error
            turn.granted = turn.claim is not None and turn.claim.id in granted
            for entry in turn.entries if error is None else ():
                self.told(entry.settled.state)

    def _written(self, tx: Tx, turns: list[_Turn]) -> frozenset[int]:
        now = self.clock()
        standing = chunks.standing(tx, list(self._held), self.owner)
        if not standing.sending:
            self.over.set()
        # Who lost a chunk may still tell what surely arrived, and nothing else: its new owner
        # decides about the rest.
        entries = [
            entry
            for turn in turns
            for entry in turn.entries
            if entry.settled.delivery.chunk in standing.owned
            or entry.settled.state is DeliveryState.SENT
        ]
        deliveries.settle(tx, [entry.settled for entry in entries], now)
        self._count(tx, entries, now)
        claims = [turn.claim for turn in turns if turn.claim and turn.claim.chunk in standing.valid]
        return deliveries.claim(tx, claims) if claims and standing.sending else frozenset()

    def _count(self, tx: Tx, entries: Sequence[Entry], now: datetime) -> None:
        """What a refusal says of a reader counts as if it had come back later."""
        blame: Report | None = None
        for entry in entries:
            if entry.event:
                events.record(tx, entry.event)
            if entry.report is None:
                continue
            reader = entry.settled.delivery.subscriber
            letter = Mailed(edition=self.edition, digest=self.digest, subscriber=reader)
            if isinstance(judge(tx, letter, entry.report, now), Blame):
                blame = entry.report
        if blame:
            weigh(tx, self.edition, blame, now)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the leases alive, however long a server takes to answer."""
        done = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(done,), name="leases", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            done.set()
            keeper.join()

    def _keep(self, done: threading.Event) -> None:
        while not done.wait(self.lease.total_seconds() / _RENEWALS):
            began = time.monotonic()
            # A database that is away for a moment costs the leases only when it stays away.
            with suppress(NewsletterError), self.database.begin() as tx:
                held = list(self._held)
                renewed = chunks.renew(tx, held, self.owner, self.lease)
                tx.after_commit.append(partial(self._renewed, began, set(held) - renewed))

    def _renewed(self, began: float, lost: set[int]) -> None:
        """What was lost while the process stood still is let go of first: the time of the others'
        leases must not hold for it."""
        for chunk in lost:
            self._held.pop(chunk, None)
        self._extend(began)

    def _extend(self, began: float) -> None:
        self._valid_until = began + _MARGIN * self.lease.total_seconds()
