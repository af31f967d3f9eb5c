"""Readers choose by the link of their own letters: what comes, in what language, how often."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from newsletter.model.consent import Choice, How, Preferences
from newsletter.model.delivery import DeliveryState
from newsletter.model.subscriber import Cadence, SubscriptionStatus
from newsletter.store import people
from newsletter.store.database import Database
from newsletter.subscribers.tokens import Purpose
from tests.flows.persons import ANN, DAY, RING, Town, origin, told
from tests.flows.test_person import answered, owed

ON, OFF, PAUSED = (
    SubscriptionStatus.ACTIVE,
    SubscriptionStatus.UNSUBSCRIBED,
    SubscriptionStatus.PAUSED,
)


@pytest.fixture
def town(database: Database) -> Town:
    town = Town(database)
    town.listed()
    return town


def chosen(town: Town, name: str = "daily", **changes: Any) -> Choice:
    """Save a choice of Ann's; how she stands then."""
    token = town.preferences_token()
    before = town.readers.preferences(token)
    assert before is not None
    wanted = tuple(
        replace(each, **changes) if each.digest == name else each for each in before.digests
    )
    after = town.readers.save(token, replace(before, digests=wanted), origin(how=How.LINK))
    assert after is not None
    return choice(after, name)


def choice(found: Preferences, name: str = "daily") -> Choice:
    return next(each for each in found.digests if each.digest == name)


def test_a_reader_sees_every_digest_there_is(town: Town) -> None:
    found = town.readers.preferences(town.preferences_token())
    assert found is not None
    assert [(each.title, each.status, each.languages) for each in found.digests] == [
        ("Morning edition", ON, ("en",)),
        ("Sunday", OFF, ("en",)),
    ]
    assert choice(found).available == ("en", "es")


def test_saving_what_is_changes_nothing(town: Town) -> None:
    assert chosen(town).status is ON
    assert town.log() == []
    assert not town.standings()["daily"].chosen


def test_a_digest_that_was_never_had_comes_at_once(town: Town) -> None:
    assert chosen(town, "weekly", status=ON).status is ON
    assert (town.mailed("weekly"), town.notices()) == (1, [])
    assert told(town.log()) == [("preferences", "weekly", "unsubscribed → active")]


def test_a_digest_can_be_turned_off_and_on_again(town: Town) -> None:
    chosen(town, status=OFF)
    assert (town.mailed(), town.standings()["daily"].chosen) == (0, True)
    chosen(town, status=ON)
    assert town.mailed() == 1
    assert told(town.log()) == [
        ("unsubscribe", "daily", "active → unsubscribed"),
        ("preferences", "daily", "unsubscribed → active"),
    ]


def test_the_first_language_is_the_preferred_one(town: Town) -> None:
    assert chosen(town, languages=("es", "en", "xx")).languages == ("es", "en")
    assert told(town.log()) == [("language", "daily", "en → es, en")]
    assert chosen(town, languages=("es",)).languages == ("es",)


def test_no_language_at_all_leaves_it_as_it_was(town: Town) -> None:
    assert chosen(town, languages=()).languages == ("en",)


def test_a_reader_can_have_it_less_often(town: Town) -> None:
    assert chosen(town, cadence=Cadence.WEEKLY).cadence is Cadence.WEEKLY
    assert told(town.log()) == [("preferences", "daily", "every → weekly")]


def test_a_pause_ends_on_its_day(town: Town) -> None:
    day = date(2026, 12, 24)
    after = chosen(town, status=PAUSED, paused_until=day)
    assert (after.status, after.paused_until, town.mailed()) == (PAUSED, day, 0)
    assert told(town.log()) == [("pause", "daily", "active → paused until 2026-12-24")]


@pytest.mark.parametrize("day", [None, date(2026, 11, 1)])
def test_a_pause_without_a_day_to_come_is_none(town: Town, day: date | None) -> None:
    chosen(town, status=PAUSED, paused_until=date(2026, 12, 24))
    assert chosen(town, status=ON, paused_until=day).status is ON
    assert town.standings()["daily"].paused_until is None


@pytest.mark.parametrize("status", ["bounced", "complained"])
def test_who_bounced_or_complained_cannot_turn_it_on(database: Database, status: str) -> None:
    town = Town(database)
    town.listed(status=status)
    assert chosen(town, status=ON).status == status
    assert town.log() == []


def test_who_is_suppressed_can_turn_nothing_on(town: Town) -> None:
    town.suppress()
    assert chosen(town, "weekly", status=ON).status is OFF


def test_a_reader_who_has_the_link_needs_no_other_confirmation(database: Database) -> None:
    town = Town(database)
    town.sign_up()
    assert chosen(town, status=ON).status is ON


def test_a_name_is_changed_and_the_log_does_not_say_it(town: Town) -> None:
    token = town.preferences_token()
    before = town.readers.preferences(token)
    assert before is not None
    town.readers.save(token, replace(before, name=" Ann\nO’Hara "), origin())
    assert town.person().name == "Ann O’Hara"
    assert told(town.log()) == [("preferences", None, "name")]


def test_leaving_all_ends_every_subscription(town: Town) -> None:
    chosen(town, "weekly", status=ON)
    after = town.readers.leave_all(town.preferences_token(), origin())
    assert after is not None
    assert {each.status for each in after.digests} == {OFF}
    assert (town.mailed(), town.mailed("weekly")) == (0, 0)


def test_leaving_twice_is_fine_and_logged_once(town: Town) -> None:
    first, second = town.leave(), town.leave()
    assert first == second
    assert first is not None
    assert told(town.log()) == [("unsubscribe", "daily", "active → unsubscribed")]


def test_the_language_of_a_letter_is_changed_by_its_link(town: Town) -> None:
    token = RING.sign(Purpose.LANGUAGE, f"{town.person().id}:daily")
    after = town.readers.switch_language(token, "es", origin(how=How.LINK))
    assert after is not None
    assert (after.language, town.standings()["daily"].languages) == ("es", ("es",))
    assert town.readers.switch_language(token, "xx", origin()) is None


def test_a_digest_that_is_configured_no_more_can_still_be_left(town: Town) -> None:
    town.digests = ()
    assert chosen(town).title == "daily"
    assert town.leave() is not None
    assert town.status() == "unsubscribed"


def test_a_link_for_one_thing_is_good_for_nothing_else(town: Town) -> None:
    token = RING.sign(Purpose.UNSUBSCRIBE, f"{town.person().id}:daily")
    assert town.readers.preferences(token) is None
    assert town.readers.leave_all(token, origin()) is None
    assert town.readers.leave(town.preferences_token(), origin()) is None


# --- another address -----------------------------------------------------------------------------

NEW = "ann@new.example"


def moved(town: Town, email: str = NEW) -> object:
    town.readers.change_address(town.preferences_token(), email, origin())
    return town.readers.confirm_address(town.link(email), origin())


def test_a_new_address_gets_letters_once_it_is_confirmed_there(town: Town) -> None:
    number = town.person().id
    town.readers.change_address(town.preferences_token(), NEW, origin())
    assert town.person().email == ANN
    assert [each.kind.value for each in town.notices(NEW)] == ["address"]
    town.readers.confirm_address(town.link(NEW), origin())
    assert town.person(NEW).id == number
    assert [each.kind.value for each in town.notices(ANN)] == ["moved"]
    assert [what for what, *_ in told(town.log())] == ["address"]


def test_following_the_link_to_a_new_address_twice_is_fine(town: Town) -> None:
    assert moved(town) == town.readers.confirm_address(town.link(NEW), origin())
    assert len(town.notices(ANN)) == 1


def test_a_link_to_a_new_address_is_dead_after_a_later_change(town: Town) -> None:
    town.readers.change_address(town.preferences_token(), "other@new.example", origin())
    old = town.link("other@new.example")
    moved(town)
    town.readers.confirm_address(old, origin())
    assert town.person(NEW).email == NEW


def test_nothing_is_asked_at_a_suppressed_address(town: Town) -> None:
    town.suppress(NEW)
    assert town.readers.change_address(town.preferences_token(), NEW, origin()) is None
    assert town.notices(NEW) == []


def test_who_complained_is_not_mailed_elsewhere(town: Town) -> None:
    town.suppress(ANN)
    town.readers.change_address(town.preferences_token(), NEW, origin())
    assert town.notices(NEW) == []


def test_one_reader_asks_few_addresses_a_day(town: Town) -> None:
    for number in range(8):
        email = f"ann{number}@new.example"
        town.readers.change_address(town.preferences_token(), email, origin())
    assert sum(len(town.notices(f"ann{number}@new.example")) for number in range(8)) == 5


def test_two_rows_of_one_person_become_one_that_had_left(town: Town) -> None:
    town.listed(NEW)
    town.leave(NEW)
    number = town.person().id
    moved(town)
    assert town.person(NEW).id == number
    assert (town.status(NEW), town.mailed()) == ("unsubscribed", 0)


def test_letters_of_either_of_two_rows_can_be_left_by(town: Town) -> None:
    town.listed(NEW)
    number = town.person(NEW).id
    moved(town)
    for purpose, use in (
        (Purpose.UNSUBSCRIBE, town.readers.leave),
        (Purpose.PREFERENCES, town.readers.leave_all),
    ):
        assert use(RING.sign(purpose, f"{number}:daily"), origin(how=How.ONE_CLICK))
        assert town.status(NEW) == "unsubscribed"


def test_letters_of_a_row_that_was_joined_twice_lead_to_the_person(town: Town) -> None:
    emails = (NEW, "third@new.example")
    for email in emails:
        town.listed(email)
    number = town.person().id
    moved(town)
    token = RING.sign(Purpose.PREFERENCES, f"{town.person(emails[1]).id}:daily")
    town.readers.change_address(token, NEW, origin())
    town.now += 2 * DAY
    town.readers.change_address(token, NEW, origin())
    town.readers.confirm_address(town.link(NEW), origin())
    found = town.readers.preferences(RING.sign(Purpose.PREFERENCES, f"{number}:daily"))
    assert found
    assert found.email == NEW


def test_what_one_of_two_rows_got_the_person_has_got(town: Town) -> None:
    town.listed(NEW)
    edition = owed(town)
    answered(town, edition, DeliveryState.SENT, "250 Ok")
    town.listed("later@example.com")
    with town.database.begin() as tx:
        people.make_nobody(tx, [town.person().id])
    token = RING.sign(Purpose.PREFERENCES, f"{town.person('later@example.com').id}:daily")
    town.readers.change_address(token, NEW, origin())
    town.readers.confirm_address(town.link(NEW), origin())
    with town.database.read() as tx:
        got = people.got(tx, town.person(NEW).id)
    assert [each.edition for each in got] == [edition]


def test_what_a_stranger_signed_up_for_does_not_stop_letters(town: Town) -> None:
    town.sign_up(NEW)
    town.now += timedelta(days=2)
    moved(town)
    assert town.status(NEW) == "active"


def test_a_mailbox_that_was_gone_is_left_behind(database: Database) -> None:
    town = Town(database)
    town.listed(status="bounced")
    town.suppress(reason="hard bounce")
    moved(town)
    assert town.status(NEW) == "unsubscribed"
    assert town.notices(ANN) == []


def test_another_spelling_of_one_s_own_address_is_just_written_down(town: Town) -> None:
    moved(town, "Ann@example.com")
    assert town.person().email == "Ann@example.com"
