"""When letters will all have left, if nobody complains: a walk through the hours and days ahead."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from newsletter.delivery.pace import allowance, next_day
from newsletter.model.specs import WarmUp

HORIZON = timedelta(days=30)


def _always(_now: datetime) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When letters may leave: `opens` says when again (None: now), `closes` until when (None: no
    end is in sight)."""

    opens: Callable[[datetime], datetime | None] = _always
    closes: Callable[[datetime], datetime | None] = _always


@dataclass(frozen=True, slots=True, kw_only=True)
class Warmth:
    """A sender address that is warmed up: its plan, and what it sent on which days (UTC)."""

    plan: WarmUp
    sent: Mapping[date, int] = field(default_factory=dict)

    def allowed(self, day: date, first: date) -> int | None:
        return allowance(self.plan, (day - min(self.sent, default=first)).days)


def done_at(
    letters: int,
    rate: float | None,
    start: datetime,
    *,
    hours: Hours | None = None,
    warmth: Warmth | None = None,
) -> datetime | None:
    """When the last of so many letters will have left that begin to leave at `start`, `rate` a
    second (None: in no time). None when that is not within a month."""
    hours = hours or Hours()
    sent = Counter(warmth.sent if warmth else {})
    first = start.date()
    now = start
    while now < start + HORIZON:
        now = hours.opens(now) or now
        most = warmth.allowed(now.date(), first) if warmth else None
        ends = [hours.closes(now), None if most is None else next_day(now)]
        until = min((each for each in ends if each), default=start + HORIZON)
        today = letters if most is None else min(letters, max(0, most - sent[now.date()]))
        gone = today if rate is None else min(today, int(rate * (until - now).total_seconds()))
        if gone == letters:
            return now + timedelta(seconds=letters / rate if rate else 0)
        letters -= gone
        sent[now.date()] += gone
        now = until
    return None
