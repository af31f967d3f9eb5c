"""What sending costs: a part of `make bench`, or alone and larger.

    python -m tests.bench_sending [--json] [--large] [NAME …]

NAMEs are those of SECTIONS; --large takes a million readers where else are a hundred thousand. The
sender is the program itself, run as a child, so that processor and memory are its own; what it
costs to start and to find nothing to send is taken off. Rates are compared with postfix's
smtp-source into its smtp-sink in the same run (Debian: the package postfix; no daemon is needed),
and with smtplib over a wire of our own that delays.
"""

import argparse
import json
import os
import shutil
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from newsletter.app import App, open_app
from newsletter.delivery.compile import LetterHeaders, compile_letter
from newsletter.delivery.smtp import SmtpTransport
from newsletter.delivery.transport import send
from newsletter.model.delivery import Delivery, DeliveryState, Message
from newsletter.model.edition import EditionState
from newsletter.model.letter import Personal
from newsletter.model.specs import SmtpSpec
from newsletter.store import chunks, deliveries, editions
from newsletter.store.chunks import Chunk
from newsletter.store.deliveries import Settled
from newsletter.subscribers.tokens import KeyRing, Purpose, new_key_line, read_key_ring
from tests.journeys.killing import Crowd, wait_for_letters
from tests.journeys.sending_project import SEND, SLOT, SendingProject, freeze, sending_project
from tests.measures import Figure, Measure, Skipped
from tests.rendering import editions as sample
from tests.tools.postgresql import own_server
from tests.tools.sink import HOST, Sink, Taken
from tests.tools.slow_wire import slow_wire_process

CONNECTIONS = 20
_ROOT = Path(__file__).parents[1]
_STORIES = 65  # make a letter of some 60 kB
_SBIN = "/usr/sbin:/usr/local/sbin"
_FAR = 0.02  # seconds: the round trip to a relay that is not next door
_ENDS = 10_000  # letters at either end of a long send, which are compared
# What one letter may cost, and a send of any size; and how long freezing a million readers may be.
_CPU_BUDGET, _MEMORY_BUDGET, _FREEZE_BUDGET = 350.0, 120.0, 15.0
_MICRO, _MEGA = 1e6, 1e6
_RATE = "letters/s"
_NOBODY = 9  # a port at which nobody is asked
_IN_A_COMMIT = 15  # events of letters, as it comes about by itself with twenty connections


@dataclass(frozen=True, slots=True)
class Scale:
    """How many letters and readers are measured with."""

    letters: int = 12_000  # of 60 kB
    far_letters: int = 2_000  # of 60 kB, with latency
    shared_letters: int = 4_000  # by several senders
    readers: int = 100_000  # of one edition


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process took: seconds on the clock and of the processor; the most memory, bytes."""

    seconds: float
    processor: float
    peak: float


# --- measuring a child --------------------------------------------------------------------------


def spent_by(process: subprocess.Popen[bytes]) -> Spent:
    """Wait for a child that has just been started. Its memory is read from /proc as it runs:
    ru_maxrss would count what this process had when it started the child."""
    started = time.perf_counter()
    peak = 0.0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        peak = max(peak, _high_water(process.pid))
        time.sleep(0.01)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.args
    return Spent(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, peak)


def _high_water(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return 0.0
    _, found, after = status.partition("VmHWM:")
    return int(after.split()[0]) * 1024.0 if found else 0.0


def delivered(project: SendingProject) -> Spent:
    """Send a frozen edition; what that took beyond a run that finds nothing to send."""
    sending = spent_by(project.start(*SEND))
    idle = spent_by(project.start(*SEND))
    return Spent(sending.seconds - idle.seconds, sending.processor - idle.processor, sending.peak)


def _rate(letters: list[Taken]) -> float:
    return (len(letters) - 1) / (letters[-1].at - letters[0].at)


@contextmanager
def _frozen(
    readers: int, port: int, *, stories: int = 1, database: str | None = None
) -> Iterator[SendingProject]:
    with tempfile.TemporaryDirectory() as name:
        project = sending_project(
            Path(name) / "project",
            readers=readers,
            port=port,
            database=database or f"sqlite:///{Path(name) / 'newsletter.db'}",
            connections=CONNECTIONS,
            stories=stories,
        )
        freeze(project)
        yield project


@contextmanager
def _sink() -> Iterator[Sink]:
    with tempfile.TemporaryDirectory() as name, Sink(Path(name)) as sink:
        yield sink


# --- against smtp-source ------------------------------------------------------------------------


def against_smtp_source(scale: Scale) -> Iterator[Measure]:
    """The whole sender, ledger on, and postfix's sender, both into postfix's sink."""
    tools = [shutil.which(name, path=_SBIN) for name in ("smtp-source", "smtp-sink")]
    source, smtp_sink = tools
    if source is None or smtp_sink is None:
        yield Skipped("letters a second, against smtp-source", "postfix's tools are not installed")
        return
    letters = scale.letters
    with _postfix_sink(smtp_sink) as port, _frozen(letters, port, stories=_STORIES) as ours:
        size = _size_of_letter(ours)
        before = _smtp_source(source, port, letters, size)
        own = delivered(ours)
        after = _smtp_source(source, port, letters, size)
        single = _smtp_source(source, port, letters, size, kept=False)
    what = f"{size / 1000:.0f} kB, {CONNECTIONS} connections"
    seconds = (before.seconds + after.seconds) / 2
    for name, theirs in (
        ("smtp-source", seconds),
        ("smtp-source, a connection for each", single.seconds),
    ):
        yield Figure(
            f"letters a second, {what}", letters / own.seconds, name, letters / theirs, _RATE
        )
    cpu = own.processor / letters * _MICRO
    yield Figure(f"a letter (CPU), {what}", cpu, "budget", _CPU_BUDGET, "µs")
    other = (before.processor + after.processor) / 2 / letters * _MICRO
    yield Figure(f"a letter (CPU), {what}", cpu, "smtp-source", other, "µs")
    yield Figure("peak memory of that send", own.peak / _MEGA, "budget", _MEMORY_BUDGET, "MB")


def _smtp_source(program: str, port: int, letters: int, size: int, *, kept: bool = True) -> Spent:
    """On kept connections, as ours are, or as it does by default."""
    many = ("-s", str(CONNECTIONS), "-l", str(size), "-m", str(letters))
    keeping = ("-d",) if kept else ()
    return spent_by(subprocess.Popen([program, *keeping, *many, f"{HOST}:{port}"]))


@contextmanager
def _postfix_sink(program: str) -> Iterator[int]:
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    user = ("-u", "nobody") if os.geteuid() == 0 else ()  # root has to say who it will be
    process = subprocess.Popen([program, *user, f"{HOST}:{port}", "512"])
    try:
        _wait_until_open(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    while True:
        assert process.poll() is None, process.args
        try:
            socket.create_connection((HOST, port), 1).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.01)


def _size_of_letter(project: SendingProject) -> int:
    """Of the frozen edition, in bytes: what a maildir would get."""
    url = project.database
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        query = sa.text("select letter from editions where language = 'en'")
        letter = json.loads(connection.execute(query).scalar_one())
    engine.dispose()
    headers_and_encoding = 1.06
    return round((len(letter["html"]) + len(letter["text"])) * headers_and_encoding)


# --- over a slow wire ---------------------------------------------------------------------------


def against_smtplib(scale: Scale) -> Iterator[Measure]:
    """The whole sender against as many threads of smtplib, next to the server and far from it."""
    for seconds in (0.0, _FAR):
        own, size = _own_rate(scale.far_letters, seconds)
        other = _smtplib_rate(scale.far_letters, size, seconds)
        what = f"letters a second, round trip {seconds * 1000:.0f} ms"
        yield Figure(what, own, "smtplib", other, _RATE)


def _own_rate(letters: int, seconds: float) -> tuple[float, int]:
    """And the size of a letter in bytes."""
    with (
        _sink() as sink,
        _wire(sink.port, seconds) as port,
        _frozen(letters, port, stories=_STORIES) as project,
    ):
        spent_by(project.start(*SEND))
        taken = sink.record().taken
    assert len(taken) == letters
    return _rate(taken), taken[0].size


def _smtplib_rate(letters: int, size: int, seconds: float) -> float:
    with _sink() as sink, _wire(sink.port, seconds) as port:
        spent_by(_this("smtplib", port, letters, size))
        return _rate(sink.record().taken)


@contextmanager
def _wire(port: int, seconds: float) -> Iterator[int]:
    with slow_wire_process(port, seconds=seconds) if seconds else nullcontext(port) as end:
        yield end


def smtplib_sender(port: int, letters: int, size: int) -> None:
    """Runs in a child: so many letters by smtplib on CONNECTIONS kept connections."""
    line = b"x" * 70 + b"\r\n"
    content = b"Subject: bench\r\n\r\n" + line * (size // len(line))

    def send(share: int) -> None:
        with smtplib.SMTP(HOST, port) as session:
            for number in range(share):
                session.sendmail("news@example.com", [f"reader{number}@example.com"], content)

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(send, [letters // CONNECTIONS] * CONNECTIONS))


# --- the pieces ---------------------------------------------------------------------------------


def by_pieces(scale: Scale) -> Iterator[Measure]:
    """What a letter's processor time goes into: filling it, handing it over, and the rest, which is
    the ledger, and the order of work (threads that wait for each other, most of it)."""
    with _sink() as sink, _frozen(scale.letters, sink.port, stories=_STORIES) as project:
        whole = delivered(project).processor / scale.letters * _MICRO
    with _sink() as sink:
        pieces = _answer("pieces", sink.port, scale.letters)
    with _frozen(scale.letters, _NOBODY, stories=_STORIES) as project:
        pieces |= _answer("ledger", project.folder)
    rest = whole - sum(pieces.values())
    for what, cost in (*pieces.items(), ("the order of work", rest)):
        yield Figure(f"a letter: {what} (CPU)", cost, "the whole", whole, "µs")


def pieces(port: int, letters: int) -> dict[str, float]:
    """Runs in a child: microseconds of the processor for a letter, by piece."""
    compiled = compile_letter(sample.letter(sample.edition("en", 24)), _HEADERS, key="bench")
    ring = read_key_ring(new_key_line(), name="bench")
    now = datetime.now(UTC)

    def fill(number: int) -> Message:
        return compiled.message_for(
            email=f"reader{number}@example.com",
            name=None,
            token=f"token{number}",
            personal=_tokens(ring, number),
            date=now,
        )

    message = fill(0)
    spec = SmtpSpec(kind="smtp", host=HOST, port=port, tls="none")
    with SmtpTransport(spec, local_hostname="client.example") as transport:
        send(transport, message)  # connects
        return {
            "filled": _processor(fill, letters),
            "handed over": _processor(lambda number: send(transport, message), letters),
        }


def ledger(folder: Path) -> dict[str, float]:
    """Runs in a child: microseconds of the processor for a letter in the ledger, claimed and
    settled, as many in a commit as the connections of a send have in one."""
    with open_app(folder) as app:
        with app.database.begin() as tx:
            (edition,) = editions.unfinished(tx, rehearsal=False)
            editions.change_state(tx, edition.id, list(EditionState), EditionState.SENDING)
        done = 0
        started = time.process_time()
        while (chunk := _leased(app, edition.id)) is not None:
            with app.database.read() as tx:
                waiting = deliveries.waiting(tx, chunk, app.clock())
            before: list[Delivery] = []
            for first in range(0, len(waiting) + _IN_A_COMMIT, _IN_A_COMMIT):
                group = waiting[first : first + _IN_A_COMMIT]
                with app.database.begin() as tx:
                    chunks.standing(tx, [chunk.id], "bench")
                    taken = [Settled(each, DeliveryState.SENT, "250 2.0.0 Ok") for each in before]
                    deliveries.settle(tx, taken, app.clock())
                    done += len(deliveries.claim(tx, group)) if group else 0
                before = group
            with app.database.begin() as tx:
                chunks.release(tx, chunk, "bench", app.clock())
        cost = (time.process_time() - started) / done * _MICRO
    return {f"in the ledger, {_IN_A_COMMIT} in a commit": cost}


def _leased(app: App, edition: int) -> Chunk | None:
    with app.database.begin() as tx:
        return chunks.lease(tx, edition, "bench", timedelta(minutes=5), app.clock())


def _tokens(ring: KeyRing, reader: int) -> dict[Personal, str]:
    return {
        Personal.UNSUBSCRIBE: ring.sign(Purpose.UNSUBSCRIBE, f"{reader}:daily"),
        Personal.LANGUAGE: ring.sign(Purpose.LANGUAGE, f"{reader}:daily"),
        Personal.PREFERENCES: ring.sign(Purpose.PREFERENCES, f"{reader}:daily"),
    }


def _processor(call: Callable[[int], object], times: int) -> float:
    """Microseconds of a call; nothing that it returns is kept."""
    started = time.process_time()
    for number in range(times):
        call(number)
    return (time.process_time() - started) / times * _MICRO


_HEADERS = LetterHeaders(
    sender_name="The Example",
    sender_address="news@example.com",
    list_id="daily.en.news.example.com",
    message_domain="example.com",
    unsubscribe_base="https://news.example.com/u/",
)


# --- many readers -------------------------------------------------------------------------------


def growth(scale: Scale) -> Iterator[Measure]:
    """Freezing many readers, then sending to them: whether the last letters leave as fast as the
    first, and in how much memory."""
    with _sink() as sink, _enrolled(_ENDS, sink.port) as few:
        _answer("freeze", few.folder)
        small = delivered(few)
    with _sink() as sink, _enrolled(1, sink.port) as one:
        nobody = _answer("freeze", one.folder)["seconds"]
    with _sink() as sink, _enrolled(scale.readers, sink.port) as many:
        seconds = _answer("freeze", many.folder)["seconds"] - nobody
        large = spent_by(many.start(*SEND))
        taken = sink.record().taken
    assert len(taken) == scale.readers
    budget = _FREEZE_BUDGET * scale.readers / 1_000_000
    yield Figure(f"{scale.readers:,} readers, frozen", seconds, "budget", budget, "s")
    ends = _rate(taken[-_ENDS:]), _rate(taken[:_ENDS])
    yield Figure(
        f"letters a second, the last {_ENDS:,} of {scale.readers:,}", ends[0],
        f"the first {_ENDS:,}", ends[1], _RATE,
    )  # fmt: skip
    yield Figure(
        f"peak memory, {scale.readers:,} readers", large.peak / _MEGA,
        f"{_ENDS:,} readers", small.peak / _MEGA, "MB",
    )  # fmt: skip
    yield Figure(
        f"peak memory, {scale.readers:,} readers", large.peak / _MEGA,
        "budget", _MEMORY_BUDGET, "MB",
    )  # fmt: skip


@contextmanager
def _enrolled(readers: int, port: int) -> Iterator[SendingProject]:
    """A project whose edition is still to be frozen."""
    with tempfile.TemporaryDirectory() as name:
        yield sending_project(
            Path(name) / "project",
            readers=readers,
            port=port,
            database=f"sqlite:///{Path(name) / 'newsletter.db'}",
            connections=CONNECTIONS,
        )


def freeze_and_measure(folder: Path) -> dict[str, float]:
    """Runs in a child: enrol the readers, then compose and freeze; the seconds of the latter. The
    list of readers is taken away: sending has no need to read it."""
    with open_app(folder) as app:
        app.lists.enrol()
        app.newsroom.collect()
        digest = app.digest("daily")
        started = time.perf_counter()
        app.editions.compose(digest, app.slot(digest, SLOT))
        seconds = time.perf_counter() - started
    (folder / "subscribers" / "en.csv").write_text("email\n", "utf-8")
    return {"seconds": seconds}


# --- several senders ----------------------------------------------------------------------------


def several_senders(scale: Scale) -> Iterator[Measure]:
    """One, two and four senders on PostgreSQL: how the whole rate holds."""
    try:
        with own_server() as server:
            url = server.get_uri()
            rates = {
                count: _shared_rate(count, _new_database(url, count), scale.shared_letters)
                for count in (1, 2, 4)
            }
    except ImportError as error:
        yield Skipped("several senders on PostgreSQL", str(error))
        return
    for count, rate in rates.items():
        what = f"letters a second, {count} senders on PostgreSQL"
        yield Figure(what, rate, "1 sender", rates[1], _RATE)


def _shared_rate(count: int, database: str, letters: int) -> float:
    with _sink() as sink, _frozen(letters, sink.port, database=database) as project:
        crowd = Crowd.of(project, count)
        wait_for_letters(sink, letters, *crowd.processes)
        crowd.stop()
        return _rate(sink.record().taken)


def _new_database(url: str, number: int) -> str:
    engine = sa.create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(sa.text(f"create database bench_{number}"))
    engine.dispose()
    return url.replace("/postgres?", f"/bench_{number}?")


# --- the program --------------------------------------------------------------------------------

SECTIONS: dict[str, Callable[[Scale], Iterator[Measure]]] = {
    "smtp-source": against_smtp_source,
    "smtplib": against_smtplib,
    "pieces": by_pieces,
    "growth": growth,
    "senders": several_senders,
}


def what_sending_costs(scale: Scale) -> Iterator[Measure]:
    for section in SECTIONS.values():
        yield from section(scale)


def _this(*arguments: object) -> subprocess.Popen[bytes]:
    """This module as a child, for one piece of work."""
    command = [sys.executable, "-m", "tests.bench_sending", "--child", *map(str, arguments)]
    return subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE)


def _answer(*arguments: object) -> dict[str, float]:
    said, _ = _this(*arguments).communicate()
    answer: dict[str, float] = json.loads(said)
    return answer


def _child(name: str, *arguments: str) -> None:
    work: dict[str, Callable[[], Any]] = {
        "smtplib": lambda: smtplib_sender(*map(int, arguments)),
        "pieces": lambda: pieces(*map(int, arguments)),
        "freeze": lambda: freeze_and_measure(Path(arguments[0])),
        "ledger": lambda: ledger(Path(arguments[0])),
    }
    print(json.dumps(work[name]()))


def main() -> None:
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SECTIONS))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--large", action="store_true", help="a million readers")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        _child(*options.child)
        return
    scale = Scale(letters=20_000, readers=1_000_000) if options.large else Scale()
    measured = []
    for name in options.names or SECTIONS:
        for each in SECTIONS[name](scale):
            measured.append(each)
            if not options.json:
                print(each, flush=True)
    if options.json:
        print(json.dumps([each.as_json() for each in measured]))


if __name__ == "__main__":
    main()
