"""The last resort for a date and for names: a library's guess, when no rule of ours found any."""

from dataclasses import dataclass
from functools import lru_cache

import trafilatura

from newsletter.articles.structured import Sheet


@dataclass(frozen=True, slots=True)
class Guess:
    """A day as YYYY-MM-DD or "", and raw names."""

    date: str = ""
    authors: tuple[str, ...] = ()


def guessed(sheet: Sheet) -> Guess:
    """What the library takes for the date and the authors of a page; nothing for no page."""
    return _guess(sheet.html, sheet.url) if sheet.html else Guess()


@lru_cache(maxsize=1)  # both questions are asked of one page
def _guess(html: str, url: str | None) -> Guess:
    try:
        found = trafilatura.extract_metadata(html, default_url=url, extensive=True)
    except Exception:  # a foreign parser: whatever it trips over, it has no guess
        return Guess()
    names = (found.author or "").split(";") if found else []
    return Guess((found.date or "") if found else "", tuple(name for name in names if name.strip()))
