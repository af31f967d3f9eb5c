"""When the next edition of a digest will have reached its last reader."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from newsletter.delivery.forecast import Hours, Warmth, done_at
from newsletter.delivery.pace import Rates
from newsletter.editions.window import closes_at, opens_at
from newsletter.model.edition import Slot
from newsletter.model.specs import Digest, Sender
from newsletter.store import audience, paces
from newsletter.store.audience import Audience
from newsletter.store.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How letters leave, as it is configured: how fast, and under which address."""

    rates: Rates = field(default_factory=Rates)
    sender: Sender = field(default_factory=lambda: Sender(address=""))


@dataclass(frozen=True, slots=True)
class Forecast:
    """So many letters, of all languages, at `rate` a second (None: no limit) from `begins`; the
    last leaves at `ends`, None where that is more than a month ahead."""

    letters: int
    rate: float | None
    begins: datetime
    ends: datetime | None


def forecast(
    tx: Tx, digest: Digest, slot: Slot, readers: Mapping[str, int], route: Route
) -> Forecast | None:
    """Of `readers` by language. What else is sent at that time is not reckoned with. None where
    nothing limits the pace, so that only the server knows."""
    letters, rates = sum(readers.values()), route.rates
    if not letters or rates == Rates():
        return None
    hours = Hours(
        opens=partial(opens_at, digest.window, digest.timezone),
        closes=partial(closes_at, digest.window, digest.timezone),
    )
    begins = hours.opens(slot.at) or slot.at
    ends = [
        done_at(count, rate, begins, hours=hours, warmth=warmth)
        for count, rate, warmth in _lines(tx, digest, readers, route)
    ]
    known = [each for each in ends if each is not None]
    return Forecast(
        letters, rates.per_second, begins, max(known) if len(known) == len(ends) else None
    )


def _lines(
    tx: Tx, digest: Digest, readers: Mapping[str, int], route: Route
) -> Iterator[tuple[int, float | None, Warmth | None]]:
    """How many letters wait in each line, and how fast it goes: the last of all is the end."""
    rates = route.rates
    yield sum(readers.values()), rates.per_second, None
    counted = Counter[str]()
    for language in readers:
        asked = Audience(digest=digest.name, language=language, segment=digest.audience)
        counted.update(audience.count_at(tx, asked, list(rates.per_domain)))
    for domain, count in counted.items():
        yield count, rates.of(domain), None
    if rates.warm_up is None:
        return
    by_sender: dict[str, int] = {}
    for language, count in readers.items():
        address = digest.sender_in(language, route.sender).address
        by_sender[address] = by_sender.get(address, 0) + count
    for address, count in by_sender.items():
        sent = paces.letters_by_day(tx, address)
        yield count, rates.per_second, Warmth(plan=rates.warm_up, sent=sent)
