"""The hours of a day in which a digest's letters may leave, on the clocks of its time zone."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.model.specs import Window

_MINUTE = timedelta(minutes=1)
_MINUTES_AHEAD = 3 * 24 * 60  # clocks put forward may skip a short window of one day
_FORM = re.compile(r"(\d{1,2})(?::(\d\d))?\s*[-\u2013]\s*(\d{1,2})(?::(\d\d))?")


def parse_window(text: object) -> Window:
    """ "06:00-22:00" or "6-22", with a hyphen or a dash; ValueError says what is expected."""
    match = _FORM.fullmatch(text.strip()) if isinstance(text, str) else None
    try:
        opens, closes = (_clock(*match.group(i, i + 1)) for i in (1, 3)) if match else (None, None)
    except ValueError:  # no such hour
        opens = closes = None
    if opens is None or closes is None or opens == closes:
        raise ValueError('two different times of day such as "06:00-22:00" or "22-06"')
    return Window(opens, closes)


def _clock(hour: str, minute: str | None) -> time:
    if (hour, minute or "00") == ("24", "00"):  # the end of the day, as people write it
        return time(0)
    return time(int(hour), int(minute or 0))


def opens_at(window: Window | None, timezone: str, now: datetime) -> datetime | None:
    """When letters may leave again; None: they may now."""
    return _first(now, lambda at: _is_open(window, timezone, at))


def closes_at(window: Window | None, timezone: str, now: datetime) -> datetime | None:
    """Until when letters may leave that may now; None where no window ever closes."""
    if window is None:
        return None
    return _first(now, lambda at: not _is_open(window, timezone, at)) or now


def _is_open(window: Window | None, timezone: str, at: datetime) -> bool:
    if window is None:
        return True
    clock = at.astimezone(ZoneInfo(timezone)).time()
    if window.opens < window.closes:
        return window.opens <= clock < window.closes
    return not window.closes <= clock < window.opens


def _first(now: datetime, wanted: Callable[[datetime], bool]) -> datetime | None:
    """The first whole minute for which it is so; None when it is so already. Looked for minute by
    minute, as a clock on the wall would show it: right whenever that is put forward or back."""
    if wanted(now):
        return None
    minute = now.astimezone(UTC).replace(second=0, microsecond=0)
    ahead = (minute + n * _MINUTE for n in range(1, _MINUTES_AHEAD))
    return next(at for at in ahead if wanted(at))
