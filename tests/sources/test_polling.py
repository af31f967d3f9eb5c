"""When a source is asked again: times go in, times come out."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.model.poll import Document, Failed, Looked, Outcome, Poll
from newsletter.sources.polling import (
    after,
    is_due,
    known_to,
    must_wait,
    on_condition,
    rest,
    retry_at,
    validators,
)

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HERE, THERE = "https://example.com/feed", "https://example.org/feed"
FEED = Document(url=HERE, digest="0" * 64)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def walked(poll: Poll, *steps: tuple[timedelta, Outcome]) -> tuple[Poll, list[str]]:
    """What is left of a poll, and everything that was told, after outcomes at times from NOW on."""
    notes: list[str] = []
    for at, outcome in steps:
        then = after(poll, outcome, NOW + at)
        poll, notes = then.poll, [*notes, *then.notes]
    return poll, notes


def test_what_is_new_brings_us_back_sooner_and_nothing_later() -> None:
    fresh, _ = walked(Poll(), (HOUR, Looked(fresh=True)))
    stale, _ = walked(Poll(), (HOUR, Looked()))
    assert fresh.due_at == NOW + HOUR + minutes(7.5)
    assert stale.due_at == NOW + HOUR + minutes(18.75)


def test_the_cadence_stays_between_five_and_sixty_minutes() -> None:
    busy, _ = walked(Poll(), *((n * HOUR, Looked(fresh=True)) for n in range(20)))
    quiet, _ = walked(Poll(), *((n * HOUR, Looked()) for n in range(20)))
    assert (busy.interval, quiet.interval) == (minutes(5), minutes(60))


@pytest.mark.parametrize(
    ("wish", "kept"),
    [
        (minutes(3), minutes(7.5)),  # less than our own cadence
        (6 * HOUR, 6 * HOUR),
        (30 * DAY, DAY),
    ],
)
def test_a_source_that_says_how_long_it_stays_is_left_alone_so_long(
    wish: timedelta, kept: timedelta
) -> None:
    poll, _ = walked(Poll(), (HOUR, Looked(fresh=True, rest=wish)))
    assert poll.due_at == NOW + HOUR + kept


@pytest.mark.parametrize("status", [None, 200, 403, 404, 500, 502, 503, 429])
def test_failures_double_the_wait_up_to_a_day(status: int | None) -> None:
    poll, waits = Poll(), []
    for _ in range(9):
        poll = after(poll, Failed(status=status), NOW).poll
        assert poll.due_at
        waits.append(poll.due_at - NOW)
    assert waits == [min(minutes(15) * 2**n, DAY) for n in range(1, 10)]
    assert (poll.failures, poll.failing_since) == (9, NOW)


def test_years_of_failures_are_a_day_s_wait() -> None:
    assert after(Poll(failures=100_000), Failed(), NOW).poll.due_at == NOW + DAY


@pytest.mark.parametrize(("jitter", "wait"), [(-1.0, 24), (0.0, 30), (1.0, 36)])
def test_chance_moves_a_back_off_by_a_fifth(jitter: float, wait: int) -> None:
    assert after(Poll(), Failed(), NOW, jitter).poll.due_at == NOW + minutes(wait)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "waits"),
    [(minutes(2), minutes(2)), (5 * HOUR, 5 * HOUR), (9 * DAY, DAY)],
)
def test_a_busy_server_is_asked_again_when_it_says(
    status: int, asked: timedelta, waits: timedelta
) -> None:
    poll = after(Poll(), Failed(status=status, retry_at=NOW + asked), NOW, 1.0).poll
    assert poll.due_at == poll.wait_until == NOW + waits
    assert must_wait(poll, NOW + waits - MINUTE)
    assert not must_wait(poll, NOW + waits)


def test_retry_after_of_any_other_answer_is_no_order() -> None:
    poll = after(Poll(), Failed(status=500, retry_at=NOW + DAY), NOW).poll
    assert (poll.wait_until, poll.due_at) == (None, NOW + minutes(30))


def test_an_answer_ends_all_trouble() -> None:
    poll, _ = walked(
        Poll(),
        (0 * HOUR, Failed(status=404)),
        (1 * HOUR, Failed(status=429, retry_at=NOW + DAY)),
        (2 * HOUR, Looked()),
    )
    assert (poll.failures, poll.failing_since, poll.missing, poll.wait_until) == (0, None, 0, None)


def test_a_source_that_is_gone_is_paused_at_once() -> None:
    poll, (note,) = walked(Poll(), (HOUR, Failed(status=410)))
    assert "gone for good (410)" in (poll.paused or "")
    assert "is not read any more" in note


@pytest.mark.parametrize(
    ("every", "times", "paused"),
    [
        (8 * HOUR, 10, True),
        (8 * HOUR, 9, False),  # three days nearly, and too few times
        (HOUR, 30, False),  # often, in a day and a half
        (HOUR, 80, True),
    ],
)
def test_a_source_not_found_ten_times_over_three_days_is_paused(
    every: timedelta, times: int, paused: bool
) -> None:
    poll, notes = walked(Poll(), *((n * every, Failed(status=404)) for n in range(times)))
    assert bool(poll.paused) == paused
    assert bool(notes) == paused


def test_not_found_counts_in_a_row() -> None:
    steps = [(n * DAY, Failed(status=404 if n % 5 else 500)) for n in range(30)]
    poll, _ = walked(Poll(), *steps)
    assert (poll.paused, poll.missing) == (None, 4)


@pytest.mark.parametrize(("status", "words"), [(401, "password"), (403, "does not let")])
def test_a_closed_door_is_told_to_the_operator(status: int, words: str) -> None:
    poll, (note,) = walked(Poll(), (HOUR, Failed(status=status)))
    assert words in note
    assert poll.paused is None


MOVED = Looked(moved=THERE)


@pytest.mark.parametrize(
    ("steps", "believed"),
    [
        ([(0 * HOUR, MOVED), (12 * HOUR, MOVED), (24 * HOUR, MOVED)], True),
        ([(0 * HOUR, MOVED), (24 * HOUR, MOVED)], False),  # twice
        ([(n * HOUR, MOVED) for n in range(24)], False),  # within a day
        ([(0 * HOUR, MOVED), (12 * HOUR, Looked()), (24 * HOUR, MOVED), (25 * HOUR, MOVED)], False),
        (
            [(0 * HOUR, MOVED), (9 * HOUR, Looked(moved="https://b.org/")), (30 * HOUR, MOVED)],
            False,
        ),
        ([(0 * HOUR, MOVED), (9 * HOUR, Failed()), (20 * HOUR, MOVED), (30 * HOUR, MOVED)], True),
    ],
)
def test_a_permanent_redirect_is_believed_after_three_looks_over_a_day(
    steps: Iterable[tuple[timedelta, Outcome]], believed: bool
) -> None:
    poll, notes = walked(Poll(), *steps)
    assert poll.address == (THERE if believed else None)
    assert [THERE in note for note in notes] == ([True] if believed else [])


@pytest.mark.parametrize("status", [404, 410])
def test_a_new_address_that_is_gone_gives_way_to_the_configured_one(status: int) -> None:
    poll, (note,) = walked(Poll(address=THERE), (HOUR, Failed(status=status)))
    assert (poll.address, poll.paused) == (None, None)
    assert "configured address" in note


def test_what_was_not_stored_whole_is_not_known_next_time() -> None:
    whole, _ = walked(Poll(), (HOUR, Looked(documents=(FEED,))))
    broken, _ = walked(whole, (2 * HOUR, Looked(documents=(FEED,), whole=False)))
    assert (whole.documents, broken.documents) == ((FEED,), ())
    assert whole.whole_at == broken.whole_at == NOW + HOUR


def test_a_failure_forgets_nothing_of_what_was_read_before() -> None:
    poll, _ = walked(Poll(), (HOUR, Looked(documents=(FEED,))), (2 * HOUR, Failed(status=500)))
    assert poll.documents == (FEED,)


def test_once_a_day_a_source_is_read_without_conditions() -> None:
    full, _ = walked(Poll(), (HOUR, Looked()))
    poll, _ = walked(full, (20 * HOUR, Looked(conditional=True)))
    assert not on_condition(Poll(), NOW)
    assert on_condition(poll, NOW + 24 * HOUR)
    assert not on_condition(poll, NOW + 25 * HOUR)


def test_a_source_that_is_configured_otherwise_begins_anew() -> None:
    paused = Poll(configured="old", paused="gone", documents=(FEED,), pinged_at=NOW)
    assert known_to(paused, "old") is paused
    assert known_to(paused, "new") == Poll(configured="new", pinged_at=NOW)
    assert known_to(None, "new") == Poll(configured="new")


SLOT = NOW + HOUR


@pytest.mark.parametrize(
    ("poll", "tried", "at", "due"),
    [
        (Poll(), None, NOW, True),  # never read
        (Poll(due_at=NOW), NOW - HOUR, NOW, True),
        (Poll(due_at=NOW + MINUTE), NOW - HOUR, NOW, False),
        (Poll(due_at=NOW, paused="gone"), NOW - HOUR, NOW, False),
        (Poll(due_at=NOW, wait_until=NOW + MINUTE), NOW - HOUR, NOW, False),
        # Five minutes before a digest, whatever the source or our patience says, but for a server
        # that is busy.
        (Poll(due_at=NOW + DAY), NOW, SLOT - minutes(6), False),
        (Poll(due_at=NOW + DAY), NOW, SLOT - minutes(5), True),
        (Poll(due_at=NOW + DAY), NOW, SLOT + HOUR, True),  # the service was down
        (Poll(due_at=NOW + DAY), SLOT - minutes(5), SLOT, False),  # had its look
        (Poll(due_at=NOW + DAY, wait_until=NOW + DAY), NOW, SLOT, False),
        (Poll(due_at=NOW + DAY, paused="gone"), NOW, SLOT, False),
        # What a CMS announced, half a minute after the last look at the earliest.
        (Poll(due_at=NOW + DAY, pinged_at=NOW), NOW - minutes(0.4), NOW, False),
        (Poll(due_at=NOW + DAY, pinged_at=NOW), NOW - minutes(0.5), NOW, True),
        (Poll(due_at=NOW + DAY, pinged_at=NOW, wait_until=NOW + DAY), NOW - HOUR, NOW, False),
    ],
)
def test_when_a_source_is_due(poll: Poll, tried: datetime | None, at: datetime, due: bool) -> None:
    assert is_due(poll, at, tried_at=tried, slots=(SLOT,)) == due


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120", NOW + minutes(2)),
        (" 0 ", NOW),
        ("Sun, 22 Nov 2026 07:00:00 GMT", NOW + HOUR),
        ("Sunday, 22-Nov-26 07:00:00 GMT", NOW + HOUR),
        ("Sun, 22 Nov 2026 07:00:00 -0000", NOW + HOUR),
        ("9" * 40, NOW + 10 * DAY),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("٣", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, expected: datetime | None) -> None:
    assert retry_at({"retry-after": text}, NOW) == expected
    assert retry_at({}, NOW) is None


@pytest.mark.parametrize(
    ("cache", "ttl", "expected"),
    [
        ("max-age=600", None, minutes(10)),
        ("public, Max-Age=600", 5, minutes(10)),
        ("max-age=600", 60, HOUR),
        ("no-cache, max-age=600", None, None),
        ("no-store, max-age=600", 60, HOUR),
        ("max-age=", None, None),
        ("max-age=soon", -4, None),
        ("s-maxage=600", 0, None),
        ("", None, None),
    ],
)
def test_how_long_a_document_stays(cache: str, ttl: int | None, expected: timedelta | None) -> None:
    assert rest({"cache-control": cache}, ttl) == expected


BOTH = {"etag": '"a"', "last-modified": "Sun, 22 Nov 2026 06:00:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "trusted"),
    [
        ({}, True),
        ({"expires": "0"}, False),
        ({"expires": "-1"}, False),
        ({"cache-control": "no-store"}, False),
        ({"cache-control": "no-cache"}, True),  # "ask me": so we do
    ],
)
def test_validators_of_an_answer_that_is_old_already_are_not_used(
    headers: dict[str, str], trusted: bool
) -> None:
    expected = (BOTH["etag"], BOTH["last-modified"]) if trusted else (None, None)
    assert validators({**BOTH, **headers}) == expected


def test_validators_that_cannot_be_sent_back_are_dropped() -> None:
    assert validators({"etag": '"é"', "last-modified": "a\tb"}) == (None, None)
