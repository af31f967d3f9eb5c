"""What Babel knows of a language, whatever its tag."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError

_SUBSTITUTE = "en"


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """The locale of a BCP 47 tag, or of its base language ("es" for es-XX); English where nothing
    is known of either. Never a fault: an edition is not lost for want of a month's name."""
    for tag in (language, language.partition("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale(_SUBSTITUTE)
