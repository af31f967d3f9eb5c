"""A slow wire: a TCP proxy on the loopback address that delays what passes, and keeps its order.

    python -m tests.tools.slow_wire --to PORT --port-file FILE --round-trip MILLISECONDS

Half of the round trip is waited in each direction. Bandwidth stays: any number of bytes may be on
their way at once. A new connection costs its client nothing (a real one: a round trip more).
"""

import argparse
import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.tools.sink import HOST, wait_for_port, write_port

_MOST = 32 * 1024 * 1024  # bytes on their way in one direction before the sender is made to wait


class _End(asyncio.Protocol):
    """One end of a connection: what it hears comes out of the other end, later."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._loop = asyncio.get_running_loop()
        self._under_way: deque[bytes] = deque()  # b"": nothing more will come
        self._bytes = 0
        self._transport: asyncio.Transport | None = None
        self.other: _End | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        self._bytes += len(data)
        if self._bytes > _MOST and self._transport is not None:
            self._transport.pause_reading()
        self._send_later(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._send_later(b"")

    def _send_later(self, data: bytes) -> None:
        # Each timer takes the first that waits: the order stays, whichever of them rings first.
        self._under_way.append(data)
        self._loop.call_later(self._delay, self._arrive)

    def _arrive(self) -> None:
        data = self._under_way.popleft()
        self._bytes -= len(data)
        if self._transport is not None and self._bytes <= _MOST:
            self._transport.resume_reading()
        out = self.other._transport if self.other is not None else None
        if out is None:
            return
        if data:
            out.write(data)
        else:
            out.close()


class _Client(_End):
    """The end of who connects; the other end is opened for each."""

    def __init__(self, delay: float, port: int) -> None:
        super().__init__(delay)
        self._port = port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert self._transport is not None
        self._transport.pause_reading()
        self._opening = self._loop.create_task(self._open())

    async def _open(self) -> None:
        try:
            _, server = await self._loop.create_connection(
                lambda: _End(self._delay), HOST, self._port
            )
        except OSError:
            if self._transport is not None:
                self._transport.close()
            return
        self.other, server.other = server, self
        if self._transport is not None:
            self._transport.resume_reading()


async def _serve(to: int, seconds: float, done: asyncio.Event, bound: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Client(seconds / 2, to), sock=bound)
    await done.wait()
    server.close()


@contextmanager
def slow_wire(to: int, *, seconds: float) -> Iterator[int]:
    """A proxy to a loopback port in a thread of this process, with this round trip; its port."""
    bound = socket.create_server((HOST, 0), backlog=512)
    loop = asyncio.new_event_loop()
    done = asyncio.Event()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(_serve(to, seconds, done, bound)), daemon=True
    )
    thread.start()
    try:
        yield bound.getsockname()[1]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


@contextmanager
def slow_wire_process(to: int, *, seconds: float) -> Iterator[int]:
    """The same in a process of its own, which takes nothing of this one's processor."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "port"
        arguments = ("--to", str(to), "--port-file", str(file), "--round-trip", f"{seconds * 1000}")
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.tools.slow_wire", *arguments],
            cwd=Path(__file__).parents[2],
        )
        try:
            yield wait_for_port(file, process)
        finally:
            process.terminate()
            process.wait()


async def _run(to: int, port_file: Path, seconds: float) -> None:
    done = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, done.set)
    bound = socket.create_server((HOST, 0), backlog=512)
    write_port(port_file, bound.getsockname()[1])
    await _serve(to, seconds, done, bound)


def main() -> None:
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--to", type=int, required=True, help="the port behind the wire")
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--round-trip", type=float, default=20.0, help="milliseconds")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(options.to, options.port_file, options.round_trip / 1000))


if __name__ == "__main__":
    main()
