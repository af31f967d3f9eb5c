from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.sources.addresses import is_public, literal, networks, within


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700::1111"])
def test_a_publishers_address_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.1",
        "10.255.255.255",
        "100.127.0.1",
        "127.9.9.9",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.192",
        "192.88.99.1",
        "192.168.0.1",
        "198.19.255.255",
        "224.0.0.251",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::1",
        "2001::1",
        "2001:db8::1",
        "2002:808:808::1",
        "3fff::1",
        "fc00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_a_special_address_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_what_python_calls_private_is_never_public(ip: IPv4Address) -> None:
    assert not (is_public(ip) and ip.is_private)


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_an_address_that_carries_another_is_never_public(ip: IPv6Address) -> None:
    assert not (is_public(ip) and (ip.ipv4_mapped or ip.sixtofour or ip.teredo))


def test_allowed_networks_hold_addresses_of_their_own_kind_only() -> None:
    allowed = networks(["10.0.0.5/8", "fd00::/8", "192.168.1.4"])
    assert within(ip_address("10.1.2.3"), allowed)
    assert within(ip_address("192.168.1.4"), allowed)
    assert not within(ip_address("192.168.1.5"), allowed)
    assert not within(ip_address("::ffff:10.1.2.3"), allowed)


def test_the_scope_of_a_link_local_address_is_left_out() -> None:
    assert literal("fe80::1%eth0") == IPv6Address("fe80::1")
