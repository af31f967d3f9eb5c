import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.patience import Patience
from newsletter.delivery.replies import Reply
from newsletter.delivery.wire import CutOff, Nonsense, Wire

LINES = st.lists(st.text("abc 4.71-", min_size=0, max_size=30), min_size=1, max_size=5)


class Ends:
    """A wire and the other side of it."""

    def __init__(self) -> None:
        near, self.far = socket.socketpair()
        near.settimeout(0.01)
        self.wire = Wire(near, Patience(), plain=True)

    def close(self) -> None:
        self.wire.close()
        self.far.close()


@pytest.fixture
def ends() -> Iterator[Ends]:
    ends = Ends()
    yield ends
    ends.close()


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"250 2.1.0 Ok\r\n", Reply(250, "2.1.0 Ok")),
        (b"250\r\n", Reply(250, "")),
        (b"250 \r\n", Reply(250, "")),
        (b"250 Ok\n", Reply(250, "Ok")),
        (b"250-one\r\n250-\r\n250 three\r\n", Reply(250, "one three")),
        (b"450-4.2.1 too\r\n450 4.2.1 fast\r\n", Reply(450, "4.2.1 too fast")),
        (b"550 \xc3\xa9\xff\x1b[31m\tred\r\n", Reply(550, "é\ufffd [31m red")),
        (b"550 " + b"x" * 1500 + b"\r\n", Reply(550, "x" * 1000)),
    ],
)
def test_a_reply_is_read_with_its_code_and_one_text(
    ends: Ends, sent: bytes, expected: Reply
) -> None:
    ends.far.sendall(sent)
    assert ends.wire.reply(60) == expected
    assert not ends.wire.has_unread()


@given(LINES, st.integers(200, 599), st.integers(1, 7))
def test_a_reply_in_any_pieces_is_the_same_reply(lines: list[str], code: int, size: int) -> None:
    ends = Ends()
    marks = ["-"] * (len(lines) - 1) + [" "]
    sent = "".join(f"{code}{mark}{line}\r\n" for mark, line in zip(marks, lines, strict=True))
    ends.far.sendall(sent.encode())
    whole = ends.wire.reply(60)
    for start in range(0, len(sent), size):
        ends.far.sendall(sent.encode()[start : start + size])
    assert ends.wire.reply(60) == whole
    assert whole.code == code
    ends.close()


def test_replies_that_come_together_are_read_one_by_one(ends: Ends) -> None:
    ends.far.sendall(b"250 a\r\n250-b\r\n250 c\r\n354 d\r\n")
    assert [ends.wire.reply(60).text for _ in range(3)] == ["a", "b c", "d"]


@pytest.mark.parametrize(
    "sent",
    [
        b"hello\r\n",
        b"\r\n",
        b"25 Ok\r\n",
        b"2500 Ok\r\n",
        b"250-a\r\n550 b\r\n",
        b"\xb2\xb2\xb2 Ok\r\n",
        b"x" * 5000,
        b"250-" + b"x" * 5000,
        b"250-a\r\n" * 1000,
    ],
)
def test_what_is_no_reply_is_nonsense(ends: Ends, sent: bytes) -> None:
    ends.far.sendall(sent)
    with pytest.raises(Nonsense):
        ends.wire.reply(60)


def test_a_closed_connection_is_told_in_the_middle_of_a_reply(ends: Ends) -> None:
    ends.far.sendall(b"250-a\r\n25")
    ends.far.close()
    with pytest.raises(ConnectionResetError):
        ends.wire.reply(60)


def test_a_reply_that_does_not_come_is_waited_for_no_longer_than_told(ends: Ends) -> None:
    with pytest.raises(TimeoutError):
        ends.wire.reply(0.05)


def test_what_comes_unasked_is_seen_without_waiting(ends: Ends) -> None:
    assert not ends.wire.has_unread()
    ends.far.sendall(b"421 Bye\r\n")
    assert ends.wire.has_unread()
    assert ends.wire.reply(60) == Reply(421, "Bye")
    ends.far.close()
    with pytest.raises(ConnectionResetError):
        ends.wire.has_unread()


def test_what_nobody_reads_is_cut_off_where_it_stood(ends: Ends) -> None:
    content = b"x" * 2**24
    with pytest.raises(CutOff) as caught:
        ends.wire.send(content, b".\r\n", within=0.05)
    ends.wire.close()
    received = 0
    while piece := ends.far.recv(2**20):
        received += len(piece)
    assert caught.value.sent == received
    assert 0 < received < len(content)


def test_who_reads_slowly_gets_all_pieces_in_their_order(ends: Ends) -> None:
    pieces = tuple(b"".join(b"%d %d\r\n" % (n, i) for i in range(200_000)) for n in range(3))
    received = bytearray()

    def read() -> None:
        while len(received) < sum(map(len, pieces)):
            received.extend(ends.far.recv(2**16))

    reader = threading.Thread(target=read)
    reader.start()
    ends.wire.send(*pieces, within=60)
    reader.join()
    assert bytes(received) == b"".join(pieces)


class FakeTls(socket.socket):
    """Takes a piece only as a whole, as a socket under TLS does, and breaks after some."""

    pieces_left = 2

    def send(self, data: Any, flags: int = 0) -> int:
        if not self.pieces_left:
            raise BrokenPipeError("broken")
        self.pieces_left -= 1
        return len(data)


def test_under_tls_it_is_known_which_pieces_were_out_when_the_line_broke() -> None:
    with FakeTls() as sock, pytest.raises(CutOff) as caught:
        Wire(sock, Patience(), plain=False).send(b"content", b".\r\n", b"MAIL", within=60)
    assert caught.value.sent == len(b"content.\r\n")


def test_a_line_that_is_closed_takes_nothing(ends: Ends) -> None:
    ends.far.close()
    with pytest.raises(CutOff) as caught:
        ends.wire.send(b"x", within=60)
    assert caught.value.sent == 0
