"""The ledger as a sender keeps it: what is committed when, and what a lost lease forbids."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from newsletter.delivery.reported import refusal
from newsletter.flows.ledger import Entry, Ledger
from newsletter.model.delivery import DeliveryState, Refusal, Refused
from newsletter.model.edition import EditionState
from newsletter.store import audience, chunks, editions, subscribers
from newsletter.store.audience import Audience
from newsletter.store.chunks import Chunk
from newsletter.store.database import Database
from newsletter.store.deliveries import Settled
from tests.flows.mailings import NOW, addresses, frozen, states
from tests.waiting import until

SENT, QUEUED, CLAIMED = DeliveryState.SENT, DeliveryState.QUEUED, DeliveryState.CLAIMED
ANN, BOB = "ann@example.com", "bob@example.com"


def ledger(database: Database, number: int, **changes: Any) -> Ledger:
    with database.begin() as tx:
        editions.change_state(tx, number, [EditionState.FROZEN], EditionState.SENDING)
    known: dict[str, Any] = {
        "database": database,
        "edition": number,
        "digest": "daily",
        "owner": "me",
        "connections": 1,
        "unknown": QUEUED,
        "clock": lambda: NOW,
    }
    return Ledger(**known | changes)


def lose(database: Database, chunk: Chunk) -> None:
    """Another sender takes the chunk, as if the lease had been over."""
    with database.begin() as tx:
        chunks.release(tx, chunk, "me", NOW)
        assert chunks.lease(tx, chunk.edition, "another", timedelta(minutes=1), NOW)


def test_a_claim_is_committed_when_it_is_granted(database: Database) -> None:
    number = frozen(database, ANN, BOB)
    kept = ledger(database, number)
    taken = kept.take()
    assert taken is not None
    assert kept.commit([], taken[1][0])
    assert states(database, number) == {ANN: CLAIMED, BOB: QUEUED}


def test_a_delivery_is_claimed_only_once(database: Database) -> None:
    kept = ledger(database, frozen(database, ANN))
    taken = kept.take()
    assert taken is not None
    assert kept.commit([], taken[1][0])
    assert not kept.commit([], taken[1][0])


def test_a_result_and_the_next_claim_go_together(database: Database) -> None:
    number = frozen(database, ANN, BOB)
    kept = ledger(database, number)
    taken = kept.take()
    assert taken is not None
    ann, bob = taken[1]
    assert kept.commit([], ann)
    assert kept.commit([Entry(Settled(ann, SENT, "250"))], bob)
    assert states(database, number) == {ANN: SENT, BOB: CLAIMED}


def test_many_connections_share_commits_and_each_hears_of_its_own(database: Database) -> None:
    number = frozen(database, *addresses(40))
    with database.begin() as tx:
        subscribers.unsubscribe(tx, 3, "daily")
    kept = ledger(database, number, connections=8)
    taken = kept.take()
    assert taken is not None
    with ThreadPoolExecutor(8) as pool:
        granted = dict(
            zip(taken[1], pool.map(lambda each: kept.commit([], each), taken[1]), strict=True)
        )
    assert {each.subscriber for each, given in granted.items() if not given} == {3}


def test_a_paused_edition_grants_nothing_and_still_takes_results(database: Database) -> None:
    number = frozen(database, ANN, BOB)
    kept = ledger(database, number)
    taken = kept.take()
    assert taken is not None
    ann, bob = taken[1]
    kept.commit([], ann)
    with database.begin() as tx:
        editions.change_state(tx, number, [EditionState.SENDING], EditionState.PAUSED)
    assert not kept.commit([Entry(Settled(ann, DeliveryState.REFUSED, "550 no"))], bob)
    assert kept.over.is_set()
    assert states(database, number) == {ANN: DeliveryState.REFUSED, BOB: QUEUED}


def test_who_lost_a_chunk_claims_nothing_of_it(database: Database) -> None:
    number = frozen(database, ANN)
    kept = ledger(database, number)
    taken = kept.take()
    assert taken is not None
    lose(database, taken[0])
    assert not kept.commit([], taken[1][0])
    assert states(database, number) == {ANN: QUEUED}


def test_who_lost_a_chunk_tells_only_what_arrived(database: Database) -> None:
    number = frozen(database, ANN, BOB)
    kept = ledger(database, number)
    taken = kept.take()
    assert taken is not None
    ann, bob = taken[1]
    for each in (ann, bob):
        kept.commit([], each)
    lose(database, taken[0])
    later = NOW + timedelta(minutes=5)
    kept.commit([Entry(Settled(ann, DeliveryState.DEFERRED, "450 later", later))])
    kept.commit([Entry(Settled(bob, SENT, "250"))])
    assert states(database, number) == {ANN: CLAIMED, BOB: SENT}


def test_a_lease_that_is_over_grants_nothing_even_where_nobody_took_the_chunk(
    database: Database,
) -> None:
    number = frozen(database, ANN)
    kept = ledger(database, number, lease=timedelta(seconds=-1))
    taken = kept.take()
    assert taken is not None
    assert not kept.commit([], taken[1][0])
    assert not kept.is_valid(taken[0].id)


def test_a_kept_lease_outlives_its_length(database: Database) -> None:
    kept = ledger(database, frozen(database, ANN), lease=timedelta(seconds=0.4))
    taken = kept.take()
    assert taken is not None
    with kept.kept():
        threading.Event().wait(1.2)
        assert kept.is_valid(taken[0].id)
        assert kept.commit([], taken[1][0])


def test_keeping_the_leases_does_not_bring_a_lost_chunk_back(database: Database) -> None:
    """The process stood still; its leases are renewed again before its letter goes on."""
    kept = ledger(database, frozen(database, ANN), lease=timedelta(seconds=0.4))
    taken = kept.take()
    assert taken is not None
    assert kept.commit([], taken[1][0])
    lose(database, taken[0])
    with kept.kept():
        until(lambda: not kept.is_valid(taken[0].id), "the chunk is let go of")
        threading.Event().wait(0.5)  # some renewals
        assert not kept.is_valid(taken[0].id)


def test_a_chunk_comes_back_with_what_is_left_of_it(database: Database) -> None:
    kept = ledger(database, frozen(database, ANN, BOB))
    taken = kept.take()
    assert taken is not None
    chunk, (ann, bob) = taken
    kept.commit([], ann)
    kept.commit([Entry(Settled(ann, SENT, "250"))])
    assert kept.take() is None
    kept.give_back(chunk)
    again = kept.take()
    assert again is not None
    assert [each.id for each in again[1]] == [bob.id]


def test_a_chunk_with_a_deferred_reader_is_due_when_the_reader_is(database: Database) -> None:
    number = frozen(database, ANN)
    clock = [NOW]
    kept = ledger(database, number, clock=lambda: clock[0])
    taken = kept.take()
    assert taken is not None
    chunk, (ann,) = taken
    kept.commit([], ann)
    later = NOW + timedelta(minutes=5)
    kept.commit([Entry(Settled(ann, DeliveryState.DEFERRED, "450", later))])
    kept.give_back(chunk)
    with database.read() as tx:
        assert chunks.next_at(tx, rehearsal=False) == later
    assert kept.take() is None
    clock[0] = later
    again = kept.take()
    assert again is not None
    assert (again[1][0].attempts, again[1][0].first_tried) == (1, ann.first_tried)


def test_what_arrived_at_an_address_that_is_gone_suppresses_it(database: Database) -> None:
    kept = ledger(database, frozen(database, ANN))
    taken = kept.take()
    assert taken is not None
    (ann,) = taken[1]
    kept.commit([], ann)
    refused = Settled(ann, DeliveryState.REFUSED, "550 5.1.1 No such user")
    kept.commit([Entry(refused, report=refusal(Refused("550 5.1.1 No such user", Refusal.GONE)))])
    with database.read() as tx:
        assert audience.count(tx, Audience(digest="daily", language="en")) == 0


def test_the_chunks_of_the_dead_are_free_and_those_of_the_living_are_not(
    database: Database,
) -> None:
    number = frozen(database, ANN)
    first = ledger(database, number, owner="sender-one")
    second = ledger(database, number, owner="sender-two")
    with database.present("sender-one"):
        assert first.take() is not None
        assert second.take() is None
    assert second.take() is not None
