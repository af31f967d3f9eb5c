"""Which clock a reader lives by: time zones as lists name them, and those of countries."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

# A day in winter and one in summer: zones that agree on both go alike now, whatever they did once.
_DAYS = (datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC))


def zone_named(text: str) -> str | None:
    """IANA's name of a zone, however its letters are cased (Mailchimp has "America/New_york")."""
    return _zones().get(text.strip().lower().replace(" ", "_"))


@cache
def zone_of_country(country: str) -> str | None:
    """The zone of all of a country (ISO 3166, two letters); None where its clocks differ."""
    zones = [
        known
        for name in get_global("territory_zones").get(country.strip().upper(), ())
        if (known := zone_named(name))
    ]
    return zones[0] if len({_hours(zone) for zone in zones}) == 1 else None


@cache
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def _hours(zone: str) -> tuple[object, ...]:
    return tuple(day.astimezone(ZoneInfo(zone)).utcoffset() for day in _DAYS)
