"""What follows of what came back: the table of the policy."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.feedback.decide import (
    Blame,
    Nothing,
    Remember,
    Suppress,
    Unsubscribe,
    decide,
    enough,
    is_too_much,
)
from newsletter.model.feedback import OURS, Failure, Reason, Report, ReportKind
from newsletter.model.subscriber import SubscriptionStatus

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
HARD, SOFT = ReportKind.HARD, ReportKind.SOFT
THEIRS = sorted(set(Reason) - OURS)


def report(kind: ReportKind = SOFT, reason: Reason | None = Reason.FULL) -> Report:
    return Report(recipient=None, kind=kind, reason=reason)


def run(
    *days_ago: float, kind: ReportKind = SOFT, reason: Reason = Reason.FULL
) -> tuple[Failure, ...]:
    """Failures in a row, so many days ago each."""
    return tuple(
        Failure(edition=n, at=NOW - timedelta(days=days), kind=kind, reason=reason)
        for n, days in enumerate(days_ago)
    )


runs = st.lists(
    st.tuples(st.floats(0, 400), st.sampled_from([HARD, SOFT]), st.sampled_from(THEIRS)),
    max_size=8,
).map(
    lambda rows: tuple(
        Failure(edition=n, at=NOW - timedelta(days=days), kind=kind, reason=reason)
        for n, (days, kind, reason) in enumerate(sorted(rows, reverse=True, key=lambda row: row[0]))
    )
)


@given(runs, st.sampled_from(sorted(OURS)), st.sampled_from([HARD, SOFT]))
def test_what_lies_with_us_is_never_held_against_a_reader(
    before: tuple[Failure, ...], reason: Reason, kind: ReportKind
) -> None:
    assert decide(report(kind, reason), before, NOW) == Blame(reason)


@given(runs, st.sampled_from(THEIRS))
def test_a_soft_failure_suppresses_after_three_editions_and_two_weeks_and_not_before(
    before: tuple[Failure, ...], reason: Reason
) -> None:
    verdict = decide(report(SOFT, reason), before, NOW)
    domains = sum(each.kind is HARD and each.reason is Reason.BAD_DOMAIN for each in before)
    long = len(before) >= 3 and NOW - before[0].at >= timedelta(days=14)
    assert isinstance(verdict, Suppress if long or domains >= 2 else Remember)


@given(runs, st.sampled_from([r for r in THEIRS if r is not Reason.BAD_DOMAIN] + [None]))
def test_a_hard_failure_suppresses_at_once(
    before: tuple[Failure, ...], reason: Reason | None
) -> None:
    verdict = decide(report(HARD, reason), before, NOW)
    assert isinstance(verdict, Suppress)
    assert verdict.status is SubscriptionStatus.BOUNCED
    assert verdict.reason.startswith("hard bounce")


def test_a_bad_domain_suppresses_at_the_second_edition() -> None:
    gone = report(HARD, Reason.BAD_DOMAIN)
    one = run(0, kind=HARD, reason=Reason.BAD_DOMAIN)
    two = run(1, 0, kind=HARD, reason=Reason.BAD_DOMAIN)
    assert decide(gone, one, NOW) == Remember()
    assert decide(gone, two, NOW) == Suppress("bad domain", SubscriptionStatus.BOUNCED)


@given(runs)
def test_a_complaint_suppresses_whatever_was_before(before: tuple[Failure, ...]) -> None:
    verdict = decide(report(ReportKind.COMPLAINT, None), before, NOW)
    assert verdict == Suppress("complaint", SubscriptionStatus.COMPLAINED)


def test_a_wish_to_leave_ends_a_digest_and_an_answer_of_a_machine_nothing() -> None:
    assert decide(report(ReportKind.UNSUBSCRIBE, None), (), NOW) == Unsubscribe()
    assert decide(report(ReportKind.AUTO_REPLY, None), (), NOW) == Nothing()


@pytest.mark.parametrize(
    ("failed", "letters", "expected"),
    [(2, 2, False), (3, 59, True), (3, 60, False), (5, 100, False), (6, 100, True), (0, 0, False)],
)
def test_more_than_one_letter_in_twenty_is_too_much(
    failed: int, letters: int, expected: bool
) -> None:
    assert is_too_much(failed, letters) is expected


@given(st.integers(0, 10**7))
def test_of_so_many_letters_no_more_have_to_be_counted(failed: int) -> None:
    assert not is_too_much(failed, enough(failed))
