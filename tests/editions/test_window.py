"""When letters may leave, on the clocks where the digest is at home."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.editions.window import closes_at, opens_at, parse_window
from newsletter.model.specs import Window

MADRID = "Europe/Madrid"
DAY = Window(time(6), time(22))
NIGHT = Window(time(22), time(6))


def at(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(MADRID), fold=fold)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("06:00-22:00", DAY),
        ("06\u201322", DAY),
        ("6-22", DAY),
        (" 6:00 - 22 ", DAY),
        ("22-06", NIGHT),
        ("18:30-24", Window(time(18, 30), time(0))),
    ],
)
def test_every_way_to_write_hours_is_read(written: str, meant: Window) -> None:
    assert parse_window(written) == meant


@pytest.mark.parametrize("written", ["", "6", "6-6", "0-24", "6-25", "6:60-7", "6am-10pm", 6, None])
def test_what_is_no_window_is_named(written: object) -> None:
    with pytest.raises(ValueError, match="two different times of day such as"):
        parse_window(written)


@pytest.mark.parametrize(
    ("window", "now", "opens"),
    [
        (DAY, "2026-11-22T06:00", None),
        (DAY, "2026-11-22T21:59:59", None),
        (DAY, "2026-11-22T22:00", "2026-11-23T06:00"),
        (DAY, "2026-11-22T05:59:30", "2026-11-22T06:00"),
        (NIGHT, "2026-11-22T22:00", None),
        (NIGHT, "2026-11-22T00:00", None),
        (NIGHT, "2026-11-22T05:59", None),
        (NIGHT, "2026-11-22T06:00", "2026-11-22T22:00"),
        (None, "2026-11-22T03:00", None),
    ],
)
def test_a_closed_window_says_when_it_opens(
    window: Window | None, now: str, opens: str | None
) -> None:
    assert opens_at(window, MADRID, at(now)) == (at(opens) if opens else None)


def test_an_hour_that_the_clocks_skip_opens_when_they_have_skipped_it() -> None:
    early = Window(time(2, 30), time(12))
    assert opens_at(early, MADRID, at("2026-03-29T01:30")) == at("2026-03-29T03:00")


def test_a_window_that_the_clocks_skip_waits_for_the_next_day() -> None:
    skipped = Window(time(2), time(2, 30))
    assert opens_at(skipped, MADRID, at("2026-03-29T01:30")) == at("2026-03-30T02:00")


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    short = Window(time(2), time(3))
    assert opens_at(short, MADRID, at("2026-10-25T02:59")) is None
    assert opens_at(short, MADRID, at("2026-10-25T02:30", fold=1)) is None
    assert closes_at(short, MADRID, at("2026-10-25T02:00")) == at("2026-10-25T03:00")


def test_a_window_says_how_long_it_stays_open() -> None:
    assert closes_at(DAY, MADRID, at("2026-11-22T07:00")) == at("2026-11-22T22:00")
    assert closes_at(NIGHT, MADRID, at("2026-11-22T23:00")) == at("2026-11-23T06:00")
    assert closes_at(None, MADRID, at("2026-11-22T07:00")) is None


_clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))


@given(
    opens=_clocks,
    closes=_clocks,
    zone=st.sampled_from([MADRID, "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_whatever_the_clocks_do_it_opens_at_the_first_minute_that_is_open(
    opens: time, closes: time, zone: str, now: datetime
) -> None:
    if opens == closes:
        return
    window, now = Window(opens, closes), now.replace(tzinfo=UTC)
    if (found := opens_at(window, zone, now)) is None:
        return
    assert now < found <= now + timedelta(days=2)
    assert opens_at(window, zone, found) is None
    assert opens_at(window, zone, found - timedelta(seconds=1)) == found
