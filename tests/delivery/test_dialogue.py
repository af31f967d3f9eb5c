"""The transaction, in the three ways in which it is led."""

from collections.abc import Iterator
from typing import Any

import pytest

from newsletter.delivery.patience import Patience
from newsletter.delivery.transport import TransportFault, send
from newsletter.model.delivery import (
    Accepted,
    Deferred,
    InDoubt,
    Message,
    Outcome,
    Refusal,
    Refused,
    Slow,
    Untouched,
)
from tests.delivery.letters import a_message, transport_to
from tests.scripted_smtp import DRIP, ScriptedServer
from tests.smtp_script import DROP, STALL

ANN, BEN, CID, DAN = (f"{name}@example.com" for name in ("ann", "ben", "cid", "dan"))
PIPELINING = ("PIPELINING", "8BITMIME", "SIZE 10000000")
PLAIN = ("8BITMIME", "SIZE 10000000")
# More than fits into the buffers between here and a server that does not read.
LARGE = b"Subject: x\r\n\r\n" + (b"y" * 76 + b"\r\n") * 200_000
# Offers of the server, and whether the fast mode is on.
WAYS = {
    "plain": (PLAIN, False),
    "pipelined": (PIPELINING, False),
    "fast": (PIPELINING, True),
    "fast without pipelining": (PLAIN, True),
    "helo only": (None, True),
}


class Case:
    """A server and a way to lead the dialogue with it."""

    def __init__(self, offers: tuple[str, ...] | None, fast: bool) -> None:
        self.fast = fast
        self.server = ScriptedServer(offers=offers)

    def outcomes(self, *messages: Message, **changes: Any) -> list[Outcome]:
        """What becomes of the messages, handed over one behind the other as a sender does."""
        with transport_to(self.server.spec(fast=self.fast), **changes) as transport:
            found = []
            for message, following in zip(messages, (*messages[1:], None), strict=True):
                transport.offer(message)
                found.append(transport.hand_over(message, following))
            return found


@pytest.fixture(params=WAYS)
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    case = Case(*WAYS[request.param])
    with case.server:
        yield case
    assert case.server.complaints == []


def kinds(outcomes: list[Outcome]) -> list[type]:
    return [type(outcome) for outcome in outcomes]


def letters(*recipients: str) -> list[Message]:
    return [a_message(recipient) for recipient in recipients]


def test_letters_arrive_once_and_in_order_on_one_connection(case: Case) -> None:
    messages = [a_message(to, f"Subject: {to}\r\n\r\nHi\r\n".encode()) for to in (ANN, BEN, CID)]
    assert case.outcomes(*messages) == [
        Accepted(f"250 2.0.0 Ok: queued as {message.recipient}") for message in messages
    ]
    assert [taken.content for taken in case.server.taken] == [each.content for each in messages]
    assert case.server.connections == 1


def test_a_letter_larger_than_every_buffer_arrives_whole(case: Case) -> None:
    content = b"Subject: x\r\n\r\n" + b"".join(b"This is line %d.\r\n" % n for n in range(300_000))
    case.outcomes(a_message(ANN, content), *letters(BEN))
    assert [taken.content for taken in case.server.taken] == [content, a_message().content]


def test_dots_at_the_beginning_of_lines_arrive_as_they_were(case: Case) -> None:
    content = b".Subject: x\r\n\r\n.dots\r\n..more\r\n.\r\n\r\n.\r\nlast\r\n"
    assert kinds(case.outcomes(a_message(ANN, content), a_message(BEN, content))) == [Accepted] * 2
    assert [taken.content for taken in case.server.taken] == [content] * 2


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "DOT"])
@pytest.mark.parametrize(
    ("reply", "expected"),
    [("550 5.1.1 No such user", Refused), ("450 4.7.1 Greylisted", Deferred)],
)
def test_a_message_that_is_not_taken_spoils_no_other(
    case: Case, stage: Any, reply: str, expected: type
) -> None:
    case.server.say(stage, reply, to=BEN)
    assert kinds(case.outcomes(*letters(ANN, BEN, CID))) == [Accepted, expected, Accepted]
    assert case.server.recipients == [ANN, CID]
    assert case.server.connections == 1


def test_a_server_out_of_step_is_met_anew(case: Case) -> None:
    with transport_to(case.server.spec(fast=case.fast)) as transport:
        send(transport, a_message(ANN))
        case.server.say("MAIL", "503 5.5.1 Nested MAIL command", times=1)
        assert isinstance(send(transport, a_message(BEN)), Accepted)
    assert case.server.connections == 2


def test_a_temporary_no_to_the_sender_is_for_later(case: Case) -> None:
    case.server.say("MAIL", "451 4.3.0 Try again", times=1)
    assert kinds(case.outcomes(*letters(ANN, BEN))) == [Deferred, Accepted]
    assert case.server.connections == 1


def test_a_refused_sender_is_a_fault_and_the_next_connection_is_a_new_one(case: Case) -> None:
    case.server.say("MAIL", "550 5.7.1 Sender refused", times=1)
    with pytest.raises(TransportFault, match="does not take mail from us: 550"):
        case.outcomes(*letters(ANN, BEN))
    assert kinds(case.outcomes(*letters(ANN))) == [Accepted]


@pytest.mark.parametrize("words", ["354 Go on", "250 Ok"])
def test_words_to_go_on_without_a_recipient_bring_nobody_an_empty_letter(
    case: Case, words: str
) -> None:
    case.server.lenient = True
    case.server.say("RCPT", "550 5.1.1 No such user", to=BEN)
    case.server.say("DATA", words, to=BEN)
    outcomes = case.outcomes(*letters(ANN, BEN, CID), timeout=2)
    assert kinds(outcomes) == [Accepted, Refused, Accepted]
    assert case.server.recipients == [ANN, CID]


def test_a_refused_reset_is_left_for_a_new_connection(case: Case) -> None:
    case.server.say("RCPT", "550 5.1.1 No such user", to=ANN)
    case.server.say("RSET", "500 5.5.1 What?")
    assert kinds(case.outcomes(*letters(ANN, BEN))) == [Refused, Accepted]
    assert case.server.connections == 2


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("reply", [DROP, "421 4.3.2 Shutting down"])
def test_a_kept_connection_that_goes_before_the_dot_is_replaced_in_silence(
    case: Case, stage: Any, reply: str
) -> None:
    assert kinds(case.outcomes(*letters(DAN))) == [Accepted]
    said = iter([None, reply])
    case.server.choice = lambda at, to: next(said, None) if at == stage else None
    assert kinds(case.outcomes(*letters(ANN, BEN, CID))) == [Accepted] * 3
    assert case.server.recipients == [DAN, ANN, BEN, CID]
    assert case.server.connections == 3


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("reply", [DROP, "421 4.3.2 Shutting down"])
def test_a_new_connection_that_goes_before_the_dot_leaves_the_reader_untouched(
    case: Case, stage: Any, reply: str
) -> None:
    case.server.say(stage, reply, times=1)
    assert kinds(case.outcomes(*letters(ANN, BEN))) == [Untouched, Accepted]
    assert case.server.recipients == [BEN]


def test_a_connection_lost_after_the_dot_leaves_one_doubt_and_no_more(case: Case) -> None:
    case.server.say("DOT", DROP, to=BEN)
    assert kinds(case.outcomes(*letters(ANN, BEN, CID))) == [Accepted, InDoubt, Accepted]
    assert case.server.recipients == [ANN, BEN, CID]


@pytest.mark.parametrize("reply", ["354 Go on", "999 Nonsense", "hello", "25", "250-a\n550 b"])
def test_an_answer_to_the_dot_that_is_none_leaves_a_doubt(case: Case, reply: str) -> None:
    case.server.say("DOT", reply, to=ANN)
    assert kinds(case.outcomes(*letters(ANN, BEN))) == [InDoubt, Accepted]
    assert case.server.connections == 2


def test_a_limit_of_messages_for_a_connection_costs_nobody_a_letter(case: Case) -> None:
    case.server.per_connection = 2
    readers = [f"reader{number}@example.com" for number in range(7)]
    assert kinds(case.outcomes(*letters(*readers))) == [Accepted] * 7
    assert case.server.recipients == readers
    assert case.server.connections == 4


def test_who_is_greylisted_is_let_in_at_the_second_try(case: Case) -> None:
    case.server.greylist = True
    assert kinds(case.outcomes(*letters(ANN, BEN, ANN, BEN))) == [Deferred] * 2 + [Accepted] * 2
    assert case.server.connections == 1


def test_a_server_that_hung_up_in_the_pause_is_replaced_in_silence(case: Case) -> None:
    with transport_to(case.server.spec(fast=case.fast)) as transport:
        transport.offer(a_message(ANN))
        transport.hand_over(a_message(ANN), a_message(BEN))
        case.server.hang_up()
        transport.offer(a_message(BEN))
        assert isinstance(transport.hand_over(a_message(BEN)), Accepted)
    assert case.server.recipients == [ANN, BEN]
    assert case.server.connections == 2


def test_what_is_withdrawn_is_not_sent(case: Case) -> None:
    with transport_to(case.server.spec(fast=case.fast)) as transport:
        transport.offer(a_message(ANN))
        transport.withdraw()
        transport.offer(a_message(BEN))
        transport.hand_over(a_message(BEN), a_message(CID))
        transport.withdraw()
        send(transport, a_message(DAN))
    assert case.server.recipients == [BEN, DAN]


def test_another_message_than_the_offered_one_has_its_own_envelope(case: Case) -> None:
    with transport_to(case.server.spec(fast=case.fast)) as transport:
        transport.offer(a_message(ANN))
        transport.hand_over(a_message(ANN), a_message(BEN))
        transport.offer(a_message(CID))
        transport.hand_over(a_message(CID))
    assert case.server.recipients == [ANN, CID]


def test_closing_in_the_middle_of_an_envelope_sends_nothing(case: Case) -> None:
    transport = transport_to(case.server.spec(fast=case.fast))
    transport.offer(a_message(ANN))
    transport.close()
    assert kinds(case.outcomes(*letters(BEN))) == [Accepted]
    assert case.server.recipients == [BEN]


@pytest.mark.parametrize("silence", [STALL, DRIP])
def test_neither_silence_nor_dripping_holds_a_sender_before_the_dot(silence: str) -> None:
    with ScriptedServer() as server:
        server.say("RCPT", silence)
        with transport_to(server.spec(), timeout=1) as transport:
            outcome = send(transport, a_message(ANN))
    assert outcome == Untouched("the connection was lost: timed out")


@pytest.mark.parametrize("silence", [STALL, DRIP])
def test_neither_silence_nor_dripping_holds_a_sender_in_the_greeting(silence: str) -> None:
    with ScriptedServer() as server:
        server.say("CONNECT", silence)
        with pytest.raises(TransportFault, match="in 3 tries: timed out"):
            send(transport_to(server.spec(), timeout=0.1), a_message(ANN))


@pytest.mark.parametrize("silence", [STALL, DRIP])
@pytest.mark.parametrize("case", ["plain", "fast"], indirect=True)
def test_neither_silence_nor_dripping_holds_a_sender_after_the_dot(
    case: Case, silence: str
) -> None:
    case.server.say("DOT", silence)
    (outcome,) = case.outcomes(*letters(ANN), dot_timeout=0.1)
    assert outcome == InDoubt("the connection was lost after the final dot: timed out")


@pytest.mark.parametrize("case", ["plain", "fast"], indirect=True)
def test_a_process_in_a_hurry_waits_for_no_dot(case: Case) -> None:
    """Whoever waited for the ten minutes of RFC 5321 would not come back to this test."""
    case.server.say("DOT", STALL)
    patience = Patience()
    with transport_to(case.server.spec(fast=case.fast), patience=patience) as transport:
        transport.offer(a_message(ANN))
        case.server.on_taken = lambda: patience.hurry(0.1)
        assert isinstance(transport.hand_over(a_message(ANN)), InDoubt)


def test_a_process_in_a_hurry_makes_no_new_connection_for_a_stale_one(case: Case) -> None:
    patience = Patience()
    with transport_to(case.server.spec(fast=case.fast), patience=patience) as transport:
        send(transport, a_message(ANN))
        patience.hurry(60)
        case.server.say("MAIL", DROP)
        assert isinstance(send(transport, a_message(BEN)), Untouched)
    assert case.server.connections == 1


def test_a_process_in_a_hurry_tries_a_server_once() -> None:
    patience = Patience()
    patience.hurry(60)
    with ScriptedServer() as server:
        server.say("CONNECT", "421 4.3.2 Too busy")
        with pytest.raises(TransportFault, match="in one try: 421 4"):
            send(transport_to(server.spec(), patience=patience), a_message(ANN))


def test_a_server_that_talks_unasked_is_believed_nothing(case: Case) -> None:
    case.server.say("DOT", "250 2.0.0 Ok\r\n250 2.0.0 And another", to=ANN)
    assert kinds(case.outcomes(*letters(ANN, BEN)))[0] is Accepted
    assert case.server.counted[BEN] <= 1
    assert case.server.counted[ANN] == 1


def test_more_replies_than_commands_hand_nothing_over(case: Case) -> None:
    case.server.say("DATA", "354 Go on\r\n250 2.0.0 Taken, believe me", times=1)
    assert kinds(case.outcomes(*letters(ANN, BEN))) == [Untouched, Accepted]
    assert case.server.recipients == [BEN]


def test_a_connection_lost_in_the_middle_of_the_content_leaves_no_doubt() -> None:
    with ScriptedServer(offers=("PIPELINING",)) as server:
        server.say("BODY", DROP, times=1)
        with transport_to(server.spec(fast=True)) as transport:
            transport.offer(a_message(ANN, LARGE))
            assert isinstance(transport.hand_over(a_message(ANN, LARGE), a_message(BEN)), Untouched)
            assert isinstance(send(transport, a_message(BEN)), Accepted)
    assert server.recipients == [BEN]


def test_a_no_in_the_middle_of_the_content_is_heard() -> None:
    with ScriptedServer(offers=("PIPELINING",)) as server:
        server.say("BODY", "552 5.3.4 Too large, and goodbye", times=1)
        with transport_to(server.spec()) as transport:
            assert send(transport, a_message(ANN, LARGE)) == Refused(
                "552 5.3.4 Too large, and goodbye", Refusal.LETTER
            )
            assert isinstance(send(transport, a_message(BEN)), Accepted)
    assert server.recipients == [BEN]


def test_a_letter_that_is_too_large_is_a_fault_before_anything_is_said() -> None:
    with ScriptedServer(offers=("PIPELINING", "SIZE 100")) as server:
        transport = transport_to(server.spec(fast=True))
        large = a_message(BEN, b"x" * 101)
        transport.offer(a_message(ANN))
        assert isinstance(transport.hand_over(a_message(ANN), large), Accepted)
        with pytest.raises(TransportFault, match="at most 100 bytes"):
            transport.offer(large)
        transport.close()
    assert [line for line in server.commands if line.startswith("MAIL")] == [
        "MAIL FROM:<bounces+ann@news.example> SIZE=18"
    ]


@pytest.mark.parametrize(
    ("content", "offers", "expected"),
    [
        (b"Hi\r\n", ("8BITMIME", "SIZE"), "SIZE=4"),
        (b"\xc3\xa9\r\n", ("8BITMIME", "SIZE"), "SIZE=4 BODY=8BITMIME"),
        (b"\xc3\xa9\r\n", ("8BITMIME",), "BODY=8BITMIME"),
        (b"\xc3\xa9\r\n", ("SIZE",), "SIZE=4"),
        (b"Hi\r\n", (), ""),
    ],
)
def test_only_what_is_offered_and_needed_is_asked_for(
    content: bytes, offers: tuple[str, ...], expected: str
) -> None:
    with ScriptedServer(offers=offers) as server, transport_to(server.spec()) as transport:
        send(transport, a_message(content=content))
    assert server.taken[0].parameters == expected


def test_the_fast_mode_begins_the_next_letter_before_the_answer_to_this_one() -> None:
    """The server answers the dot only when it has seen the envelope behind it."""
    with ScriptedServer() as server, transport_to(server.spec(fast=True)) as transport:
        transport.offer(a_message(ANN))
        transport.hand_over(a_message(ANN), a_message(BEN))
        while server.commands[-1] != "DATA" or BEN not in server.commands[-2]:
            pass
        assert server.recipients == [ANN]
        transport.hand_over(a_message(BEN))
    assert server.recipients == [ANN, BEN]


def test_without_the_fast_mode_nothing_is_said_behind_the_dot() -> None:
    with ScriptedServer() as server, transport_to(server.spec(fast=False)) as transport:
        transport.offer(a_message(ANN))
        transport.hand_over(a_message(ANN), a_message(BEN))
        transport.close()
    assert not any(BEN in command for command in server.commands)


def test_where_commands_are_not_grouped_an_offer_only_connects() -> None:
    with ScriptedServer(offers=PLAIN) as server:
        transport = transport_to(server.spec())
        transport.offer(a_message(ANN))
        transport.close()
    assert [line[:4].upper() for line in server.commands] == ["EHLO", "QUIT"]


def test_a_domain_that_is_too_much_for_us_is_slowed_and_nobody_else() -> None:
    with ScriptedServer() as server, transport_to(server.spec()) as transport:
        server.say("RCPT", "421 4.7.28 Our system has detected an unusual rate", to=ANN)
        assert send(transport, a_message(ANN)) == Deferred(
            "421 4.7.28 Our system has detected an unusual rate", Slow.DOMAIN
        )
        assert isinstance(send(transport, a_message(BEN)), Accepted)


@pytest.mark.parametrize("address", ["a@example.com\r\nRSET", "é@example.com", "a\x00@example.com"])
def test_an_address_cannot_give_commands(address: str) -> None:
    with ScriptedServer() as server, transport_to(server.spec()) as transport:
        with pytest.raises(ValueError, match="not an address"):
            send(transport, a_message(address))
        assert isinstance(send(transport, a_message(ANN)), Accepted)
    assert server.recipients == [ANN]
