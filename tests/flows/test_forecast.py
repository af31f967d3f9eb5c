"""When the last reader of a digest has their letter."""

from datetime import date, timedelta
from typing import Any

from newsletter.delivery.pace import Rates
from newsletter.editions.window import parse_window
from newsletter.flows.forecast import Forecast, Route, forecast
from newsletter.flows.preview import plan
from newsletter.model.specs import Sender, WarmUp
from newsletter.store import paces
from newsletter.store.database import Database
from tests.flows.mailings import enrolled
from tests.flows.printing import SEVEN, digest, run
from tests.flows.sources import NOW, collected, draft

NEWS = Sender(address="news@example.com")
HOUR = timedelta(hours=1)


def expected(
    database: Database, readers: dict[str, int], *, of: dict[str, Any] | None = None, **rates: Any
) -> Forecast | None:
    route = Route(rates=Rates(**rates), sender=NEWS)
    with database.read() as tx:
        return forecast(tx, digest(**of or {}), run().slot, readers, route)


def ends(found: Forecast | None) -> timedelta:
    """So long after seven."""
    assert found is not None
    assert found.ends is not None
    return found.ends - SEVEN


def test_the_languages_of_a_digest_share_the_relay(database: Database) -> None:
    found = expected(database, {"en": 50_000, "es": 30_000}, per_second=14.0)
    assert found is not None
    assert (found.letters, found.rate, found.begins) == (80_000, 14.0, SEVEN)
    assert round(ends(found) / timedelta(minutes=1)) == 95


def test_where_nothing_limits_the_pace_nothing_is_foretold(database: Database) -> None:
    assert expected(database, {"en": 80_000}) is None
    assert expected(database, {}, per_second=14.0) is None


def test_the_slowest_domain_is_the_last(database: Database) -> None:
    enrolled(database, "ann@slow.example", "ben@slow.example", "cid@example.com")
    rates = {"slow.example": 1 / 3600, "other.example": 1 / 86_400}
    assert ends(expected(database, {"en": 3}, per_second=1.0, per_domain=rates)) == 2 * HOUR


def test_a_slot_outside_the_window_begins_when_it_opens(database: Database) -> None:
    hours = {"window": parse_window("09:00-10:00")}
    found = expected(database, {"en": 5400}, of=hours, per_second=1.0)
    assert found is not None
    assert found.begins == SEVEN + 2 * HOUR
    assert ends(found) == 26.5 * HOUR


def test_a_new_sender_needs_days_and_each_sender_its_own(database: Database) -> None:
    with database.begin() as tx:
        for _ in range(3):
            paces.count_letter(tx, "news@example.com", date(2026, 11, 22), at_most=9)
    plan = WarmUp(first_day=5, growth=2.0)
    both, one = {"en": 2, "es": 5}, {"es": Sender(address="noticias@example.com")}
    assert ends(expected(database, both, of={"sender": one}, warm_up=plan)) == timedelta()
    assert ends(expected(database, both, warm_up=plan)) == 17 * HOUR


def test_what_takes_more_than_a_month_has_no_end(database: Database) -> None:
    found = expected(database, {"en": 80_000}, per_second=0.01)
    assert found is not None
    assert found.ends is None


def test_only_editions_that_are_sent_count(database: Database) -> None:
    collected(database, draft(1))
    enrolled(database, "ann@example.com", "ben@example.com")
    route = Route(rates=Rates(per_second=1.0), sender=NEWS)
    english, spanish = plan(database, [digest()], rehearsal=False, now=NOW, route=route)
    assert english.forecast is not None
    assert (english.forecast.letters, spanish.forecast) == (2, None)
