"""Door: runs functions in a child process, with limits on time and memory.

Whatever happens there (a crash in somebody's C code, a loop without end, a bomb) costs that call
and not the program. The child is kept warm: the next call finds everything imported.
"""

import os
import pickle
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import IO, NamedTuple, ParamSpec, Protocol, TypeVar, cast

from newsletter.lib.errors import NewsletterError
from newsletter.lib.memory import give_back_memory

P = ParamSpec("P")
T = TypeVar("T")

_LENGTH = struct.Struct(">Q")
_MEGABYTE = 1024 * 1024
_PATIENCE = 4  # seconds of the clock for one of the processor: a machine has other things to do
_LAST_WAIT = 0.5  # seconds for a call under way when the child is to end
_START = 30.0  # more seconds for the first call, which imports


class Overrun(NewsletterError):
    """A call that was stopped, or did not survive; says at which limit."""


class OutOfTime(BaseException):
    """Raised within the function when its time is over: past every `except Exception`, so that a
    function which knows where it was can say so."""


class Isolation(Protocol):
    """How a function is called: in a child with limits, or right here."""

    def __call__(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...


def here(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """No isolation at all."""
    return function(*args, **kwargs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Processor seconds of a call, and megabytes beyond what the child has at its start."""

    seconds: float = 10.0
    megabytes: int = 512


class Child:
    """A process that runs one function at a time. It starts with the first call, and again after
    one that went wrong, or when what earlier calls left lying about fills half of the memory that a
    call may use. `preload` are modules to import before the memory is measured."""

    def __init__(self, limits: Limits | None = None, *, preload: tuple[str, ...] = ()) -> None:
        self._limits = limits or Limits()
        self._preload = preload
        self._process: subprocess.Popen[bytes] | None = None
        self._last_words: IO[bytes] | None = None
        self._turn = threading.Lock()
        self._closing = False

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function returns, or a NewsletterError that it raises.

        The function stands in a module; what goes in and comes out can be pickled. Raises Overrun
        when it takes too long, needs too much memory, crashes, or fails in a way not foreseen.
        """
        message = pickle.dumps((function, args, kwargs))
        with self._turn:
            outcome = self._ask(message)
        kind, what = outcome
        if kind == "returned":
            return cast("T", what)
        raise what if isinstance(what, NewsletterError) else Overrun(str(what))

    def close(self) -> None:
        """End the child, whatever it is doing. Who waits for its answer is told that it crashed."""
        if self._turn.acquire(timeout=_LAST_WAIT):
            try:
                self._end()
            finally:
                self._turn.release()
        elif process := self._process:
            self._closing = True
            process.kill()

    def _ask(self, message: bytes) -> tuple[str, object]:
        fresh = self._process is None or self._process.poll() is not None
        kind, what = self._asked(message, fresh=fresh)
        # It may have been the fault of earlier calls: libraries without memory fail in odd ways.
        if kind in ("full", "crashed", "failed") and not (fresh or self._closing):
            kind, what = self._asked(message, fresh=True)
        self._closing = False
        return kind, what

    def _asked(self, message: bytes, *, fresh: bool) -> tuple[str, object]:
        seconds = _PATIENCE * self._limits.seconds
        if fresh:
            self._end()
            self._start()
            seconds += _START
        try:
            return self._answered(message, seconds)
        except BaseException:  # Ctrl-C as well: the next call must not get this one's answer
            self._end()
            raise

    def _answered(self, message: bytes, seconds: float) -> tuple[str, object]:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        deadline = time.monotonic() + seconds
        watch = threading.Timer(seconds, process.kill)
        watch.start()
        try:
            _write(process.stdin, message)
            answer = _read(process.stdout)
        except (EOFError, OSError):
            if time.monotonic() >= deadline:
                self._end()
                return "overran", _too_long(self._limits)
            return "crashed", f"crashed ({self._epitaph()})"
        finally:
            watch.cancel()
        kind, what, worn = pickle.loads(answer)  # noqa: S301 - our own child wrote it
        if worn or kind in ("overran", "full"):  # its memory is full of what was left lying about
            self._end()
        return kind, what

    def _start(self) -> None:
        limits = f"{self._limits.seconds!r}, {self._limits.megabytes!r}, {self._preload!r}"
        # -P, and our own path: a file of the working folder must not stand in for a module.
        path = os.pathsep.join(each for each in sys.path if each)
        self._last_words = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        self._process = subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-P", "-c", f"from {__name__} import serve; serve({limits})"],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._last_words,
            bufsize=0,
        )

    def _epitaph(self) -> str:
        """How the child ended, and the last that it said."""
        assert self._process is not None
        assert self._last_words is not None
        code = self._process.wait()
        self._last_words.seek(0)
        said = self._last_words.read().decode("utf-8", "replace").split("\n")
        last = next((line.strip()[:200] for line in reversed(said) if line.strip()), "")
        self._end()
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"{how}: {last}" if last else how

    def _end(self) -> None:
        process, self._process = self._process, None
        if self._last_words is not None:
            self._last_words.close()
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def serve(seconds: float, megabytes: int, preload: tuple[str, ...]) -> None:
    """The child's whole life: read a call, answer it, until nobody asks any more."""
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    # Ctrl-C and a service's stop reach the whole group; the parent says when to go.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    for name in preload:
        import_module(name)
    limits = Limits(seconds=seconds, megabytes=megabytes)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    give_back_memory()
    at_first = _memory()
    _limit_memory(at_first, megabytes)
    signal.signal(signal.SIGPROF, _out_of_time)
    with suppress(EOFError):
        while True:
            kind, what = _answer(_read(questions), limits)
            give_back_memory()
            worn = (_memory().held - at_first.held) * 2 > megabytes * _MEGABYTE
            _write(answers, pickle.dumps((kind, what, worn)))
            del what


def _answer(message: bytes, limits: Limits) -> tuple[str, object]:
    try:
        function, args, kwargs = pickle.loads(message)  # noqa: S301 - our own parent wrote it
        signal.setitimer(signal.ITIMER_PROF, limits.seconds)
        try:
            return "returned", function(*args, **kwargs)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except NewsletterError as fault:
        return "raised", fault
    except OutOfTime:
        return "overran", _too_long(limits)
    except MemoryError:
        return "full", f"needs more memory than {limits.megabytes} MB"
    except Exception as error:  # nobody foresaw it: it costs this call, and is named to the caller
        return "failed", f"{type(error).__name__}: {error}"


def _too_long(limits: Limits) -> str:
    return f"takes longer than {limits.seconds:g} s"


def _out_of_time(signum: int, frame: object) -> None:
    raise OutOfTime


class _Memory(NamedTuple):
    """Bytes: the address space of a process, which is what can be limited, and what it holds."""

    space: int
    held: int


def _memory() -> _Memory:
    """Of this process; nothing on systems that do not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - no file, a kernel's answer
            space, held, *_ = (int(pages) * resource.getpagesize() for pages in file.read().split())
    except OSError:
        return _Memory(0, 0)
    return _Memory(space, held)


def _limit_memory(at_first: _Memory, megabytes: int) -> None:
    """Once, to so much more than at first. Space that earlier calls have taken and left empty
    counts as well: a later call fills it before it takes more."""
    if at_first.space:
        limit = at_first.space + megabytes * _MEGABYTE
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))


def _write(pipe: IO[bytes], message: bytes) -> None:
    data = memoryview(_LENGTH.pack(len(message)) + message)
    while data:
        data = data[pipe.write(data) :]
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes:
    return _exactly(pipe, _LENGTH.unpack(_exactly(pipe, _LENGTH.size))[0])


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    """So many bytes; EOFError when the other side is gone before."""
    parts: list[bytes] = []
    while length:
        part = pipe.read(min(length, _MEGABYTE))
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
