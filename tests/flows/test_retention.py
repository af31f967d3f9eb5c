"""What nobody needs any more is taken away, and what somebody needs is not."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from newsletter.flows import person
from newsletter.flows.retention import Purged, purge, purge_daily
from newsletter.model.delivery import DeliveryState
from newsletter.model.event import Event, EventKind
from newsletter.model.specs import Privacy
from newsletter.store import events
from newsletter.store.database import Database
from newsletter.store.tables import consents, deliveries, subscribers
from tests.flows.mailings import NOW
from tests.flows.persons import ANN, DAY, RING, Town
from tests.flows.test_person import answered, owed

RULES = Privacy()


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)


def purged(town: Town) -> Purged:
    return purge(town.database, RULES, town.now)


def rows(town: Town, table: sa.Table) -> int:
    with town.database.read() as tx:
        return int(tx.run(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_who_never_confirmed_is_forgotten_after_a_month(town: Town) -> None:
    town.sign_up()
    town.joined("pia@example.com")
    town.now += RULES.pending
    assert purged(town).pending == 0
    town.now += DAY
    assert (purged(town).people, town.notices()) == (1, [])
    with pytest.raises(AssertionError, match="nobody has"):
        town.person()
    assert rows(town, subscribers) == 1


def test_who_has_another_digest_keeps_it(town: Town) -> None:
    town.joined()
    town.sign_up(ANN, "weekly")
    town.now += RULES.pending + DAY
    assert (purged(town).pending, list(town.standings())) == (1, ["daily"])


def test_who_asks_again_is_waited_for_again(town: Town) -> None:
    town.sign_up()
    town.now += timedelta(days=29)
    town.sign_up()
    town.now += timedelta(days=5)
    assert purged(town).pending == 0
    town.confirm()
    assert town.mailed() == 1


def test_the_words_of_servers_go_and_their_outcome_stays(town: Town) -> None:
    town.joined()
    answered(town, owed(town), DeliveryState.REFUSED, "550 <ann@example.com> is full")
    town.now = NOW + RULES.replies
    assert purged(town).replies == 0
    town.now += DAY
    assert (purged(town).replies, rows(town, deliveries)) == (1, 1)
    assert purged(town).replies == 0


def test_a_shorter_time_holds_for_what_is_there(town: Town) -> None:
    town.joined()
    answered(town, owed(town), DeliveryState.SENT, "250 2.0.0 Ok")
    town.now += 30 * DAY
    assert purged(town).replies == 0
    week = replace(RULES, replies=7 * DAY)
    assert purge(town.database, week, town.now).replies == 1


def test_events_go_after_their_time(town: Town) -> None:
    with town.database.begin() as tx:
        events.record(tx, Event(at=NOW, kind=EventKind.DECISION, detail="approve"))
    town.now = NOW + RULES.events + DAY
    assert (purged(town).events, purged(town).events) == (1, 0)


def test_the_log_of_a_person_stays_as_long_as_they_do(town: Town) -> None:
    town.joined()
    town.now += RULES.consents * 3
    assert purged(town).consents == 0
    person.erase(town.database, ANN, RING.address_hash, town.now)
    assert purged(town).consents == 0
    town.now += RULES.consents + DAY
    assert (purged(town).consents, rows(town, consents)) == (3, 0)


def test_the_newest_row_stays_so_that_its_number_is_not_given_again(town: Town) -> None:
    town.joined()
    number = town.person().id
    person.erase(town.database, ANN, RING.address_hash, town.now)
    purged(town)
    town.joined("pia@example.com")
    assert town.person("pia@example.com").id > number
    purged(town)
    assert rows(town, subscribers) == 1


def test_a_day_has_one_purge(town: Town) -> None:
    assert purge_daily(town.database, RULES, NOW) == Purged()
    assert purge_daily(town.database, RULES, NOW) is None
    assert purge_daily(town.database, RULES, NOW + DAY) == Purged()
