"""Send: everything that is frozen, to everybody it is owed to.

Any number of processes may do so from one database; each may use several connections. What a
delivery is about to do is committed before, what became of it right after: a kill at any moment
loses nobody, and leaves in doubt only what was in flight on each connection.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from newsletter.delivery.compile import CompiledLetter, LetterHeaders, compile_letter, size_of
from newsletter.delivery.pace import Pace
from newsletter.delivery.retry import expires_at
from newsletter.delivery.transport import Transport, TransportFault
from newsletter.delivery.watch import Watch
from newsletter.flows.decide import Decision
from newsletter.flows.handover import Handover
from newsletter.flows.ledger import Ledger
from newsletter.lib.errors import NewsletterError
from newsletter.lib.memory import keep_few_arenas
from newsletter.model.delivery import SETTLED, Delivery, DeliveryState, Message
from newsletter.model.edition import EditionEntry, EditionState
from newsletter.model.letter import Letter, Personal
from newsletter.model.specs import OnUnknown
from newsletter.store import chunks, deliveries, editions, variants
from newsletter.store.chunks import LEASE
from newsletter.store.database import Database, DatabaseAway, DatabaseFault, Tx

Clock = Callable[[], datetime]

# Looks at a database that went away, a second apart: a server that crashed is there again by then.
# (With one that is full or locked it is no use: some of it might be written, and some not.)
_DATABASE_TRIES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """How editions of this project are sent: everything that the ledger does not say.

    `headers`, `pace` and `on_unknown` answer for an edition; `tokens` gives what stands in a
    reader's links, `return_token` what names a delivery when its message comes back. `alarm` is
    told what somebody should know at once. `opens_at` is when an edition may go on, None while it
    may. `stop` is set when the process is asked to end: messages begun are finished. `looks_ahead`
    says that the transport can make use of the next message while it hands one over. `sign` is
    applied to every message.
    """

    rehearsal: bool
    connections: int
    open_transport: Callable[[], Transport]
    headers: Callable[[EditionEntry], LetterHeaders]
    on_unknown: Callable[[str], OnUnknown]
    tokens: Callable[[Delivery, EditionEntry], Mapping[Personal, str]]
    return_token: Callable[[Delivery], str]
    pace: Callable[[EditionEntry], Pace]
    clock: Clock
    opens_at: Callable[[EditionEntry], datetime | None] = lambda edition: None
    stop: threading.Event = field(default_factory=threading.Event)
    progress: Callable[[EditionEntry, DeliveryState], None] = lambda edition, state: None
    alarm: Callable[[str], object] = lambda words: None
    looks_ahead: bool = False
    sign: Callable[[Message], Message] = lambda message: message
    lease: timedelta = LEASE


@dataclass(slots=True)
class CompiledLetters:
    """The letters of an edition, each compiled when the first of its readers comes."""

    database: Database
    edition: EditionEntry
    headers: LetterHeaders
    _compiled: dict[int | None, CompiledLetter] = field(default_factory=dict)

    def compiled(self, variant: int | None) -> CompiledLetter:
        """A variant by its number, or the edition's own letter. (Two threads may compile one at
        once: that takes milliseconds, and the two are the same.)"""
        if variant not in self._compiled:
            key = edition_key(self.edition)
            self._compiled[variant] = compile_letter(self._letter(variant), self.headers, key=key)
        return self._compiled[variant]

    def _letter(self, variant: int | None) -> Letter:
        with self.database.read() as tx:
            if variant is None:
                return editions.letter_of(tx, self.edition.id)
            return variants.letter_of(tx, variant)


def deliver(database: Database, mailing: Mailing) -> list[EditionEntry]:
    """Deliver all that can be delivered now; return the editions that were worked on.

    TransportFault when the way out itself is wrong: nobody is marked for it. An edition that cannot
    be sent for another reason is paused with that reason. DatabaseFault when the database cannot be
    written to, or stays away for a minute.
    """
    with database.read() as tx:
        waiting = editions.unfinished(tx, rehearsal=mailing.rehearsal)
    worked_on = []
    for edition in waiting:
        if mailing.stop.is_set():
            break
        if mailing.opens_at(edition):
            continue
        worked_on.append(edition)
        try:
            _deliver_patiently(database, mailing, edition)
        except (TransportFault, DatabaseFault):
            raise
        except NewsletterError as fault:
            _pause(database, edition, str(fault))
    return worked_on


def _deliver_patiently(database: Database, mailing: Mailing, edition: EditionEntry) -> None:
    """Deliver an edition. When the database goes away nothing is handed over any more, and when it
    comes back all goes on as after a crash."""
    tries = 0
    while True:
        try:
            _deliver_edition(database, mailing, edition)
        except DatabaseAway:
            tries += 1
            if tries == _DATABASE_TRIES or mailing.stop.wait(1.0):
                raise
        else:
            return


def _pause(database: Database, edition: EditionEntry, reason: str) -> None:
    """An edition that needs somebody to look at it waits for its editor; the others go on."""
    ready = [EditionState.FROZEN, EditionState.SENDING]
    with database.begin() as tx:
        editions.change_state(tx, edition.id, ready, EditionState.PAUSED, reason=reason)


def _deliver_edition(database: Database, mailing: Mailing, edition: EditionEntry) -> None:
    with database.read() as tx:
        # Services look every few seconds, and readers wait for hours until they are tried again, or
        # for their morning: no letter is compiled, nobody counted, no connection opened for that.
        if chunks.only_waits(tx, edition.id, mailing.clock()):
            return
    letters = CompiledLetters(database, edition, mailing.headers(edition))
    _check_room(database, mailing, edition, letters)
    with database.begin() as tx:
        editions.change_state(tx, edition.id, [EditionState.FROZEN], EditionState.SENDING)
    owner = f"sender-{uuid4().hex}"
    keep_few_arenas()
    with database.present(owner):
        ledger = _ledger(database, mailing, edition, owner)
        handover = _handover(database, mailing, edition, letters, ledger)
        try:
            with ledger.kept():
                handover.run()
        finally:
            _tell_alarms(mailing, handover.pace)
    with database.begin() as tx:
        if _is_finished(tx, edition):
            editions.mark_sent(tx, edition.id, mailing.clock())


def _tell_alarms(mailing: Mailing, pace: Pace) -> None:
    for words in pace.alarms():
        mailing.alarm(words)


def _ledger(database: Database, mailing: Mailing, edition: EditionEntry, owner: str) -> Ledger:
    resend = mailing.on_unknown(edition.digest) is OnUnknown.RESEND
    return Ledger(
        database=database,
        edition=edition.id,
        digest=edition.digest,
        owner=owner,
        connections=mailing.connections,
        unknown=DeliveryState.QUEUED if resend else DeliveryState.HELD,
        clock=mailing.clock,
        told=lambda state: mailing.progress(edition, state),
        lease=mailing.lease,
    )


def _handover(
    database: Database,
    mailing: Mailing,
    edition: EditionEntry,
    letters: CompiledLetters,
    ledger: Ledger,
) -> Handover:
    with database.read() as tx:
        superseded_at = editions.next_slot_at(tx, edition)
    return Handover(
        edition=edition,
        compiled=letters.compiled,
        ledger=ledger,
        pace=mailing.pace(edition),
        open_transport=mailing.open_transport,
        tokens=mailing.tokens,
        return_token=mailing.return_token,
        sign=mailing.sign,
        clock=mailing.clock,
        stop=mailing.stop,
        expires=lambda each: expires_at(edition.slot.at, each.first_tried, superseded_at),
        pause=lambda reason: _pause(database, edition, reason),
        opens_at=lambda: mailing.opens_at(edition),
        looks_ahead=mailing.looks_ahead,
        watch=None if _was_looked_at(edition) else Watch(),
    )


def _was_looked_at(edition: EditionEntry) -> bool:
    """Whether somebody has let it go on after it was paused."""
    return (edition.reason or "").startswith(Decision.RESUME)


def edition_key(edition: EditionEntry) -> str:
    """What names an edition in Message-IDs: the same at every try, another for a rehearsal."""
    rehearsal = "-rehearsal" if edition.rehearsal else ""
    return f"{edition.digest}-{edition.slot.key.replace(':', '')}-{edition.language}{rehearsal}"


def _check_room(
    database: Database, mailing: Mailing, edition: EditionEntry, letters: CompiledLetters
) -> None:
    with database.read() as tx:
        counted = deliveries.counts(tx, edition.id)
    owed = counted[DeliveryState.QUEUED] + counted[DeliveryState.DEFERRED]
    with mailing.open_transport() as transport:
        if reason := transport.room_for(owed, size_of(letters.compiled(None))):
            raise TransportFault(reason)


def _is_finished(tx: Tx, edition: EditionEntry) -> bool:
    """Counted, never concluded from an empty look: nothing is queued, claimed, deferred or
    unknown. (The count is saved while chunks are open: then something is.)"""
    if chunks.open_ones(tx, edition.id):
        return False
    counted = deliveries.counts(tx, edition.id)
    return sum(counted.values()) == sum(counted[state] for state in SETTLED)
