"""A mail server that keeps no mail: takes letters fast, and writes down each before it says so.

    python -m tests.tools.sink --port-file PORT --record RECORD [--habit value …]

It stands in a process of its own, on the loopback address. For every letter one line goes into the
record with one write(2) before the 250: what a client was told is in the record, whoever is killed
when. The habits are those of difficult servers; what depends on the recipient (`fate`) is a matter
of a hash, so that whoever reads the record knows whom the server would never have taken.
"""

import argparse
import asyncio
import contextlib
import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
_ROOT = Path(__file__).parents[2]
_END = b"\r\n.\r\n"
_ROOM = 256 * 1024  # bytes: a connection's buffer, while no letter is longer
_LEAST = 64 * 1024  # bytes that one reading should have room for
_COMMAND_LINE = 1024  # RFC 5321 §4.5.3.1.4 asks for 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What the server does beside taking letters. Fractions are between 0 and 1.

    By the recipient: `refuse` is answered 5xx for good, `greylist` 4xx until `greylist_seconds`
    after the first try. At random (by `seed`), at every try: `busy` is answered 4xx, `closing` 421,
    `drop` cut at RCPT; after the dot `drop_lost` cut without having taken the letter and
    `drop_taken` with it; `stall` answered `stall_seconds` late. `per_connection` letters are taken,
    then comes a 421.
    """

    refuse: float = 0.0
    greylist: float = 0.0
    greylist_seconds: float = 2.0
    busy: float = 0.0
    closing: float = 0.0
    drop: float = 0.0
    drop_lost: float = 0.0
    drop_taken: float = 0.0
    stall: float = 0.0
    stall_seconds: float = 1.0
    per_connection: int = 0
    no_pipelining: bool = False
    no_eightbit: bool = False
    no_ehlo: bool = False
    size_limit: int = 50_000_000
    seed: int = 1

    @property
    def extensions(self) -> tuple[str, ...]:
        offered = [f"SIZE {self.size_limit}", "ENHANCEDSTATUSCODES"]
        if not self.no_pipelining:
            offered.append("PIPELINING")
        if not self.no_eightbit:
            offered.append("8BITMIME")
        return tuple(offered)


class Fate(StrEnum):
    """What the server makes of a recipient."""

    TAKEN = "taken"
    REFUSED = "refused"
    GREYLISTED = "greylisted"


def fate(habits: Habits, recipient: str) -> Fate:
    """The same for a recipient at every try."""
    chance = int.from_bytes(hashlib.blake2b(recipient.encode(), digest_size=6).digest(), "big")
    share = chance / 2**48
    if share < habits.refuse:
        return Fate.REFUSED
    return Fate.GREYLISTED if share < habits.refuse + habits.greylist else Fate.TAKEN


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter that the server took; `answered` is False where it hung up instead of saying so.
    `at` is in seconds since 1970, `digest` that of the whole content."""

    recipient: str
    message_id: str
    date: str
    connection: int
    digest: str
    size: int
    at: float
    answered: bool


@dataclass(frozen=True, slots=True)
class Record:
    """What the server wrote down: letters, and what clients did that they must not."""

    taken: list[Taken]
    offences: list[str]


def read_record(path: Path) -> Record:
    """The record so far; a line that is still being written is left out."""
    record = Record([], [])
    whole, _, _ = path.read_text("utf-8").rpartition("\n")
    for line in whole.splitlines():
        kind, *values = line.split("\t")
        if kind == "taken":
            record.taken.append(_taken(values))
        else:
            record.offences.append("\t".join(values))
    return record


def _taken(values: list[str]) -> Taken:
    recipient, message_id, date, connection, digest, size, at, answered = values
    return Taken(
        recipient, message_id, date, int(connection), digest, int(size), float(at), answered == "1"
    )


class _Notes:
    """The record, written line by line, and the server's memory."""

    def __init__(self, record: int, habits: Habits) -> None:
        self.habits = habits
        self.random = random.Random(habits.seed)
        self.first_tried: dict[str, float] = {}
        self.connections = 0
        self._record = record

    def write(self, *values: object) -> None:
        os.write(self._record, ("\t".join(map(str, values)) + "\n").encode("utf-8", "replace"))

    def happens(self, fraction: float) -> bool:
        return fraction > 0 and self.random.random() < fraction


class _Connection(asyncio.BufferedProtocol):
    """One client. Bytes are read straight into one buffer, and a letter is never copied: all that
    is looked for in it is its end and two fields of its head."""

    def __init__(self, notes: _Notes) -> None:
        self._notes = notes
        self._habits = notes.habits
        notes.connections += 1
        self._number = notes.connections
        self._buffer = bytearray(_ROOM)
        self._start = self._filled = self._searched = 0
        self._content = self._waiting = self._greeted = False
        self._letters = 0
        self._sender: str | None = None
        self._recipient: str | None = None
        self._replies: list[str] = []
        self._commands: dict[str, Callable[[str], None]] = {
            "EHLO": self._ehlo,
            "HELO": self._helo,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": lambda argument: self._say("250 2.0.0 OK"),
            "QUIT": lambda argument: self._bye("221 2.0.0 Bye"),
        }

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink.example ESMTP\r\n")

    def get_buffer(self, sizehint: int) -> memoryview:
        if len(self._buffer) - self._filled < _LEAST:
            self._make_room()
        return memoryview(self._buffer)[self._filled :]

    def _make_room(self) -> None:
        """What is not dealt with yet moves to the front, of a larger buffer if need be."""
        kept = self._buffer[self._start : self._filled]
        size = len(self._buffer) * (2 if len(kept) > len(self._buffer) // 2 else 1)
        self._buffer = kept + bytearray(size - len(kept))
        self._searched = max(0, self._searched - self._start)
        self._start, self._filled = 0, len(kept)

    def buffer_updated(self, nbytes: int) -> None:
        self._filled += nbytes
        self._go_on()

    def _go_on(self) -> None:
        while not self._waiting and not self._transport.is_closing():
            if not (self._take_content() if self._content else self._take_command()):
                break
        if self._replies:
            self._flush()
        if self._start == self._filled:
            self._start = self._filled = self._searched = 0

    def _flush(self) -> None:
        replies, self._replies = self._replies, []
        self._transport.write("".join(f"{reply}\r\n" for reply in replies).encode())

    # --- commands -------------------------------------------------------------------------------

    def _take_command(self) -> bool:
        end = self._buffer.find(b"\r\n", self._start, self._filled)
        if end < 0:
            if self._filled - self._start > _COMMAND_LINE:
                self._offend("a command line without an end")
                self._bye("500 5.5.2 line too long")
            return False
        line = self._buffer[self._start : end].decode("utf-8", "replace")
        self._start = end + 2
        verb, _, argument = line.partition(" ")
        command = self._commands.get(verb.upper())
        if command is None:
            self._say("500 5.5.1 no such command")
        else:
            command(argument)
        self._look_for_haste(line)
        return True

    def _look_for_haste(self, after: str) -> None:
        if self._start < self._filled and (self._habits.no_pipelining or not self._greeted):
            self._offend(f"did not wait for the reply to {after}")

    def _ehlo(self, argument: str) -> None:
        if self._habits.no_ehlo:
            self._say("502 5.5.1 not implemented")
            return
        self._greeted = True
        lines = ("sink.example", *self._habits.extensions)
        for line in lines[:-1]:
            self._say(f"250-{line}")
        self._say(f"250 {lines[-1]}")

    def _helo(self, argument: str) -> None:
        self._say("250 sink.example")

    def _mail(self, argument: str) -> None:
        habits = self._habits
        full = habits.per_connection and self._letters >= habits.per_connection
        if full or self._notes.happens(habits.closing):
            self._bye("421 4.7.0 closing, come back on a new connection")
            return
        address, _, parameters = argument.removeprefix("FROM:").partition(">")
        if parameters and not self._greeted:
            self._offend(f"parameters without EHLO: MAIL {argument}")
        if "BODY=8BITMIME" in parameters.upper() and habits.no_eightbit:
            self._offend(f"not offered: MAIL {argument}")
        if self._sender is not None:
            self._say("503 5.5.1 nested MAIL")
            return
        self._sender = address.lstrip("<")
        self._say("250 2.1.0 OK")

    def _rcpt(self, argument: str) -> None:
        recipient = argument.removeprefix("TO:").strip().partition(">")[0].lstrip("<")
        if self._sender is None:
            self._say("503 5.5.1 need MAIL")
        elif self._notes.happens(self._habits.drop):
            self._cut()
        elif reply := self._denied(recipient):
            self._say(reply)
        else:
            self._recipient = recipient
            self._say("250 2.1.5 OK")
            if self._notes.happens(self._habits.stall):
                self._stall()

    def _denied(self, recipient: str) -> str | None:
        """Why the recipient is not taken now; half of those who are refused hear it later."""
        notes, habits = self._notes, self._habits
        what = fate(habits, recipient)
        if what is Fate.REFUSED and not _hears_it_at_the_dot(recipient):
            return f"550 5.1.1 <{recipient}> unknown here"
        if what is Fate.GREYLISTED:
            first = notes.first_tried.setdefault(recipient, time.monotonic())
            if time.monotonic() - first < habits.greylist_seconds:
                return "450 4.7.1 greylisted, try again later"
        return "451 4.3.2 busy" if notes.happens(habits.busy / 2) else None

    def _data(self, argument: str) -> None:
        if self._recipient is None:
            self._say("554 5.5.1 no valid recipients")
            return
        self._content = True
        self._searched = self._start
        self._say("354 go on")

    def _rset(self, argument: str) -> None:
        self._sender = self._recipient = None
        self._say("250 2.0.0 OK")

    # --- letters --------------------------------------------------------------------------------

    def _take_content(self) -> bool:
        end = self._buffer.find(_END, self._searched, self._filled)
        if end < 0:
            self._searched = max(self._start, self._filled - len(_END) + 1)
            return False
        begin, self._start = self._start, end + len(_END)
        self._content = False
        self._settle(begin, end + 2)
        self._sender = self._recipient = None
        self._look_for_haste("the final dot")
        return True

    def _settle(self, begin: int, end: int) -> None:
        notes, habits = self._notes, self._habits
        assert self._recipient is not None
        if fate(habits, self._recipient) is Fate.REFUSED:
            self._say("554 5.7.1 we do not like this")
        elif notes.happens(habits.busy / 2):
            self._say("452 4.3.1 no room just now")
        elif notes.happens(habits.drop_lost):
            self._cut()
        else:
            lost = notes.happens(habits.drop_taken)
            self._write_down(begin, end, answered=not lost)
            if lost:
                self._cut()
                return
            self._letters += 1
            self._say(f"250 2.0.0 OK {self._number}.{self._letters}")

    def _write_down(self, begin: int, end: int, *, answered: bool) -> None:
        with memoryview(self._buffer)[begin:end] as content:
            digest = hashlib.blake2b(content, digest_size=8).hexdigest()
        if self._habits.no_eightbit and not self._buffer[begin:end].isascii():
            self._offend("8-bit content, which was not offered")
        head = bytes(self._buffer[begin : self._buffer.find(b"\r\n\r\n", begin, end) + 2])
        self._notes.write(
            "taken",
            self._recipient,
            _field(head, b"Message-ID"),
            _field(head, b"Date"),
            self._number,
            digest,
            end - begin,
            f"{time.time():.6f}",
            int(answered),
        )

    # --- answers --------------------------------------------------------------------------------

    def _say(self, reply: str) -> None:
        self._replies.append(reply)

    def _bye(self, reply: str) -> None:
        self._say(reply)
        self._flush()
        self._transport.close()

    def _cut(self) -> None:
        """Hang up; what was said before is still told."""
        self._flush()
        self._transport.close()

    def _stall(self) -> None:
        """Say nothing for a while, and hear nothing."""
        self._waiting = True
        self._transport.pause_reading()
        held, self._replies = self._replies, []

        def wake() -> None:
            if not self._transport.is_closing():
                self._waiting = False
                self._replies = held + self._replies
                self._transport.resume_reading()
                self._go_on()

        asyncio.get_running_loop().call_later(self._habits.stall_seconds, wake)

    def _offend(self, what: str) -> None:
        self._notes.write("offence", what)


def _hears_it_at_the_dot(recipient: str) -> bool:
    return bool(hashlib.blake2b(recipient.encode(), digest_size=1, person=b"dot").digest()[0] & 1)


def _field(head: bytes, name: bytes) -> str:
    _, found, after = (b"\n" + head).partition(b"\n" + name + b": ")
    return after.partition(b"\r\n")[0].decode("ascii", "replace") if found else ""


# --- the process --------------------------------------------------------------------------------


async def serve(port_file: Path, record: Path, habits: Habits) -> None:
    """Serve until SIGTERM. The port stands in `port_file` once the server listens."""
    number = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    notes = _Notes(number, habits)
    loop = asyncio.get_running_loop()
    bound = socket.create_server((HOST, 0), backlog=512)
    server = await loop.create_server(lambda: _Connection(notes), sock=bound)
    done = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, done.set)
    write_port(port_file, bound.getsockname()[1])
    await done.wait()
    server.close()
    os.close(number)


def write_port(file: Path, port: int) -> None:
    """Whole or not at all: somebody is waiting for it."""
    draft = file.with_name(file.name + ".new")
    draft.write_text(str(port), "utf-8")
    draft.rename(file)


def wait_for_port(file: Path, process: subprocess.Popen[bytes]) -> int:
    """The port that a server's process wrote down; fails when the process has ended instead."""
    while not file.exists():
        assert process.poll() is None, f"{process.args!r} ended with {process.returncode}"
        time.sleep(0.01)
    return int(file.read_text("utf-8"))


class Sink:
    """The server as a child process; `folder` gets its record.

    with Sink(folder, Habits(refuse=0.1)) as sink:
        ...                      # letters to sink.port
        sink.count(), sink.record()
    """

    def __init__(self, folder: Path, habits: Habits | None = None) -> None:
        self.habits = habits or Habits()
        folder.mkdir(parents=True, exist_ok=True)
        self._port_file, self._path = folder / "port", folder / "record"
        self._read = self._lines = 0

    def __enter__(self) -> Self:
        self._port_file.unlink(missing_ok=True)
        self._path.touch()
        arguments = [f"--{name.replace('_', '-')}={v}" for name, v in asdict(self.habits).items()]
        command = (sys.executable, "-m", "tests.tools.sink", *arguments)
        files = ("--port-file", str(self._port_file), "--record", str(self._path))
        self._process = subprocess.Popen([*command, *files], cwd=_ROOT)
        self.port = wait_for_port(self._port_file, self._process)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        self._process.wait()

    def count(self) -> int:
        """How many lines the record has by now; cheap, to be asked often."""
        with self._path.open("rb") as record:
            record.seek(self._read)
            new = record.read()
        self._read += len(new)
        self._lines += new.count(b"\n")
        return self._lines

    def record(self) -> Record:
        return read_record(self._path)


def _options() -> argparse.ArgumentParser:
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--record", type=Path, required=True)
    for name, default in _habit_defaults():
        kind = _yes if isinstance(default, bool) else type(default)
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=default)
    return parser


def _habit_defaults() -> Iterator[tuple[str, bool | int | float]]:
    for each in fields(Habits):
        assert isinstance(each.default, bool | int | float)
        yield each.name, each.default


def _yes(text: str) -> bool:
    return text == "True"


def main() -> None:
    options = vars(_options().parse_args())
    port_file, record = options.pop("port_file"), options.pop("record")
    asyncio.run(serve(port_file, record, Habits(**options)))


if __name__ == "__main__":
    main()
