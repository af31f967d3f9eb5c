"""A mail server on the loopback address that says what a script says, down to the byte.

Where tests/smtp_server.py is a real server with TLS and login, this one can lack everything, answer
groups of commands, break off at any point, and complains of clients that talk out of turn.

with ScriptedServer(offers=("PIPELINING",)) as server:
    server.say("RCPT", "550 5.1.1 No such user", to="gone@example.com")
    server.say("BODY", DROP, times=1)         # cut in the middle of the content
    server.say("DOT", DROP, times=1)          # the letter is taken, the reply is lost
"""

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self

from newsletter.model.specs import SmtpSpec
from tests.smtp_script import ANYBODY, DROP, STALL, Script

HOST = "127.0.0.1"
DRIP = "drip"  # a byte now and then of a reply that never ends

Stage = Literal["CONNECT", "EHLO", "HELO", "RSET", "MAIL", "RCPT", "DATA", "BODY", "DOT"]
Choice = Callable[[Stage, str], str | None]

_USUAL: dict[Stage, str] = {
    "CONNECT": "220 mail.example ESMTP",
    "HELO": "250 mail.example",
    "RSET": "250 2.0.0 Ok",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 Go on",
}


class _Over(Exception):
    """The connection has come to its end."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message as it came in, with all that stood behind MAIL FROM:<…>."""

    recipient: str
    content: bytes
    parameters: str
    connection: int


@dataclass(slots=True)
class _State:
    """What a connection remembers of its transaction."""

    sender: str | None = None
    recipient: str | None = None
    asked_for: str = ANYBODY  # whom the last RCPT named
    messages: int = 0


class ScriptedServer:
    """`offers` are the lines of its EHLO reply; None: it knows only HELO.

    `per_connection` messages are taken on each connection; `greylist` lets every recipient in at
    the second try; `lenient` says 354 even when there is no recipient. `choice` is asked where the
    script says nothing; it may be random.
    """

    def __init__(
        self,
        *,
        offers: tuple[str, ...] | None = ("PIPELINING", "8BITMIME", "SIZE 1000000"),
        per_connection: int | None = None,
        greylist: bool = False,
        lenient: bool = False,
        choice: Choice = lambda stage, to: None,
    ) -> None:
        self.offers = offers
        self.per_connection = per_connection
        self.greylist = greylist
        self.lenient = lenient
        self.choice = choice
        self.taken: list[Taken] = []
        self.commands: list[str] = []
        self.complaints: list[str] = []
        self.connections = 0
        self.on_taken: Callable[[], None] = lambda: None
        self._known: set[str] = set()
        self._script = Script()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._listening = socket.create_server((HOST, 0))
        # What is not read is not taken in either, beyond this.
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
        self.port: int = self._listening.getsockname()[1]

    def say(self, stage: Stage, reply: str, *, to: str = ANYBODY, times: int | None = None) -> None:
        r"""From now on reply this at a stage; lines are parted by \n, replies by \r\n."""
        self._script.add(stage, reply, to, times)

    @property
    def recipients(self) -> list[str]:
        return [taken.recipient for taken in self.taken]

    @property
    def counted(self) -> Counter[str]:
        """How often a letter was taken for each recipient."""
        return Counter(self.recipients)

    def spec(self, **changes: Any) -> SmtpSpec:
        values: dict[str, Any] = {"kind": "smtp", "host": HOST, "port": self.port, "tls": "none"}
        return SmtpSpec(**(values | changes))

    def hang_up(self) -> None:
        """Close all connections, as a server does that was left idle."""
        with self._lock:
            for each in self._open:
                each.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        # What waits in accept() is woken by a connection, not by closing the socket.
        socket.create_connection((HOST, self.port)).close()
        with self._lock:
            threads = list(self._threads)
            for each in self._open:
                with suppress(OSError):  # the client was quicker
                    each.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()
        self._listening.close()

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            sock, _ = self._listening.accept()
            if self._closing.is_set():
                sock.close()
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open.add(sock)
                self.connections += 1
                number = self.connections
            self._start(self._serve, sock, number)

    def _serve(self, sock: socket.socket, number: int) -> None:
        try:
            _Dialogue(self, sock, number).run()
        except (_Over, OSError):
            pass
        finally:
            with self._lock:
                self._open.discard(sock)
            sock.close()

    def line(self, stage: Stage, to: str) -> str | None:
        """What the script, or else the choice, says; None where nothing is out of the usual."""
        with self._lock:
            if (reply := self._script.next_for(stage, to)) is not None:
                return reply
            if stage == "RCPT" and self.greylist and to not in self._known:
                self._known.add(to)
                return "450 4.7.1 Greylisted, come back later"
            return self.choice(stage, to)

    def wait_for_the_end(self, seconds: float | None = None) -> bool:
        return self._closing.wait(seconds)


@dataclass(slots=True)
class _Dialogue:
    """One connection."""

    server: ScriptedServer
    sock: socket.socket
    number: int
    buffer: bytes = b""
    state: _State = field(default_factory=_State)

    def run(self) -> None:
        self.answer("CONNECT")
        for line in self.lines():
            self.server.commands.append(line)
            verb = line[:4].upper()
            if verb == "QUIT":
                self.write("221 2.0.0 Bye")
                return
            if verb not in ("EHLO", "HELO", "RSET", "MAIL", "RCPT", "DATA"):
                self.write("502 5.5.1 What?")
                continue
            if not self.pipelining or verb in ("EHLO", "HELO", "DATA"):
                self.expect_silence(f"behind {line}")
            getattr(self, verb.lower())(line)

    @property
    def pipelining(self) -> bool:
        return "PIPELINING" in (self.server.offers or ())

    def ehlo(self, line: str) -> None:
        if self.server.offers is None:
            self.write("502 5.5.1 What?")
        else:
            self.answer("EHLO", "\n".join(("250 mail.example", *map("250 {}".format, self.offers))))

    @property
    def offers(self) -> tuple[str, ...]:
        return self.server.offers or ()

    def helo(self, line: str) -> None:
        self.answer("HELO")

    def rset(self, line: str) -> None:
        self.state.sender = self.state.recipient = None
        self.answer("RSET")

    def mail(self, line: str) -> None:
        if self.state.sender is not None:
            self.write("503 5.5.1 Nested MAIL command")
        elif self.state.messages == self.server.per_connection:
            self.write("421 4.7.0 Too many messages in this session")
            raise _Over
        elif self.answer("MAIL"):
            self.state.sender = line

    def rcpt(self, line: str) -> None:
        self.state.asked_for = recipient = line.partition("<")[2].partition(">")[0]
        if self.state.sender is None:
            self.write("503 5.5.1 MAIL first")
        elif self.answer("RCPT", to=recipient):
            self.state.recipient = recipient

    def data(self, line: str) -> None:
        state = self.state
        if state.recipient is None and not self.server.lenient:
            self.write("554 5.5.1 No valid recipients")
        elif self.answer("DATA", to=state.asked_for):
            self.body()
            state.sender = state.recipient = None
            state.messages += 1

    def body(self) -> None:
        to = self.state.asked_for
        if reply := self.server.line("BODY", to):
            self.more()
            self.say("BODY", reply, to)
            raise _Over
        came = bytearray(b"\r\n" + self.buffer)
        looked_at = 0
        while (end := came.find(b"\r\n.\r\n", looked_at)) < 0:
            looked_at = max(0, len(came) - 4)
            came += self.received()
            if self.state.recipient is None:
                self.server.complaints.append("talked on where a content for nobody is waited for")
        content, self.buffer = bytes(came[:end]), bytes(came[end + 5 :])
        content = (content + b"\r\n").replace(b"\r\n.", b"\r\n")[2:]
        reply = self.server.line("DOT", to) or f"250 2.0.0 Ok: queued as {to}"
        if self.state.recipient is None:
            self.server.complaints.append("a letter for nobody")
        elif reply[0] == "2" or reply in (DROP, STALL, DRIP):
            parameters = (self.state.sender or "").partition("> ")[2]
            self.server.taken.append(Taken(to, content, parameters, self.number))
            self.server.on_taken()
        self.say("DOT", reply, to)

    def answer(self, stage: Stage, usual: str = "", to: str = ANYBODY) -> bool:
        reply = self.server.line(stage, to) or usual or _USUAL[stage]
        self.say(stage, reply, to)
        return reply[0] in "23"

    def say(self, stage: Stage, reply: str, to: str) -> None:
        if reply == DROP:
            raise _Over
        if reply == STALL:
            self.server.wait_for_the_end()
            raise _Over
        while reply == DRIP:
            self.sock.sendall(b"2")
            if self.server.wait_for_the_end(0.01):
                raise _Over
        self.write(reply)
        if reply.startswith("421"):
            raise _Over

    def write(self, reply: str) -> None:
        r"""Lines parted by \n are one reply, and all but its last get the dash of one that goes
        on; what is parted by \r\n are several replies."""
        text = ""
        for each in reply.split("\r\n"):
            *others, last = each.split("\n")
            text += "".join(f"{line[:3]}-{line[4:]}\r\n" for line in others) + f"{last}\r\n"
        self.sock.sendall(text.encode())

    def lines(self) -> Iterator[str]:
        while True:
            while b"\n" not in self.buffer:
                self.more()
            line, _, self.buffer = self.buffer.partition(b"\n")
            yield line.decode().rstrip("\r")

    def more(self) -> None:
        self.buffer += self.received()

    def received(self) -> bytes:
        received = self.sock.recv(65536)
        if not received:
            raise _Over
        return received

    def expect_silence(self, where: str) -> None:
        """A client that may not go on has to wait for the reply."""
        if self.buffer:
            self.server.complaints.append(f"talked out of turn {where}")
