"""How often one address may ask, and whose address it is."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from newsletter.web.limits import Limit, client_address, counted, kept

NOW = datetime(2031, 5, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PROXIES = ("127.0.0.1", "10.0.0.0/8")


def test_so_many_at_once_and_then_one_at_a_time() -> None:
    limit = Limit(3, MINUTE)
    assert [limit.take("a", NOW) for _ in range(4)] == [None, None, None, MINUTE]
    assert limit.take("b", NOW) is None
    assert limit.take("a", NOW + MINUTE / 2) == MINUTE / 2
    assert limit.take("a", NOW + MINUTE) is None
    assert limit.take("a", NOW + MINUTE) == MINUTE


def test_who_waited_long_has_no_more_than_at_the_beginning() -> None:
    limit = Limit(2, MINUTE)
    limit.take("a", NOW)
    later = NOW + timedelta(days=9)
    assert [limit.take("a", later) is None for _ in range(3)] == [True, True, False]


def test_asking_how_long_counts_nothing() -> None:
    limit = Limit(1, MINUTE)
    assert {limit.wait("a", NOW) for _ in range(9)} == {None}
    limit.take("a", NOW)
    assert {limit.wait("a", NOW) for _ in range(9)} == {MINUTE}


def test_a_clock_that_is_put_back_locks_nobody_out() -> None:
    limit = Limit(1, MINUTE)
    limit.take("a", NOW)
    assert limit.take("a", NOW - timedelta(days=9)) == MINUTE
    assert limit.take("a", NOW - timedelta(days=9) + MINUTE) is None


def test_no_more_is_remembered_than_there_is_room_for() -> None:
    limit = Limit(1, MINUTE, most=3)
    for key in ("a", "b", "c", "a", "d"):
        limit.take(key, NOW)
    assert list(limit.buckets) == ["c", "a", "d"]


@given(passed=st.lists(st.integers(0, 200), max_size=60))
def test_never_more_get_through_than_the_burst_and_what_time_allows(passed: list[int]) -> None:
    limit, now, through = Limit(5, MINUTE), NOW, 0
    for seconds in passed:
        now += timedelta(seconds=seconds)
        through += limit.take("a", now) is None
    assert through <= 5 + (now - NOW) / MINUTE


def request(client: str | None, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    return Request({"type": "http", "client": (client, 1) if client else None, "headers": headers})


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        ("192.0.2.1", (), "192.0.2.1"),
        ("192.0.2.1", ("198.51.100.7",), "192.0.2.1"),  # no proxy of ours says so
        ("127.0.0.1", ("198.51.100.7",), "198.51.100.7"),
        ("127.0.0.1", ("203.0.113.9, 198.51.100.7",), "198.51.100.7"),  # the left one is made up
        ("127.0.0.1", ("203.0.113.9", "198.51.100.7"), "198.51.100.7"),
        ("127.0.0.1", ("198.51.100.7, 10.1.2.3",), "198.51.100.7"),  # two of ours
        ("127.0.0.1", ("127.0.0.1, 10.1.2.3",), "127.0.0.1"),
        ("127.0.0.1", (), "127.0.0.1"),
        ("127.0.0.1", ("unknown",), "127.0.0.1"),
        ("127.0.0.1", ("198.51.100.7:4711",), "198.51.100.7"),
        ("127.0.0.1", ("[2001:db8::1]:4711",), "2001:db8::1"),
        ("::ffff:127.0.0.1", ("2001:db8::1",), "2001:db8::1"),
        ("fe80::1%eth0", (), "fe80::1"),
    ],
)
def test_a_request_comes_from_whom_a_trusted_proxy_talked_to(
    client: str, forwarded: tuple[str, ...], address: str
) -> None:
    assert client_address(request(client, *forwarded), PROXIES) == ip_address(address)


def test_a_connection_without_an_address_is_counted_as_one() -> None:
    found = client_address(request(None, "198.51.100.7"), PROXIES)
    assert (found, counted(found), kept(found)) == (None, "", None)


@given(st.text(max_size=80))
def test_whatever_a_header_says_there_is_an_address(said: str) -> None:
    text = said.encode("latin-1", "replace").decode("latin-1")
    scope = {
        "type": "http",
        "client": ("127.0.0.1", 1),
        "headers": [(b"x-forwarded-for", text.encode("latin-1"))],
    }
    assert client_address(Request(scope), PROXIES) is not None


def test_a_household_is_counted_as_one_and_a_neighbourhood_is_kept() -> None:
    for address, household, neighbourhood in (
        ("192.0.2.77", "192.0.2.77/32", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
    ):
        assert counted(ip_address(address)) == household
        assert kept(ip_address(address)) == neighbourhood
