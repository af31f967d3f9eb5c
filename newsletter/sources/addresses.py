"""Which IP addresses are public. An explicit list: `ipaddress.is_global` changes with Python."""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

IP = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA's special-purpose registries (RFC 6890 and later), and what clouds hide behind public ones.
_NOT_PUBLIC_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network; 0.0.0.0 reaches the own machine on Linux
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; 100.100.100.200 is Alibaba's metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host agent, answers only from inside
        "169.254.0.0/16",  # link-local; 169.254.169.254 is most clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; 192.0.0.192 is Oracle's metadata
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
# Only 2000::/3 is handed out for public use (RFC 4291): loopback, mapped IPv4 (::ffff:0:0/96),
# NAT64 (64:ff9b::/96, 64:ff9b:1::/48), unique local, link-local, multicast all lie outside.
_PUBLIC_V6 = IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them: carries any IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any IPv4 address
        "3fff::/20",  # documentation
    )
)


def is_public(ip: IP) -> bool:
    """Whether this is an address that a publisher's server can have on the open internet."""
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC_V4)
    return ip in _PUBLIC_V6 and not any(ip in network for network in _NOT_PUBLIC_V6)


def literal(address: str) -> IP:
    """The address that a resolver gave, without the scope of a link-local one (fe80::1%eth0)."""
    return ip_address(address.partition("%")[0])


def networks(written: Sequence[str]) -> tuple[Network, ...]:
    """`allow_private` as networks; ValueError names what is neither an address nor a network."""
    return tuple(ip_network(each, strict=False) for each in written)


def within(ip: IP, allowed: Sequence[Network]) -> bool:
    return any(ip.version == network.version and ip in network for network in allowed)
