"""One connection as SMTP sees it: bytes go out, replies come in (RFC 5321 §4.2).

All waits have a deadline for the whole of what is waited for: a server that drips a byte now and
then is as slow as one that is silent.
"""

import select
import socket
import ssl
import struct
from collections.abc import Sequence

from newsletter.delivery.patience import Patience
from newsletter.delivery.replies import Reply

SLICE = 0.5  # seconds after which who waits looks whether it is still worth it

_SLICE_OF_THE_KERNEL = struct.pack("ll", int(SLICE), int(SLICE % 1 * 1_000_000))  # struct timeval
_NOT_YET = (TimeoutError, BlockingIOError)  # a slice is over

# RFC 5321 §4.5.3.1.5 allows lines of 512 bytes and real servers write longer ones.
_LONGEST_LINE = 2048
_MOST_LINES = 100
_CHUNK = 4096
_LONGEST_TEXT = 1000  # characters of a reply that are kept


class Nonsense(OSError):
    """What came in is no reply, or one that nothing was asked for: no going on from here."""


class CutOff(OSError):
    """The line broke while something was sent; `sent` bytes of it had gone out."""

    def __init__(self, sent: int, words: str) -> None:
        super().__init__(words)
        self.sent = sent


class Wire:
    """A connected socket, used by one thread at a time. Everything that fails is an OSError.

    `plain`: there is no TLS in between. Such a socket takes several pieces in one call, and the
    kernel can be left to wait for a slice of time: with a timeout of its own, Python would ask it
    before each call whether there is anything to do, which costs as much again.
    """

    def __init__(self, sock: socket.socket, patience: Patience, *, plain: bool) -> None:
        self.sock = sock
        self._patience = patience
        self._plain = plain
        self._buffer = bytearray()
        self._arrivals = select.poll()
        self._arrivals.register(sock, select.POLLIN)
        if plain:
            sock.settimeout(None)
            for direction in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                sock.setsockopt(socket.SOL_SOCKET, direction, _SLICE_OF_THE_KERNEL)
        else:
            sock.settimeout(SLICE)

    def has_unread(self) -> bool:
        """Whether more has come in than was read. An OSError when the other side has hung up."""
        if not self._buffer and self._arrivals.poll(0):
            self._take_in()
        return bool(self._buffer)

    def send(self, *pieces: bytes, within: float) -> None:
        """Send the pieces one behind the other, within so many seconds; else CutOff.

        Under TLS a piece counts as sent when it is out as a whole: none of it was before that can
        be told, so that what may not be in doubt (a final dot) has to be the end of a piece.
        """
        size = sum(map(len, pieces))
        sent = 0
        try:
            if self._plain:
                sent = self._gathered(pieces)
                if sent == size:
                    return
                pieces = (b"".join(pieces)[sent:],)
            deadline = self._patience.deadline(within)
            for piece in pieces:
                rest = memoryview(piece)
                while rest:
                    went = self._sent(rest, deadline)
                    sent += went
                    rest = rest[went:]
        except OSError as error:
            raise CutOff(sent, str(error) or type(error).__name__) from error

    def reply(self, within: float) -> Reply:
        """The next reply, all of it within so many seconds."""
        code, texts = self.lines(within)
        return Reply(code, _joined(texts))

    def lines(self, within: float) -> tuple[int, Sequence[bytes]]:
        """The next reply: its code, and what stands behind the code on each of its lines."""
        deadline = 0.0
        taken: list[bytes] = []
        code = b""
        while True:
            end = self._buffer.find(b"\n")
            if end < 0:
                if len(self._buffer) > _LONGEST_LINE:
                    raise Nonsense("a reply with a line that does not end")
                deadline = deadline or self._patience.deadline(within)
                self._receive(deadline)
                continue
            line = bytes(self._buffer[:end]).rstrip(b"\r")
            del self._buffer[: end + 1]
            code = code or line[:3]
            if line[:3] != code or not code.isdigit() or len(code) < 3 or line[3:4] not in _MARKS:
                raise Nonsense(f"not a reply: {_shown(line)[:80]!r}")
            taken.append(line[4:])
            if line[3:4] != b"-":
                return int(code), taken
            if len(taken) > _MOST_LINES:
                raise Nonsense("a reply that does not end")

    def close(self) -> None:
        self.sock.close()

    def _gathered(self, pieces: Sequence[bytes]) -> int:
        """How many bytes of the pieces went out in one call: nearly always all."""
        try:
            return self.sock.sendmsg(pieces)
        except _NOT_YET:
            return 0

    def _sent(self, rest: memoryview, deadline: float) -> int:
        while True:
            try:
                return self.sock.send(rest)
            except _NOT_YET:
                if self._patience.is_over(deadline):
                    raise TimeoutError("timed out while sending") from None

    def _take_in(self) -> None:
        """What is there already. Under TLS that may be nothing that was said (a session ticket)."""
        if self._plain:
            self._keep(self.sock.recv(_CHUNK, socket.MSG_DONTWAIT))
            return
        self.sock.settimeout(0)
        try:
            self._keep(self.sock.recv(_CHUNK))
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        finally:
            self.sock.settimeout(SLICE)

    def _receive(self, deadline: float) -> None:
        """More bytes; the socket's own timeout is a slice of the wait."""
        while not self._patience.is_over(deadline):
            try:
                received = self.sock.recv(_CHUNK)
            except _NOT_YET:
                continue
            self._keep(received)
            return
        raise TimeoutError("timed out")

    def _keep(self, received: bytes) -> None:
        if not received:
            raise ConnectionResetError("the server closed the connection")
        self._buffer += received


_MARKS = (b" ", b"-", b"")


def _joined(texts: Sequence[bytes]) -> str:
    """One text of all lines. Many servers repeat the enhanced code on each line."""
    first = _shown(texts[0])
    if len(texts) == 1:
        return first[:_LONGEST_TEXT]
    status = first.partition(" ")[0]
    repeated = f"{status} " if status[:1].isdigit() else ""
    others = (_shown(text).removeprefix(repeated) for text in texts[1:])
    return " ".join(filter(None, (first, *others)))[:_LONGEST_TEXT]


def _shown(text: bytes) -> str:
    """As text for people and ledgers: no control characters, single spaces."""
    words = text.decode("utf-8", "replace")
    if not words.isprintable():
        words = "".join(sign if sign.isprintable() else " " for sign in words)
    return " ".join(words.split())
