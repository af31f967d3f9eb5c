from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from hypothesis import given
from hypothesis import strategies as st

from newsletter.editions.mornings import mornings
from newsletter.editions.slot import slot_at
from newsletter.editions.window import parse_window
from newsletter.model.specs import Digest
from tests.flows.printing import digest as the_digest


def digest(**changes: Any) -> Digest:
    return the_digest(timezone="Europe/Madrid", **changes)


SEVEN = slot_at(datetime(2026, 11, 22, 7, 0), "Europe/Madrid")  # noqa: DTZ001
DAILY = digest(local_time=True)


def utc(hour: int, day: int = 22) -> datetime:
    return datetime(2026, 11, day, hour, 0, tzinfo=UTC)


def test_a_reader_in_another_zone_gets_the_letter_when_it_is_the_slot_s_time_there() -> None:
    found = mornings(DAILY, SEVEN, ["America/Mexico_City", "Atlantic/Canary"])
    assert found == {"America/Mexico_City": utc(13), "Atlantic/Canary": utc(7)}


def test_east_of_the_publisher_it_is_the_next_morning() -> None:
    assert mornings(DAILY, SEVEN, ["Asia/Tokyo"]) == {"Asia/Tokyo": utc(22)}


def test_who_has_the_same_time_waits_for_nothing() -> None:
    assert mornings(DAILY, SEVEN, ["Europe/Paris", "Europe/Madrid"]) == {}


def test_outside_the_digest_s_window_nobody_waits() -> None:
    within = digest(local_time=True, window=parse_window("06:00-18:00"))
    zones = ["America/Mexico_City", "Asia/Tokyo"]
    assert mornings(within, SEVEN, zones) == {"America/Mexico_City": utc(13)}


def test_nobody_waits_past_the_next_edition() -> None:
    often = digest(schedule="0 7,12 * * *", local_time=True)
    assert mornings(often, SEVEN, ["America/Mexico_City", "Atlantic/Azores"]) == {
        "Atlantic/Azores": utc(8)
    }


def test_a_digest_that_does_not_ask_for_it_waits_for_nobody() -> None:
    plain = digest()
    assert mornings(plain, SEVEN, ["America/Mexico_City"]) == {}


def test_a_zone_that_nobody_knows_is_no_reason_to_wait() -> None:
    assert mornings(DAILY, SEVEN, ["Europe/Atlantis", "", "../etc/passwd", "x" * 300]) == {}


@given(st.sampled_from(sorted(available_timezones())), st.integers(0, 364))
def test_everybody_has_it_within_a_day(zone: str, day: int) -> None:
    slot = slot_at(datetime(2026, 1, 1, 7, 0) + timedelta(days=day), "Europe/Madrid")  # noqa: DTZ001
    for at in mornings(DAILY, slot, [zone]).values():
        assert slot.at < at < slot.at + timedelta(hours=25)
