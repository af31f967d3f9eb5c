"""The recording server itself: what it says it took is written down, and its habits are its own."""

import smtplib
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.tools.sink import HOST, Fate, Habits, Sink, fate

CONTENT = (
    b"Subject: x\r\nMessage-ID: <1@x>\r\nDate: today\r\n\r\n.dot\r\n" + b"y" * 300_000 + b"\r\n"
)
Opened = Callable[[Habits], Sink]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    with ExitStack() as stack:
        yield lambda habits: stack.enter_context(Sink(tmp_path / "sink", habits))


def send(session: smtplib.SMTP, recipient: str = "ann@example.com") -> None:
    session.sendmail("news@example.com", [recipient], CONTENT)


def test_a_letter_is_written_down_with_its_id_and_date(opened: Opened) -> None:
    sink = opened(Habits())
    with smtplib.SMTP(HOST, sink.port) as session:
        send(session)
        send(session, "bob@example.com")
        first, second = sink.record().taken
    assert (first.recipient, first.message_id, first.date) == ("ann@example.com", "<1@x>", "today")
    assert first.size == len(CONTENT) + 1  # the doubled dot
    assert first.digest == second.digest
    assert first.connection == second.connection
    assert first.answered
    assert sink.count() == 2


def test_who_is_refused_is_so_every_time(opened: Opened) -> None:
    habits = Habits(refuse=0.5)
    sink = opened(habits)
    people = [f"reader{number}@example.com" for number in range(20)]
    for _ in range(2):
        refused = set()
        with smtplib.SMTP(HOST, sink.port) as session:
            for person in people:
                try:
                    send(session, person)
                except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
                    refused.add(person)
        assert refused == {each for each in people if fate(habits, each) is Fate.REFUSED}
        assert 0 < len(refused) < len(people)


@pytest.mark.parametrize(("habits", "taken"), [({"drop_taken": 1.0}, 1), ({"drop_lost": 1.0}, 0)])
def test_it_hangs_up_after_the_dot(opened: Opened, habits: dict[str, float], taken: int) -> None:
    sink = opened(Habits(**habits))  # type: ignore[arg-type]
    session = smtplib.SMTP(HOST, sink.port)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(session)
    session.close()
    assert [each.answered for each in sink.record().taken] == [False] * taken


def test_a_connection_is_good_for_so_many_letters(opened: Opened) -> None:
    sink = opened(Habits(per_connection=2))
    session = smtplib.SMTP(HOST, sink.port)
    send(session)
    send(session)
    with pytest.raises(smtplib.SMTPResponseException, match="421"):
        send(session)
    session.close()


def test_an_old_server_knows_neither_ehlo_nor_extensions(opened: Opened) -> None:
    sink = opened(Habits(no_ehlo=True))
    with smtplib.SMTP(HOST, sink.port) as session:
        session.ehlo_or_helo_if_needed()
        assert not session.does_esmtp
        send(session)
    assert len(sink.record().taken) == 1


def test_a_stalling_server_answers_late(opened: Opened) -> None:
    sink = opened(Habits(stall=1.0, stall_seconds=0.2))
    with smtplib.SMTP(HOST, sink.port) as session:
        send(session)
    assert len(sink.record().taken) == 1


@pytest.mark.parametrize(
    ("habits", "hasty_after"),
    [
        (Habits(), []),
        (Habits(no_pipelining=True), ["MAIL FROM:<a@x>", "RCPT TO:<b@x>", "the final dot"]),
    ],
)
def test_commands_in_one_write_are_an_offence_where_they_were_not_offered(
    opened: Opened, habits: Habits, hasty_after: list[str]
) -> None:
    sink = opened(habits)
    with socket.create_connection((HOST, sink.port)) as client, client.makefile("rb") as replies:
        _until(replies, b"220 ")
        client.sendall(b"EHLO x\r\n")
        _until(replies, b"250 ")
        client.sendall(b"MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n")
        _until(replies, b"354 ")
        client.sendall(b"hello\r\n.\r\nQUIT\r\n")
        _until(replies, b"221 ")
    assert sink.record().offences == [
        f"did not wait for the reply to {command}" for command in hasty_after
    ]


def _until(replies: BinaryIO, start: bytes) -> None:
    """Read replies up to the one that starts so."""
    while not (line := replies.readline()).startswith(start):
        assert line, "the connection ended"
