"""Dates and names of languages as their readers write them (Babel's CLDR data)."""

from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton

_SUBSTITUTE = "en"


def long_date(day: date, language: str) -> str:
    """ "Tuesday, November 3, 2026" in that language."""
    return format_date(day, "full", locale=_locale(language))


def short_date(day: date, language: str) -> str:
    """ "Nov 3" in that language, on one line."""
    return format_skeleton("MMMd", day, locale=_locale(language)).replace(" ", "\u00a0")


def language_name(language: str, *, within: str) -> str:
    """What a language is called in another: "inglés" for en within es."""
    return _locale(language).get_display_name(_locale(within)) or language


def direction(language: str) -> str:
    """ "ltr" or "rtl"."""
    return _locale(language).text_direction


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    """The locale of a BCP 47 tag, or of its base language; English where nothing is known."""
    for tag in (language, language.partition("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale(_SUBSTITUTE)
