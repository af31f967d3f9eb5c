"""How letters leave: at a pace, within hours, and not beyond what somebody has to look at."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.delivery.pace import Unhurried, Wait
from newsletter.delivery.smtp import SmtpTransport
from newsletter.delivery.transport import Unreachable
from newsletter.flows.decide import Decision, decide
from newsletter.flows.send import deliver
from newsletter.model.delivery import DeliveryState, Message, Outcome
from newsletter.model.edition import EditionEntry, EditionState
from newsletter.store import audience, chunks, editions
from newsletter.store.audience import Audience
from newsletter.store.database import Database
from tests.flows.mailings import NOW, addresses, at, frozen, mailing, state_of, states
from tests.smtp_script import DROP
from tests.smtp_server import SmtpServer

SENT, QUEUED = DeliveryState.SENT, DeliveryState.QUEUED
REFUSED, DEFERRED = DeliveryState.REFUSED, DeliveryState.DEFERRED
ANN, BOB = "ann@example.com", "bob@slow.example"


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@dataclass
class Paced(Unhurried):
    """Has one domain wait so many seconds, or everybody; tells one alarm."""

    seconds: float
    domain: str = "slow.example"
    relay: bool = False
    times: int = 10**6
    words: list[str] = field(default_factory=lambda: ["somebody should know"])

    def ask(self, domain: str) -> Wait | None:
        if self.times == 0 or not (self.relay or domain == self.domain):
            return None
        self.times -= 1
        return Wait(self.seconds, relay=self.relay)

    def alarms(self) -> list[str]:
        words, self.words = self.words, []
        return words


def test_what_is_about_to_be_handed_over_is_claimed_before(
    database: Database, server: SmtpServer
) -> None:
    number = frozen(database, *addresses(3))
    seen: list[dict[str, DeliveryState]] = []

    class Watching(SmtpTransport):
        def hand_over(self, message: Message, *more: object, **others: object) -> Outcome:
            seen.append(states(database, number))
            assert seen[-1][message.recipient] is DeliveryState.CLAIMED
            return super().hand_over(message, *more, **others)  # type: ignore[arg-type]

    deliver(database, mailing(server, open_transport=lambda: Watching(server.spec())))
    assert [list(each.values()).count(SENT) for each in seen] == [0, 1, 2]
    assert [list(each.values()).count(DeliveryState.CLAIMED) for each in seen] == [1, 1, 1]


def test_in_the_fast_mode_everybody_gets_the_letter_once_too(
    database: Database, server: SmtpServer
) -> None:
    everybody = addresses(40)
    server.say("RCPT", "550 5.1.1 No such user", to=everybody[7])
    server.say("RCPT", "450 4.2.0 Greylisted", to=everybody[20])
    number = frozen(database, *everybody)
    spec = server.spec(fast=True)
    deliver(
        database,
        mailing(
            server, connections=3, looks_ahead=True, open_transport=lambda: SmtpTransport(spec)
        ),
    )
    found = states(database, number)
    assert (found.pop(everybody[7]), found.pop(everybody[20])) == (REFUSED, DEFERRED)
    assert set(found.values()) == {SENT}
    assert sorted(server.recipients) == sorted(found)


def test_a_domain_that_waits_keeps_nobody_else_waiting(
    database: Database, server: SmtpServer
) -> None:
    frozen(database, BOB, ANN)
    deliver(database, mailing(server, pace=lambda edition: Paced(0.01, times=3)))
    assert server.recipients == [ANN, BOB]


def test_readers_of_a_domain_that_waits_long_are_put_off_and_not_lost(
    database: Database, server: SmtpServer
) -> None:
    number = frozen(database, BOB, ANN)
    deliver(database, mailing(server, pace=lambda edition: Paced(600)))
    assert states(database, number) == {BOB: DEFERRED, ANN: SENT}
    with database.read() as tx:
        assert chunks.next_at(tx, rehearsal=False) == NOW + timedelta(minutes=10)
    deliver(database, mailing(server, clock=at(NOW + timedelta(minutes=10))))
    assert states(database, number) == {BOB: SENT, ANN: SENT}


def test_when_the_relay_waits_until_tomorrow_the_edition_does(
    database: Database, server: SmtpServer
) -> None:
    number = frozen(database, ANN, BOB)
    deliver(database, mailing(server, pace=lambda edition: Paced(36_000, relay=True)))
    assert set(states(database, number).values()) == {QUEUED}
    with database.read() as tx:
        assert chunks.next_at(tx, rehearsal=False) == NOW + timedelta(hours=10)
    assert state_of(database, number) is EditionState.SENDING


def test_outside_its_hours_an_edition_waits(database: Database, server: SmtpServer) -> None:
    number = frozen(database, ANN)
    opens = NOW + timedelta(hours=1)
    deliver(database, mailing(server, opens_at=lambda edition: opens))
    assert server.recipients == []
    assert state_of(database, number) is EditionState.FROZEN


def test_when_its_hours_end_an_edition_stops_until_they_begin_again(
    database: Database, server: SmtpServer
) -> None:
    number = frozen(database, *addresses(5))
    opens = NOW + timedelta(hours=8)

    def closed_after_two(edition: EditionEntry) -> datetime | None:
        return opens if len(server.taken) >= 2 else None

    deliver(database, mailing(server, opens_at=closed_after_two))
    found = list(states(database, number).values())
    assert 2 <= found.count(SENT) <= 3
    assert found.count(QUEUED) == 5 - found.count(SENT)
    with database.read() as tx:
        assert chunks.next_at(tx, rehearsal=False) == opens
    deliver(database, mailing(server, clock=at(opens)))
    assert len(server.recipients) == 5


def test_what_somebody_should_know_is_told(database: Database, server: SmtpServer) -> None:
    frozen(database, ANN)
    told: list[str] = []
    pace = Paced(0, times=0)
    deliver(database, mailing(server, pace=lambda edition: pace, alarm=told.append))
    assert told == ["somebody should know"]


def test_a_list_that_is_refused_is_paused_with_the_reason_until_an_editor_resumes_it(
    database: Database, server: SmtpServer
) -> None:
    everybody = addresses(60)
    for each in everybody[:40]:
        server.say("RCPT", "550 5.1.1 No such user", to=each)
    number = frozen(database, *everybody)
    deliver(database, mailing(server))
    found = list(states(database, number).values())
    assert (found.count(REFUSED), found.count(QUEUED)) == (26, 34)
    with database.read() as tx:
        entry = editions.entry(tx, number)
    assert entry is not None
    assert entry.state is EditionState.PAUSED
    assert "26 of the last 26 letters were refused: 550 5.1.1" in (entry.reason or "")
    decide(database, number, Decision.RESUME, who="maria", now=NOW)
    deliver(database, mailing(server))
    assert state_of(database, number) is EditionState.SENT
    assert len(server.recipients) == 20


def test_a_letter_that_is_too_big_for_a_reader_s_server_pauses_the_edition(
    database: Database, server: SmtpServer
) -> None:
    server.say("DOT", "552 5.3.4 Message too big", times=None)
    number = frozen(database, *addresses(3))
    deliver(database, mailing(server))
    assert state_of(database, number) is EditionState.PAUSED
    assert sorted(states(database, number).values()) == [QUEUED, QUEUED, REFUSED]


def test_who_is_gone_is_never_mailed_again(database: Database, server: SmtpServer) -> None:
    server.say("RCPT", "550 5.1.1 No such user", to=ANN)
    frozen(database, ANN, BOB)
    deliver(database, mailing(server))
    with database.read() as tx:
        assert audience.count(tx, Audience(digest="daily", language="en")) == 1


def test_a_server_that_takes_fewer_connections_than_it_is_offered_gets_fewer(
    database: Database, server: SmtpServer
) -> None:
    everybody = addresses(30)
    number = frozen(database, *everybody)
    opened: list[SmtpTransport] = []
    offered: set[str] = set()
    went = threading.Event()

    class Third(SmtpTransport):
        def offer(self, message: Message) -> None:
            if self not in opened[:2]:
                assert went.wait(60)  # a real one tries three times before it gives up
                raise Unreachable("421 4.7.0 Too many connections")
            super().offer(message)
            offered.add(message.recipient)
            if len(offered) == 2:  # the one before is known to have gone
                went.set()

    def transport() -> SmtpTransport:
        opened.append(Third(server.spec()))
        return opened[-1]

    # The first is opened to ask for room, and closed again.
    deliver(database, mailing(server, connections=4, open_transport=transport))
    assert sorted(server.recipients) == sorted(everybody)
    assert state_of(database, number) is EditionState.SENT


def test_a_server_that_takes_no_connection_stops_the_run_with_nobody_marked(
    database: Database, server: SmtpServer
) -> None:
    number = frozen(database, *addresses(5))

    class Shut(SmtpTransport):
        def offer(self, message: Message) -> None:
            raise Unreachable("421 4.7.0 Too many connections")

    with pytest.raises(Unreachable):
        deliver(
            database, mailing(server, connections=3, open_transport=lambda: Shut(server.spec()))
        )
    assert set(states(database, number).values()) == {QUEUED}


def test_nobody_is_lost_when_every_second_connection_breaks(
    database: Database, server: SmtpServer
) -> None:
    everybody = addresses(30)
    for each in everybody[::2]:
        server.say("DATA", DROP, to=each, times=1)
    number = frozen(database, *everybody)
    deliver(database, mailing(server, connections=3))
    assert sorted(server.recipients) == sorted(everybody)
    assert set(states(database, number).values()) == {SENT}


def test_a_newer_edition_ends_the_tries_of_the_one_before(
    database: Database, server: SmtpServer
) -> None:
    server.say("RCPT", "450 4.2.0 Later", to=ANN, times=None)
    number = frozen(database, ANN)
    deliver(database, mailing(server))
    assert states(database, number) == {ANN: DEFERRED}
    from newsletter.editions.slot import slot_at

    frozen(database, "new@example.com", slot=slot_at(datetime(2026, 11, 22, 9, 0), "Europe/Madrid"))  # noqa: DTZ001
    deliver(database, mailing(server, clock=at(datetime(2026, 11, 22, 8, 30, tzinfo=UTC))))
    assert states(database, number) == {ANN: REFUSED}
