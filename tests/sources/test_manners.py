"""No host is asked by two of us at once, or twice within a moment."""

import threading
import time

import pytest

from newsletter.sources.http import Http, Limits
from newsletter.sources.manners import PAUSE, Manners, server_of
from tests.sources.server import Answer, page, serving


def waits_of(pause: float, *hosts: str) -> list[float]:
    """How long each host's turn waited, by the sleeps that were asked for."""
    asked: list[float] = []
    manners = Manners(pause, sleep=asked.append)
    for host in hosts:
        before = len(asked)
        with manners.turn(host):
            pass
        if len(asked) == before:
            asked.append(0.0)
    return asked


def test_a_second_request_to_a_host_waits_a_second() -> None:
    first, second, third = waits_of(1.0, "a.example", "A.example", "b.example")
    assert (first, third) == (0.0, 0.0)
    assert 0 < second <= 1.0


def test_the_usual_pause_is_a_second() -> None:
    asked: list[float] = []
    manners = Manners(sleep=asked.append)
    for _ in range(2):
        with manners.turn("a.example"):
            pass
    assert len(asked) == PAUSE == 1.0
    assert 0 < asked[0] <= 1.0


def test_sources_with_other_pauses_take_turns_all_the_same() -> None:
    asked: list[float] = []
    manners = Manners(60, sleep=asked.append)
    with manners.pausing(0).turn("a.example"):
        pass
    with manners.turn("a.example"):
        pass
    assert len(asked) == 1


def test_a_host_is_asked_by_one_at_a_time() -> None:
    at_once, most = 0, 0
    lock = threading.Lock()

    def answer(handler: object) -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.02)
        with lock:
            at_once -= 1
        ok(handler)  # type: ignore[arg-type]

    ok: Answer = page(b"us")
    manners = Manners(0)

    def ask() -> None:
        with Http(user_agent="M/1", allow_private=("127.0.0.0/8",), manners=manners) as http:
            http.fetch(f"{site.url}/")

    with serving({"/": answer}) as site:
        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (most, len(site.asked)) == (1, 6)


def test_waiting_for_a_turn_is_not_counted_as_the_server_s_time() -> None:
    manners = Manners(1.2)
    with (
        serving({"/": page(b"us")}) as site,
        Http(
            user_agent="M/1",
            allow_private=("127.0.0.0/8",),
            manners=manners,
            limits=Limits(total=1),
        ) as http,
    ):
        for _ in range(2):
            assert http.fetch(f"{site.url}/").content == b"us"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("https://a.example/feed", "a.example"),
        ("http://A.example:80/", "a.example"),
        ("https://a.example:443/x", "a.example"),
        ("https://a.example./", "a.example"),
        ("http://a.example:8080/", "a.example:8080"),
        ("http://[::1]:8000/", "::1:8000"),
    ],
)
def test_a_server_is_a_host_with_both_its_ports_for_the_web(url: str, server: str) -> None:
    assert server_of(url) == server
