"""The last resort for a date: a library's guess, when no rule of ours found any."""

from newsletter.articles.structured import Sheet


def guessed_day(sheet: Sheet) -> str:
    """What the library takes for the day of a page, as YYYY-MM-DD; "" for none and for no page."""
    if not sheet.html:
        return ""
    import trafilatura  # a tenth of a second and 30 MB, and only the child that reads needs it

    try:
        found = trafilatura.extract_metadata(sheet.html, default_url=sheet.url, extensive=True)
    except MemoryError:  # no fault of the text: it is asked again where there is room
        raise
    except Exception:  # a foreign parser: whatever it trips over, it has no guess
        return ""
    day = (found.date if found else None) or ""
    return day if _is_on(sheet.html, day) else ""


def _is_on(html: str, day: str) -> bool:
    """Whether a day is on the page: where the library found a month or a year alone (that of the
    copyright, often), it gives the first day of it."""
    year, month, number = day.split("-") if day else ("", "", "")
    forms = (
        day,
        f"{number}.{month}.{year}",
        f"{number}/{month}/{year}",
        f"{month}/{number}/{year}",
    )
    return number != "01" or any(form in html for form in forms)
