"""Nobody is mailed who has not said so, and a form tells nothing of anybody."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.model.consent import Confirmed, Expired, How, NoSuchDigest, Pending
from newsletter.store.database import Database
from newsletter.subscribers.address import NotAnAddress
from tests.flows.persons import ANN, DAY, RING, Town, told


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)


def test_who_signs_up_is_asked_and_not_mailed(town: Town) -> None:
    town.sign_up()
    assert (town.status(), town.mailed()) == ("pending", 0)
    assert [notice.email for notice in town.notices()] == [ANN]
    assert town.woken == 1


def test_who_confirms_is_mailed_from_then_on(town: Town) -> None:
    town.sign_up()
    done = town.confirm()
    assert isinstance(done, Confirmed)
    assert done.titles == ("Morning edition",)
    assert (town.status(), town.mailed()) == ("active", 1)
    assert town.standings()["daily"].chosen


def test_the_log_tells_who_agreed_to_what_when_and_how(town: Town) -> None:
    town.sign_up()
    town.now += timedelta(hours=1)
    town.confirm()
    asked, agreed = town.log()
    assert (asked.wording, asked.language, asked.ip) == (
        "Send me the Morning edition",
        "en",
        "192.0.2.0",
    )
    assert (agreed.wording, agreed.how, agreed.at) == ("Yes, please", How.FORM, town.now)
    assert ANN not in f"{asked}{agreed}"
    assert {asked.address_hash, agreed.address_hash} == {RING.address_hash(ANN)}


def test_confirming_twice_is_fine_and_logged_once(town: Town) -> None:
    town.joined()
    assert isinstance(town.confirm(), Confirmed)
    assert [what for what, *_ in told(town.log())] == ["sign_up", "confirm"]


def test_an_address_is_asked_once_a_day(town: Town) -> None:
    for _ in range(3):
        town.sign_up("ann@example.com")
        town.sign_up("Ann@Example.COM")
    assert len(town.notices()) == 1
    town.now += DAY + timedelta(minutes=1)
    town.sign_up()
    assert len(town.notices()) == 2


def test_one_mail_confirms_all_that_was_asked_for_on_its_day(town: Town) -> None:
    town.sign_up(ANN, "daily")
    town.sign_up(ANN, "weekly")
    pending = town.readers.asked(town.link())
    assert isinstance(pending, Pending)
    assert pending.titles == ("Morning edition", "Sunday")
    town.confirm()
    assert (len(town.notices()), town.mailed(), town.mailed("weekly")) == (1, 1, 1)


def test_looking_at_a_link_confirms_nothing(town: Town) -> None:
    town.sign_up()
    assert isinstance(town.readers.asked(town.link()), Pending)
    assert town.status() == "pending"


def test_a_link_is_dead_after_a_week(town: Town) -> None:
    town.sign_up()
    town.now += timedelta(days=7, seconds=1)
    assert town.confirm() == Expired(language="en")
    assert town.status() == "pending"


def test_an_old_link_revives_nobody_who_left(town: Town) -> None:
    town.joined()
    town.leave()
    assert town.confirm() == Expired(language="en")
    assert (town.status(), town.mailed()) == ("unsubscribed", 0)


def test_who_left_may_come_back_on_the_same_day(town: Town) -> None:
    town.joined()
    town.leave()
    town.sign_up()
    assert town.status() == "unsubscribed"
    town.confirm()
    assert town.status() == "active"


def test_leaving_kills_what_was_asked_for_but_not_confirmed(town: Town) -> None:
    town.joined()
    town.leave()
    town.now += 2 * DAY
    town.sign_up()
    town.leave()
    assert town.confirm() == Expired(language="en")
    assert town.status() == "unsubscribed"


@pytest.mark.parametrize("status", ["bounced", "complained", "active"])
def test_nothing_goes_to_who_is_subscribed_or_must_not_be_mailed(town: Town, status: str) -> None:
    town.listed(status=status)
    assert town.sign_up() is None
    assert (town.notices(), town.log(), town.woken) == ([], [], 0)
    assert town.status() == status


@pytest.mark.parametrize("reason", ["complaint", "hard bounce", "by hand"])
def test_a_suppressed_address_gets_nothing_by_signing_up(town: Town, reason: str) -> None:
    town.suppress(reason=reason)
    assert town.sign_up() is None
    assert (town.notices(), town.log()) == ([], [])


def test_who_complained_meanwhile_cannot_confirm(town: Town) -> None:
    town.sign_up()
    town.suppress()
    assert town.confirm() == Expired(language="en")


def test_a_list_s_reader_who_signs_up_for_more_keeps_what_they_have(town: Town) -> None:
    town.listed()
    town.sign_up(ANN, "daily", "weekly")
    assert (town.status(), town.status(name="weekly")) == ("active", "pending")
    town.confirm()
    assert [entry for entry in told(town.log()) if entry[0] == "confirm"] == [
        ("confirm", "weekly", "")
    ]


def test_who_leaves_a_digest_by_a_link_is_not_brought_back_by_a_list(town: Town) -> None:
    town.joined()
    town.leave()
    town.listed()
    assert town.status() == "unsubscribed"


def test_what_is_wrong_with_the_form_is_said(town: Town) -> None:
    assert isinstance(town.sign_up("ann at example"), NotAnAddress)
    assert town.sign_up(ANN, "hourly") == NoSuchDigest("hourly")
    assert town.sign_up(ANN, "weekly", language="es") == NoSuchDigest("weekly")


def test_a_reader_of_a_region_is_asked_in_the_language(town: Town) -> None:
    town.sign_up(language="es-MX")
    assert town.standings()["daily"].languages == ("es",)
    assert town.notices()[0].language == "es"


def test_a_name_can_bring_no_header_along(town: Town) -> None:
    town.sign_up(name="Bob\r\nBcc: x@y.example\u202e")
    assert town.person().name == "Bob Bcc: x@y.example"


def test_a_stranger_changes_no_name(town: Town) -> None:
    town.joined()
    town.sign_up(ANN, "weekly", name="Somebody Else")
    assert town.person().name == "Ann"


@pytest.mark.parametrize("token", ["", "x", "x" * 60])
def test_a_link_that_is_not_ours_does_nothing(town: Town, token: str) -> None:
    assert town.readers.asked(token) is None


STANDINGS = ["new", "pending", "active", "paused", "unsubscribed", "bounced", "complained", "gone"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=st.sampled_from(STANDINGS), times=st.integers(1, 3), number=st.integers(0, 10**9))
def test_nobody_can_tell_from_a_form_how_an_address_stands(
    town: Town, before: str, times: int, number: int
) -> None:
    email = f"reader{number}@example.com"
    if before == "gone":
        town.suppress(email, "hard bounce")
    elif before != "new":
        town.listed(email, before)
    mailed = town.mailed()
    assert [town.sign_up(email) for _ in range(times)] == [None] * times
    assert town.mailed() == mailed
    assert len(town.notices(email)) <= 1
