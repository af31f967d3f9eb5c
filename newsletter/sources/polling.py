"""When a source is asked again: what a look at it means for the next ones.

Tables and arithmetic: times come in, nothing is fetched or stored here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import assert_never

from newsletter.model.poll import Failed, Looked, Outcome, Poll

SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(minutes=60)
DAY = timedelta(days=1)  # whatever a server or our own patience asks for, once a day we look
BEFORE_DIGEST = timedelta(minutes=5)
PING_PAUSE = timedelta(seconds=30)  # between two readings for a CMS that announces every save
BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_SLOWER = 1.25  # after a look that brought nothing; one that did halves the interval
_JITTER = 0.2  # of a back-off, either way: sources that fell together do not come back together
_MISSING_TIMES = 10
_MISSING_FOR = timedelta(days=3)
_MOVED_TIMES = 3
_MOVED_FOR = timedelta(hours=24)

# What an answer asks of the operator, beyond trying again later.
_ALARMS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "it wants a password: look at its address",
    HTTPStatus.FORBIDDEN: "it does not let this program in: ask its administrator",
}


@dataclass(frozen=True, slots=True)
class After:
    """Where the asking stands after a look, and what the operator has to know of it."""

    poll: Poll
    notes: tuple[str, ...] = ()


def after(poll: Poll, outcome: Outcome, now: datetime, jitter: float = 0.0) -> After:
    """What becomes of a source's polling; `jitter` is a random number from -1 to 1."""
    match outcome:
        case Looked():
            return _after_answer(poll, outcome, now)
        case Failed():
            return _after_failure(poll, outcome, now, jitter)
        case _:
            assert_never(outcome)


def known_to(poll: Poll | None, configured: str) -> Poll:
    """The polling of a source as it is configured now: of another address nothing is known."""
    if poll is not None and poll.configured == configured:
        return poll
    return Poll(configured=configured, pinged_at=poll.pinged_at if poll else None)


def is_due(
    poll: Poll, now: datetime, *, tried_at: datetime | None, slots: Iterable[datetime]
) -> bool:
    """Whether the service reads a source now; `slots` are those of the digests that use it."""
    if poll.paused or must_wait(poll, now):
        return False
    if poll.due_at is None or tried_at is None or poll.due_at <= now:
        return True
    if poll.pinged_at and now - tried_at >= PING_PAUSE:
        return True
    return any(tried_at < slot - BEFORE_DIGEST <= now for slot in slots)


def must_wait(poll: Poll, now: datetime) -> bool:
    """Whether the source's server asked not to be asked yet."""
    return poll.wait_until is not None and now < poll.wait_until


def on_condition(poll: Poll, now: datetime) -> bool:
    """Whether the source may be asked for changes alone. Once a day it is read in any case: there
    are servers on which nothing ever seems to change."""
    return poll.full_at is not None and now - poll.full_at < DAY


def _after_answer(poll: Poll, look: Looked, now: datetime) -> After:
    interval = _interval(poll, fresh=look.fresh)
    rest = max(interval, min(look.rest or interval, DAY))
    stays = replace(
        poll,
        documents=look.documents if look.whole else (),
        interval=interval,
        due_at=now + rest,
        wait_until=None,
        ttl=look.ttl,
        failures=0,
        failing_since=None,
        missing=0,
        missing_since=None,
        paused=None,
        whole_at=now if look.whole else poll.whole_at,
        full_at=poll.full_at if look.conditional else now,
    )
    return _moved(stays, look.moved, now)


def _interval(poll: Poll, *, fresh: bool) -> timedelta:
    wanted = poll.interval / 2 if fresh else poll.interval * _SLOWER
    return min(max(wanted, SHORTEST), LONGEST)


def _moved(poll: Poll, to: str | None, now: datetime) -> After:
    """Believe a permanent redirect that stays: three looks, a day between the first and the last.
    A misconfigured server says such a thing for an hour."""
    if to is None or to != poll.moved_to or poll.moved_since is None:
        seen = replace(
            poll, moved_to=to, moved_count=1 if to else 0, moved_since=now if to else None
        )
        return After(seen)
    count = poll.moved_count + 1
    if count < _MOVED_TIMES or now - poll.moved_since < _MOVED_FOR:
        return After(replace(poll, moved_count=count))
    there = replace(poll, address=to, documents=(), moved_to=None, moved_count=0, moved_since=None)
    return After(there, (f"has moved to {to}: it is read there from now on; configure that",))


def _after_failure(poll: Poll, failed: Failed, now: datetime, jitter: float) -> After:
    missing = poll.missing + 1 if failed.status == HTTPStatus.NOT_FOUND else 0
    failures = poll.failures + 1
    # 2.0 ** 1100 is too large a number, and an hour times a million is no time.
    back_off = min(poll.interval * 2.0 ** min(failures, 10) * (1 + _JITTER * jitter), DAY)
    wait = _asked_for(failed, now)
    tried = replace(
        poll,
        due_at=wait or now + back_off,
        wait_until=wait,
        failures=failures,
        failing_since=poll.failing_since or now,
        missing=missing,
        missing_since=(poll.missing_since or now) if missing else None,
    )
    if poll.address and failed.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        note = f"is no longer at {poll.address}: it is read at its configured address again"
        return After(replace(tried, address=None, documents=(), missing=0), (note,))
    if reason := _end(tried, failed, now):
        return After(replace(tried, paused=reason), (f"is not read any more: {reason}",))
    alarm = _ALARMS.get(failed.status or 0)
    return After(tried, (alarm,) if alarm else ())


def _asked_for(failed: Failed, now: datetime) -> datetime | None:
    """When a server that is overloaded wants to be asked again, at most a day from now."""
    if failed.status not in BUSY or failed.retry_at is None or failed.retry_at <= now:
        return None
    return min(failed.retry_at, now + DAY)


def _end(poll: Poll, failed: Failed, now: datetime) -> str | None:
    """Why a source is not to be asked any more."""
    if failed.status == HTTPStatus.GONE:
        return "its server says that it is gone for good (410)"
    since = poll.missing_since
    if since and poll.missing >= _MISSING_TIMES and now - since >= _MISSING_FOR:
        return f"it was not found {poll.missing} times since {since:%Y-%m-%d} (404)"
    return None


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """What Retry-After says, seconds or a date (RFC 9110, 10.2.3); None where it says nothing."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return now + timedelta(seconds=min(int(text[:9]), 10 * DAY.total_seconds()))
    return _date(text)


def rest(headers: Mapping[str, str], ttl: int | None = None) -> timedelta | None:
    """How long a document is to be taken for current: Cache-Control's max-age, a feed's ttl."""
    told = [timedelta(minutes=min(max(ttl or 0, 0), 10_000)), _max_age(headers)]
    return max(told) or None


def _max_age(headers: Mapping[str, str]) -> timedelta:
    words = _cache_words(headers)
    seconds = next((word[8:].strip('"') for word in words if word.startswith("max-age=")), "")
    if {"no-cache", "no-store"} & set(words) or not (seconds.isascii() and seconds.isdigit()):
        return timedelta(0)
    return timedelta(seconds=int(seconds[:9]))


def validators(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    """ETag and Last-Modified; neither of a server that says that its answer is old already: such
    a one was seen to keep both while the content changed."""
    if headers.get("expires", "").strip() in ("0", "-1") or "no-store" in _cache_words(headers):
        return None, None
    return _sendable(headers.get("etag")), _sendable(headers.get("last-modified"))


def _sendable(value: str | None) -> str | None:
    return value if value and value.isascii() and value.isprintable() else None


def _cache_words(headers: Mapping[str, str]) -> list[str]:
    return [word.strip().lower() for word in headers.get("cache-control", "").split(",")]


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        # "-0000": UTC, from a clock that knows no zone (RFC 5322, 3.3).
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None
