"""The delaying proxy itself."""

import smtplib
import socket
import threading
import time
from pathlib import Path

from tests.tools.sink import HOST, Sink
from tests.tools.slow_wire import slow_wire

ROUND_TRIP = 0.05
CONTENT = bytes(range(256)) * 8_000  # 2 MB: many packets


def test_what_passes_comes_out_in_its_order_and_the_end_after_it() -> None:
    with socket.create_server((HOST, 0)) as server:
        echo = threading.Thread(target=_echo, args=(server,))
        echo.start()
        with (
            slow_wire(server.getsockname()[1], seconds=ROUND_TRIP) as port,
            socket.create_connection((HOST, port)) as client,
        ):
            started = time.monotonic()
            client.sendall(CONTENT)
            got = b"".join(iter(lambda: client.recv(65536), b""))
            assert got == CONTENT
            assert time.monotonic() - started >= ROUND_TRIP
        echo.join()


def _echo(server: socket.socket) -> None:
    """Give back all that comes, then hang up."""
    connection, _ = server.accept()
    with connection:
        left = len(CONTENT)
        while left:
            data = connection.recv(65536)
            left -= len(data)
            connection.sendall(data)


def test_every_command_that_is_waited_for_costs_a_round_trip(tmp_path: Path) -> None:
    with Sink(tmp_path) as sink, slow_wire(sink.port, seconds=ROUND_TRIP) as port:
        with smtplib.SMTP(HOST, port) as session:
            session.ehlo()
            started = time.monotonic()
            session.sendmail("a@example.com", ["b@example.com"], b"hello\r\n")
            assert time.monotonic() - started >= 4 * ROUND_TRIP  # MAIL, RCPT, DATA, dot
        assert sink.count() == 1
