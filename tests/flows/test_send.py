"""Every letter to everybody it is owed to, through a real server, from real databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from newsletter.delivery.compile import LetterHeaders
from newsletter.delivery.transport import Transport, TransportFault
from newsletter.flows.send import deliver
from newsletter.model.delivery import DeliveryState
from newsletter.model.edition import EditionEntry, EditionState
from newsletter.model.specs import OnUnknown
from newsletter.store import deliveries, editions, subscribers, variants
from newsletter.store.database import Database
from tests.flows.mailings import (
    HEADERS,
    LETTER,
    NOW,
    addresses,
    at,
    enrolled,
    frozen,
    left_claimed,
    mailing,
    state_of,
    states,
)
from tests.flows.readership import reader
from tests.smtp_script import DROP
from tests.smtp_server import SmtpServer

SENT, REFUSED, DEFERRED = DeliveryState.SENT, DeliveryState.REFUSED, DeliveryState.DEFERRED
ANN, BOB = "ann@example.com", "bob@example.com"


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def reply_of(database: Database, number: int) -> str:
    """What was recorded of the only delivery that is not simply sent."""
    from newsletter.store.tables import deliveries as table

    with database.read() as tx:
        rows: Any = tx.run(table.select().where(table.c.edition_id == number))
        (reply,) = [row.reply for row in rows if row.state != SENT]
    return str(reply)


def test_everybody_gets_the_letter_once(database: Database, server: SmtpServer) -> None:
    number = frozen(database, ANN, BOB)
    deliver(database, mailing(server))
    deliver(database, mailing(server))
    assert sorted(server.recipients) == [ANN, BOB]
    assert states(database, number) == {ANN: SENT, BOB: SENT}
    assert state_of(database, number) is EditionState.SENT


def test_several_connections_share_the_readers(database: Database, server: SmtpServer) -> None:
    everybody = addresses(40)
    frozen(database, *everybody)
    deliver(database, mailing(server, connections=4))
    assert sorted(server.recipients) == sorted(everybody)


def test_a_refused_reader_is_recorded_with_the_reply_and_stops_nobody(
    database: Database, server: SmtpServer
) -> None:
    server.say("RCPT", "550 5.1.1 No such user", to=ANN)
    number = frozen(database, ANN, BOB)
    deliver(database, mailing(server))
    assert states(database, number) == {ANN: REFUSED, BOB: SENT}
    assert "550 5.1.1 No such user" in reply_of(database, number)
    assert state_of(database, number) is EditionState.SENT


def test_a_deferred_reader_is_tried_again_later_and_not_before(
    database: Database, server: SmtpServer
) -> None:
    server.say("RCPT", "450 4.7.1 Greylisted", to=ANN, times=1)
    number = frozen(database, ANN, BOB)
    deliver(database, mailing(server))
    deliver(database, mailing(server, clock=at(NOW + timedelta(minutes=1))))
    assert states(database, number) == {ANN: DEFERRED, BOB: SENT}
    assert state_of(database, number) is EditionState.SENDING
    deliver(database, mailing(server, clock=at(NOW + timedelta(minutes=7))))
    assert states(database, number) == {ANN: SENT, BOB: SENT}


def test_while_all_that_is_left_waits_no_connection_is_opened(
    database: Database, server: SmtpServer
) -> None:
    server.say("RCPT", "450 4.7.1 Greylisted", to=ANN, times=1)
    number = frozen(database, ANN, BOB)
    deliver(database, mailing(server))

    def opened() -> Transport:
        raise AssertionError("nobody is due")

    later = at(NOW + timedelta(minutes=1))
    (edition,) = deliver(database, mailing(server, clock=later, open_transport=opened))
    assert edition.id == number


def test_each_reader_gets_the_variant_that_they_are_owed(
    database: Database, server: SmtpServer
) -> None:
    number = frozen(database, ANN, BOB)
    with database.begin() as tx:
        other = variants.write(tx, number, replace(LETTER, subject="Another owl"), ())
        tx.run(sa.text(f"update deliveries set variant_id = {other} where id = 2"))
    deliver(database, mailing(server))
    subjects = {each.message["Subject"] for each in server.taken}
    assert subjects == {LETTER.subject, "Another owl"}
    assert states(database, number) == {ANN: SENT, BOB: SENT}


def test_a_letter_for_the_morning_leaves_when_it_is_morning_there(
    database: Database, server: SmtpServer
) -> None:
    reader(database, ANN, timezone="America/Mexico_City")
    reader(database, BOB)
    six_hours = timedelta(hours=6)
    number = frozen(database, mornings={"America/Mexico_City": NOW + six_hours})
    deliver(database, mailing(server))
    deliver(database, mailing(server, clock=at(NOW + six_hours - timedelta(minutes=1))))
    assert server.recipients == [BOB]
    deliver(database, mailing(server, clock=at(NOW + six_hours)))
    assert states(database, number) == {ANN: SENT, BOB: SENT}


def test_a_reader_who_stays_deferred_is_given_up_with_the_last_reply(
    database: Database, server: SmtpServer
) -> None:
    server.say("RCPT", "452 4.2.2 Mailbox full", to=ANN, times=None)
    number = frozen(database, ANN)
    for hours in range(0, 40, 3):
        deliver(database, mailing(server, clock=at(NOW + timedelta(hours=hours))))
    assert states(database, number) == {ANN: REFUSED}
    assert "given up after: 452 4.2.2 Mailbox full" in reply_of(database, number)


def test_a_lost_reply_is_sent_again_under_the_same_message_id(
    database: Database, server: SmtpServer
) -> None:
    server.say("DOT", DROP, to=ANN, times=1)
    frozen(database, ANN)
    deliver(database, mailing(server))
    deliver(database, mailing(server, clock=at(NOW + timedelta(hours=1))))
    first, second = (taken.message for taken in server.taken)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_a_lost_reply_is_held_where_the_digest_says_so(
    database: Database, server: SmtpServer
) -> None:
    server.say("DOT", DROP, to=ANN, times=1)
    number = frozen(database, ANN)
    for hours in (0, 1):
        later = at(NOW + timedelta(hours=hours))
        deliver(database, mailing(server, clock=later, on_unknown=lambda d: OnUnknown.HOLD))
    assert states(database, number) == {ANN: DeliveryState.HELD}
    assert len(server.taken) == 1
    assert state_of(database, number) is EditionState.SENT


def test_what_a_dead_process_left_claimed_is_sent_by_the_next(
    database: Database, server: SmtpServer
) -> None:
    number = frozen(database, ANN)
    left_claimed(database, number)
    deliver(database, mailing(server))
    assert server.recipients == [ANN]


def test_what_a_dead_process_left_claimed_is_held_where_the_digest_says_so(
    database: Database, server: SmtpServer
) -> None:
    number = frozen(database, ANN)
    left_claimed(database, number)
    deliver(database, mailing(server, on_unknown=lambda digest: OnUnknown.HOLD))
    assert server.recipients == []
    assert states(database, number) == {ANN: DeliveryState.HELD}


def test_who_leaves_while_queued_is_not_mailed(database: Database, server: SmtpServer) -> None:
    number = frozen(database, ANN, BOB)
    with database.begin() as tx:
        subscribers.unsubscribe(tx, 1, "daily")
    deliver(database, mailing(server))
    assert server.recipients == [BOB]
    assert states(database, number)[ANN] is DeliveryState.SUPPRESSED
    assert state_of(database, number) is EditionState.SENT


def test_who_is_suppressed_while_queued_is_not_mailed(
    database: Database, server: SmtpServer
) -> None:
    frozen(database, ANN, BOB)
    with database.begin() as tx:
        subscribers.suppress(tx, f"#{ANN}", "complaint", NOW)
    deliver(database, mailing(server))
    assert server.recipients == [BOB]


def test_who_comes_after_freezing_gets_the_next_edition(
    database: Database, server: SmtpServer
) -> None:
    frozen(database, ANN)
    enrolled(database, BOB)
    deliver(database, mailing(server))
    assert server.recipients == [ANN]


def test_a_paused_edition_waits_and_a_cancelled_one_never_goes(
    database: Database, server: SmtpServer
) -> None:
    number = frozen(database, ANN)
    for state in (EditionState.PAUSED, EditionState.CANCELLED, EditionState.HELD):
        with database.begin() as tx:
            editions.change_state(tx, number, list(EditionState), state)
        deliver(database, mailing(server))
    assert server.recipients == []


def test_a_server_that_hangs_up_on_one_reader_reaches_all_the_others(
    database: Database, server: SmtpServer
) -> None:
    server.say("RCPT", DROP, to=ANN, times=None)
    number = frozen(database, ANN, *addresses(6))
    deliver(database, mailing(server))
    found = states(database, number)
    assert found.pop(ANN) is DEFERRED
    assert set(found.values()) == {SENT}


def test_a_server_that_hangs_up_on_everybody_stops_the_run_with_nobody_marked(
    database: Database, server: SmtpServer
) -> None:
    server.say("MAIL", DROP, times=None)
    number = frozen(database, *addresses(6))
    with pytest.raises(TransportFault, match="no message could be handed over"):
        deliver(database, mailing(server))
    assert set(states(database, number).values()) == {DeliveryState.QUEUED}


def test_a_refused_sender_stops_the_run_with_nobody_marked(
    database: Database, server: SmtpServer
) -> None:
    server.say("MAIL", "550 5.7.1 Sender refused", times=None)
    number = frozen(database, ANN, BOB)
    with pytest.raises(TransportFault, match="550"):
        deliver(database, mailing(server))
    assert set(states(database, number).values()) == {DeliveryState.QUEUED}


def test_an_edition_that_cannot_be_sent_is_paused_and_stops_no_other(
    database: Database, server: SmtpServer
) -> None:
    broken = frozen(database, ANN, digest="broken")
    frozen(database, BOB)

    def headers(edition: EditionEntry) -> LetterHeaders:
        return replace(HEADERS, list_id="no list id" if edition.digest == "broken" else "a.example")

    deliver(database, mailing(server, headers=headers))
    assert server.recipients == [ANN, BOB]
    with database.read() as tx:
        entry = editions.entry(tx, broken)
    assert entry is not None
    assert entry.state is EditionState.PAUSED
    assert "no list id" in (entry.reason or "")


def test_a_rehearsal_does_not_touch_what_is_to_be_sent_for_real(
    database: Database, server: SmtpServer
) -> None:
    number = frozen(database, ANN)
    deliver(database, mailing(server, rehearsal=True))
    assert server.recipients == []
    assert state_of(database, number) is EditionState.FROZEN


def test_an_edition_is_finished_only_when_nothing_is_left_by_count(
    database: Database, server: SmtpServer
) -> None:
    server.say("RCPT", "451 4.3.0 Later", to=BOB, times=None)
    number = frozen(database, ANN, BOB)
    deliver(database, mailing(server))
    with database.read() as tx:
        counted = deliveries.counts(tx, number)
    assert (counted[SENT], counted[DEFERRED], sum(counted.values())) == (1, 1, 2)
    assert state_of(database, number) is EditionState.SENDING
