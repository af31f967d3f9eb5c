"""How often one address may ask: buckets that fill again with time, and whose they are.

Kept in memory, and never more than so many: who asks from more addresses than that is not stopped
by counting addresses.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Lock

from starlette.requests import Request

_MOST = 20_000  # buckets, some 150 bytes each
_COUNTED = {4: 32, 6: 64}  # leading bits: a household has a whole /64
_KEPT = {4: 24, 6: 48}  # what is written down names a neighbourhood, and nobody in it
_HOPS = 20  # of X-Forwarded-For; no way through proxies is longer


@dataclass(slots=True)
class _Bucket:
    level: float
    at: datetime


@dataclass(slots=True)
class Limit:
    """So many at once (`burst`), and one more after each `every`; counted by key."""

    burst: int
    every: timedelta
    most: int = _MOST
    buckets: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def take(self, key: str, now: datetime) -> timedelta | None:
        """Count one for the key; where it had too many already, how long it has to wait."""
        with self.lock:
            bucket = self._filled(key, now)
            if bucket.level < 1:
                return (1 - bucket.level) * self.every
            bucket.level -= 1
            return None

    def wait(self, key: str, now: datetime) -> timedelta | None:
        """How long the key has to wait, if at all; counts nothing."""
        with self.lock:
            if key not in self.buckets:
                return None
            level = self._filled(key, now).level
            return (1 - level) * self.every if level < 1 else None

    def _filled(self, key: str, now: datetime) -> _Bucket:
        """The bucket of a key with what has run into it since; the one used longest ago makes room
        for a new one."""
        bucket = self.buckets.setdefault(key, _Bucket(self.burst, now))
        gained = max(now - bucket.at, timedelta()) / self.every  # a clock may be put back
        bucket.level, bucket.at = min(self.burst, bucket.level + gained), now
        self.buckets.move_to_end(key)
        while len(self.buckets) > self.most:
            self.buckets.popitem(last=False)
        return bucket


@dataclass(frozen=True, slots=True)
class Limits:
    """What is counted on the public pages.

    Wrong tokens: a scanner that cuts links, or somebody guessing at 2**-128. Sign-ups: an office
    behind one address fills in a few forms. To one address: a confirmation a day is all that is
    ever mailed, and three times is enough to correct one's name.
    """

    wrong_tokens: Limit = field(default_factory=lambda: Limit(60, timedelta(seconds=10)))
    sign_ups: Limit = field(default_factory=lambda: Limit(20, timedelta(minutes=3)))
    to_one_address: Limit = field(default_factory=lambda: Limit(3, timedelta(hours=8)))


Address = IPv4Address | IPv6Address


def client_address(request: Request, trusted: Sequence[str]) -> Address | None:
    """Where a request comes from: the other end of the connection, or, where that is a trusted
    proxy, what it says. Each proxy adds at the right whom it talked to: of these the last that is
    no trusted proxy itself; what stands left of it was made up by anybody."""
    found = _address(request.client.host) if request.client else None
    said = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    for hop in said[: -_HOPS - 1 : -1]:
        if found is None or not _is_in(found, trusted) or not (before := _address(hop)):
            break
        found = before
    return found


def counted(address: Address | None) -> str:
    """The address as it is counted: one household, one key."""
    return _leading(address, _COUNTED)


def kept(address: Address | None) -> str | None:
    """The address as it may be written down."""
    return _leading(address, _KEPT) or None


def _leading(address: Address | None, bits: dict[int, int]) -> str:
    return str(ip_network((address, bits[address.version]), strict=False)) if address else ""


def _address(text: str) -> Address | None:
    """Of a hop as proxies write it: "192.0.2.1", "192.0.2.1:4711", "[2001:db8::1]:4711"."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])  # without the zone
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _is_in(address: Address, networks: Sequence[str]) -> bool:
    return any(address in ip_network(each, strict=False) for each in networks)
