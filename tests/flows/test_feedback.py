"""What came back is counted once, for those to whom something went out."""

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from newsletter.flows.decide import Decision, decide
from newsletter.flows.feedback import Taken, hold_alarmed
from newsletter.model.consent import How, What
from newsletter.model.edition import EditionState
from newsletter.model.feedback import OURS, Reason, Report, ReportKind
from newsletter.store import consents, events, failures
from newsletter.store.database import Database
from newsletter.subscribers.tokens import Purpose
from tests.flows.comebacks import (
    RING,
    came_back,
    number_of,
    report,
    slot,
    standing,
    states,
    token,
    went_out,
)
from tests.flows.mailings import NOW, addresses, frozen, state_of
from tests.flows.persons import RING as TOWN_RING
from tests.flows.persons import Town, origin

ANN, BOB, NEW = "ann@example.com", "bob@example.com", "ann@new.example"
COUNTED = Taken.COUNTED
HARD, SOFT = ReportKind.HARD, ReportKind.SOFT
COMPLAINT, UNSUBSCRIBE = ReportKind.COMPLAINT, ReportKind.UNSUBSCRIBE


def failed(database: Database, edition: int) -> int:
    with database.read() as tx:
        return failures.of_ours(tx, edition)


def kinds(database: Database, edition: int) -> Counter[str]:
    with database.read() as tx:
        return Counter(each.kind.value for each in events.of_edition(tx, edition))


def test_a_hard_bounce_suppresses_its_reader_and_nobody_else(database: Database) -> None:
    edition = went_out(database, ANN, BOB)
    told = report(token=token(database, edition, ANN), detail="550 no\x00 such user")
    assert came_back(database, told) is Taken.COUNTED
    reason = "hard bounce (no mailbox): 550 no such user"
    assert standing(database, ANN) == (reason, ["bounced"])
    assert standing(database, BOB) == (None, ["active"])
    assert kinds(database, edition) == {"bounce": 1}


def test_a_token_in_capitals_is_as_good(database: Database) -> None:
    edition = went_out(database, ANN)
    came_back(database, report(token=token(database, edition, ANN).upper()))
    assert standing(database, ANN)[1] == ["bounced"]


def test_what_comes_twice_counts_once(database: Database) -> None:
    edition = went_out(database, ANN)
    told = report(SOFT, token=token(database, edition, ANN))
    assert [came_back(database, told, key="one") for _ in range(3)] == [
        Taken.COUNTED,
        Taken.SEEN,
        Taken.SEEN,
    ]
    assert kinds(database, edition) == {"bounce": 1}


def test_a_bounce_without_our_token_is_believed_of_nobody(database: Database) -> None:
    edition = went_out(database, ANN)
    other = token(database, edition, ANN)[::-1]
    for wrong in (None, "", other, "K" * 31, RING.return_token(edition, 10**6)):
        told = report(recipient=ANN, token=wrong)
        assert came_back(database, told, key=str(wrong)) is Taken.NOT_UNDERSTOOD
    assert standing(database, ANN) == (None, ["active"])


@pytest.mark.parametrize("state", ["queued", "suppressed", "cancelled"])
def test_nobody_can_bounce_to_whom_nothing_went_out(database: Database, state: str) -> None:
    edition = went_out(database, ANN)
    states(database, state, edition)
    told = report(token=token(database, edition, ANN), recipient=ANN)
    assert came_back(database, told, proven=True) is Taken.NOT_UNDERSTOOD
    assert standing(database, ANN) == (None, ["active"])


def test_a_proven_event_may_name_the_address_of_a_letter(database: Database) -> None:
    went_out(database, ANN)
    assert came_back(database, report(recipient="Ann@EXAMPLE.com"), proven=True) is Taken.COUNTED
    assert standing(database, ANN)[1] == ["bounced"]


@pytest.mark.parametrize("recipient", ["eve@example.com", "no address", "\ud800@\x00", ""])
def test_a_proven_event_about_a_stranger_does_nothing(database: Database, recipient: str) -> None:
    went_out(database, ANN)
    told = report(recipient=recipient)
    assert came_back(database, told, proven=True) is Taken.NOT_UNDERSTOOD


def test_a_proven_event_about_an_address_that_was_not_mailed_for_long_does_nothing(
    database: Database,
) -> None:
    went_out(database, ANN)
    told = report(recipient=ANN)
    assert came_back(database, told, proven=True, days=60) is Taken.NOT_UNDERSTOOD


def test_a_complaint_ends_everything_for_good(database: Database) -> None:
    edition = went_out(database, ANN)
    went_out(database, ANN, digest="weekly")
    came_back(database, report(token=token(database, edition, ANN)))
    came_back(database, report(COMPLAINT, token=token(database, edition, ANN)))
    assert standing(database, ANN) == ("complaint", ["complained"])
    with database.read() as tx:
        statuses = tx.connection.execute(sa.text("select status from subscriptions")).scalars()
        assert set(statuses) == {"complained"}


def test_who_has_left_does_not_become_one_who_bounced(database: Database) -> None:
    edition = went_out(database, ANN)
    came_back(database, report(UNSUBSCRIBE, token=token(database, edition, ANN)))
    came_back(database, report(token=token(database, edition, ANN)))
    reason, statuses = standing(database, ANN)
    assert (reason is not None, statuses) == (True, ["unsubscribed"])


def test_a_mail_may_end_the_digest_whose_link_it_carries(database: Database) -> None:
    went_out(database, ANN)
    link = RING.sign(Purpose.UNSUBSCRIBE, f"{number_of(database, ANN)}:daily")
    for key in "ab":
        told = report(UNSUBSCRIBE, token=link)
        assert came_back(database, told, key=key) is Taken.COUNTED
    assert standing(database, ANN) == (None, ["unsubscribed"])
    with database.read() as tx:
        (*_, logged) = consents.of_person(tx, number_of(database, ANN), "")
    assert (logged.what, logged.how, logged.digest) == (What.UNSUBSCRIBE, How.MAIL, "daily")


def test_a_token_for_something_else_ends_nothing(database: Database) -> None:
    went_out(database, ANN)
    for purpose in set(Purpose) - {Purpose.UNSUBSCRIBE}:
        link = RING.sign(purpose, f"{number_of(database, ANN)}:daily")
        told = report(UNSUBSCRIBE, token=link, recipient=ANN)
        assert came_back(database, told) is Taken.NOT_UNDERSTOOD
    assert standing(database, ANN) == (None, ["active"])


def test_an_answer_of_a_machine_is_kept_as_an_event_only(database: Database) -> None:
    edition = went_out(database, ANN)
    told = report(ReportKind.AUTO_REPLY, token=token(database, edition, ANN))
    assert came_back(database, told) is Taken.COUNTED
    assert came_back(database, report(ReportKind.AUTO_REPLY)) is Taken.COUNTED
    assert standing(database, ANN) == (None, ["active"])
    assert kinds(database, edition) == {"auto-reply": 1}


def test_three_editions_in_a_row_that_fail_softly_over_two_weeks_are_enough(
    database: Database,
) -> None:
    days = (0, 7, 14)
    editions = [went_out(database, ANN, days=day) for day in days]
    for edition, day in zip(editions, days, strict=True):
        assert standing(database, ANN) == (None, ["active"])
        came_back(database, report(SOFT, token=token(database, edition, ANN)), days=day)
    reason, statuses = standing(database, ANN)
    assert (reason, statuses) == ("soft bounces (3 editions since 2026-11-22)", ["bounced"])


def test_an_edition_that_arrived_in_between_heals(database: Database) -> None:
    editions = {day: went_out(database, ANN, days=day) for day in (0, 7, 9, 14, 15)}
    for day in (0, 7, 14, 15):
        came_back(database, report(SOFT, token=token(database, editions[day], ANN)), days=day)
    assert standing(database, ANN) == (None, ["active"])


def test_failures_count_in_the_order_of_the_editions_whenever_they_come(
    database: Database,
) -> None:
    editions = {day: went_out(database, ANN, days=day) for day in (0, 7, 14)}
    for day, comes in ((7, 8.0), (0, 9.0), (14, 23.5)):
        told = report(SOFT, token=token(database, editions[day], ANN))
        came_back(database, told, days=comes)
    assert standing(database, ANN)[1] == ["bounced"]


def test_a_bad_domain_is_enough_at_the_second_edition(database: Database) -> None:
    first, second = went_out(database, ANN), went_out(database, ANN, days=1)
    for key in "ab":
        told = report(token=token(database, first, ANN), reason=Reason.BAD_DOMAIN)
        came_back(database, told, key=key)
    assert standing(database, ANN) == (None, ["active"])
    came_back(
        database, report(token=token(database, second, ANN), reason=Reason.BAD_DOMAIN), days=1
    )
    assert standing(database, ANN) == ("bad domain", ["bounced"])


def test_what_lies_with_us_is_never_the_readers_fault(database: Database) -> None:
    readers = {reason: f"{reason.name.lower()}@example.com" for reason in OURS}
    for day in (0, 7, 14, 21):
        edition = went_out(database, *readers.values(), days=day)
        told = [
            report(kind, token=token(database, edition, email), reason=reason)
            for reason, email in readers.items()
            for kind in (SOFT, HARD)
        ]
        came_back(database, *told, days=day)
    assert {standing(database, email)[1][0] for email in readers.values()} == {"active"}
    assert failed(database, edition) == len(OURS)


def refused_by_policy(database: Database, edition: int, emails: list[str]) -> list[str]:
    """The alarms that were given for it."""
    alarms: list[str] = []
    for email in emails:
        told = report(
            SOFT, token=token(database, edition, email), reason=Reason.SPAM, detail="554 spam"
        )
        came_back(database, told, alarms=alarms)
    return alarms


def test_over_five_in_a_hundred_the_edition_is_paused_once(database: Database) -> None:
    everybody = list(addresses(100))
    edition = frozen(database, *everybody)
    with database.begin() as tx:
        tx.connection.execute(
            sa.text("update deliveries set state = 'sent' where subscriber_id < 50")
        )
    assert refused_by_policy(database, edition, everybody[:5]) == []
    assert state_of(database, edition) is EditionState.FROZEN
    (alarm,) = refused_by_policy(database, edition, everybody[5:6])
    assert "of daily: 6 of 100 letters failed for reasons of ours: spam" in alarm
    assert state_of(database, edition) is EditionState.PAUSED
    decide(database, edition, Decision.RESUME, who="Eve", now=NOW)
    assert refused_by_policy(database, edition, everybody[6:9]) == []
    assert state_of(database, edition) is EditionState.SENDING
    assert kinds(database, edition)["alarm"] == 1


def test_after_an_alarm_the_next_edition_waits_until_somebody_has_looked(
    database: Database,
) -> None:
    everybody = list(addresses(10))
    first = went_out(database, *everybody)
    refused_by_policy(database, first, everybody[:4])
    second = frozen(database, ANN, slot=slot(days=1))
    other = frozen(database, BOB, digest="weekly")
    (words,) = hold_alarmed(database, rehearsal=False)
    assert "3 of 10 letters failed for reasons of ours: spam: 554 spam" in words
    assert state_of(database, second) is EditionState.HELD
    assert state_of(database, other) is EditionState.FROZEN
    decide(database, second, Decision.APPROVE, who="Eve", now=NOW)
    assert hold_alarmed(database, rehearsal=False) == []
    assert state_of(database, second) is EditionState.FROZEN


def test_a_mail_about_several_readers_counts_for_each(database: Database) -> None:
    edition = went_out(database, ANN, BOB)
    told = [report(token=token(database, edition, each)) for each in (ANN, BOB)]
    stranger = Report(recipient="eve@example.com", kind=HARD, reason=Reason.NO_MAILBOX)
    assert came_back(database, *told, stranger) is Taken.COUNTED
    assert {standing(database, each)[1][0] for each in (ANN, BOB)} == {"bounced"}


def moves(database: Database, email: str, new: str, days: int = 1) -> None:
    """Their reader has another address from a day after NOW on."""
    town = Town(database, now=NOW + timedelta(days=days))
    token = TOWN_RING.sign(Purpose.PREFERENCES, f"{number_of(database, email)}:daily")
    town.readers.change_address(token, new, origin())
    town.readers.confirm_address(town.link(new), origin())


@pytest.mark.parametrize("kind", [HARD, SOFT])
def test_what_an_address_bounced_that_is_left_behind_does_not_count_for_the_new_one(
    database: Database, kind: ReportKind
) -> None:
    editions = [went_out(database, ANN, days=days) for days in (-20, -10, 0)]
    moves(database, ANN, NEW)
    for edition in editions:
        assert came_back(database, report(kind, token=token(database, edition, NEW))) is COUNTED
    assert standing(database, NEW) == (None, ["active"])


def test_soft_bounces_begin_anew_at_a_new_address(database: Database) -> None:
    for days in (-20, -10):
        edition = went_out(database, ANN, days=days)
        came_back(database, report(SOFT, token=token(database, edition, ANN)), days=days)
    moves(database, ANN, NEW)
    edition = went_out(database, NEW, days=2)
    came_back(database, report(SOFT, token=token(database, edition, NEW)), days=2)
    assert standing(database, NEW) == (None, ["active"])


def test_a_complaint_about_a_letter_to_the_old_address_counts(database: Database) -> None:
    edition = went_out(database, ANN)
    moves(database, ANN, NEW)
    came_back(database, report(COMPLAINT, token=token(database, edition, NEW)))
    assert standing(database, NEW)[1] == ["complained"]


@pytest.mark.parametrize("kind", [COMPLAINT, UNSUBSCRIBE])
def test_what_comes_of_a_row_that_was_joined_to_another_counts(
    database: Database, kind: ReportKind
) -> None:
    edition = went_out(database, ANN, NEW)
    about = token(database, edition, NEW)
    moves(database, ANN, NEW)
    assert came_back(database, report(kind, token=about)) is COUNTED
    assert standing(database, NEW)[1] == ["complained" if kind is COMPLAINT else "unsubscribed"]
