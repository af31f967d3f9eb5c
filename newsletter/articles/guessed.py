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
    date = found.date if found and found.date and _is_on(html, found.date) else ""
    return Guess(date, tuple(name for name in names if name.strip()))


def _is_on(html: str, date: str) -> bool:
    """Whether a day is on the page: where the library found a month or a year alone (that of the
    copyright, often), it gives the first day of it."""
    year, month, day = date.split("-")
    forms = (date, f"{day}.{month}.{year}", f"{day}/{month}/{year}", f"{month}/{day}/{year}")
    return day != "01" or any(form in html for form in forms)
