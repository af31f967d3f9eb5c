"""When: dates as publishers write them → moments that know their zone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

from newsletter.articles.found import Found
from newsletter.articles.guessed import guessed
from newsletter.articles.markup import attribute, words
from newsletter.articles.structured import Sheet, item_value
from newsletter.model.article import Draft, Moment, Precision, Remark

# Zone names that RFC 822 and daily use know, in minutes from UTC. Libraries read most of them as
# UTC. Where a name has several meanings, the one that publishers use: IST (India) is left out.
ZONES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "MEZ": 60,
    "CEST": 120, "MESZ": 120, "EET": 120, "EEST": 180, "MSK": 180, "NST": -210, "NDT": -150,
    "AST": -240, "ADT": -180, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420,
    "MDT": -360, "PST": -480, "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600, "ART": -180,
    "BRT": -180, "BRST": -120, "CLT": -240, "CLST": -180, "COT": -300, "PET": -300, "VET": -240,
    "ECT": -300, "BOT": -240, "UYT": -180, "JST": 540, "KST": 540, "SGT": 480, "HKT": 480,
    "AWST": 480, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "SAST": 120, "EAT": 180,
    "WAT": 60,
}  # fmt: skip
_ISO = re.compile(
    r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?"
    r"\s*([+-]\d{2}:?\d{2}|[+-]\d{2}|[A-Za-z]{1,5})?)?(?:\[[\w/]+\])?$"
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z)?)?$")
_EPOCH = re.compile(r"^\d{10}(?:\d{3})?$")
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:[/-]|$)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_CLOCK = re.compile(r"\d{1,2}[:h]\d{2}|\d\.\d{2}\s*Uhr|\d\s*[ap]\.?m\b", re.IGNORECASE)
_META_DATES = (
    "dc.date.issued", "dcterms.created", "dc.date", "date", "publish-date", "pubdate",
    "publishdate", "article_date_original", "cxenseparse:recs:publishtime", "published",
    "dcterms.date",
    "citation_publication_date", "datepublished",
)  # fmt: skip
_EARLIEST = 1995  # before the web: what programs write for "no date" (0001, 1970, 1980)
_A_DAY = timedelta(days=1)
_CORRECTION = timedelta(seconds=60)  # a later "update" is one; a sooner one is the saving itself


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment, and whether its zone is the source's because it named none."""

    moment: Moment
    zone_assumed: bool = False

    @property
    def has_clock(self) -> bool:
        return self.moment.precision is not Precision.DAY


def read_date(raw: str, timezone_name: str, language: str | None = None) -> Dated | None:
    """A date as anybody writes it; a missing zone is `timezone_name`. None for what is no date,
    has no year ("Thursday, August 26"), or lies before 1995."""
    text = " ".join(raw.split())[:80]
    zone = ZoneInfo(timezone_name)
    try:
        dated = _from_numbers(text, zone) or _from_mail(text, zone)
        dated = dated or _from_epoch(text) or _from_words(text, zone, language)
        if dated is None or dated.moment.instant.year < _EARLIEST:
            return None
    except (ValueError, OverflowError):
        return None
    return dated


def find_published(
    draft: Draft, sheet: Sheet, timezone_name: str, language: str
) -> Found[Dated] | None:
    """When it was published. The first witness gives the day; if it has no clock or no zone, a
    later one of the same day that has both gives those."""
    if draft.published:
        given = read_date(draft.published, timezone_name, language)
        if given is not None:
            return Found(given, f"{draft.origin}.published")
    best: Found[Dated] | None = None
    for raw, where in _published_on(sheet):
        dated = read_date(raw, timezone_name, language)
        if dated is None:
            continue
        best = best or Found(dated, where)
        if dated.has_clock and not dated.zone_assumed and _same_day(best.value, dated):
            return Found(dated, where)
    return best


def find_updated(
    draft: Draft,
    sheet: Sheet,
    timezone_name: str,
    language: str,
    published: Found[Dated] | None,
) -> Found[Dated] | None:
    """When it was last changed, if that is later than its publication."""
    for raw, where in ((draft.updated, f"{draft.origin}.updated"), *_updated_on(sheet)):
        dated = read_date(raw, timezone_name, language) if raw else None
        if dated is not None:
            later = published is None or _is_later(dated.moment, published.value.moment)
            return Found(dated, where) if later and dated.has_clock else None
    return None


def _is_later(updated: Moment, published: Moment) -> bool:
    return updated.instant > published.instant + _CORRECTION


def remarks_on(found: Found[Dated] | None, timezone_name: str) -> tuple[Remark, ...]:
    """What an editor should know about how a date was read."""
    if found is None or not found.value.zone_assumed or not found.value.has_clock:
        return ()
    return (Remark("tz_assumed", f"the date names no zone: read as {timezone_name}"),)


def _published_on(sheet: Sheet) -> Iterator[tuple[str, str]]:
    yield sheet.graph.text("datePublished"), "jsonld.datePublished"
    yield sheet.meta("article:published_time", "og:article:published_time"), "og.published_time"
    yield sheet.meta("parsely-pub-date", "sailthru.date"), "meta.parsely-pub-date"
    yield from ((item_value(n), "microdata.datePublished") for n in sheet.item("datePublished"))
    yield sheet.meta(*_META_DATES), "meta.date"
    yield sheet.graph.text("dateCreated"), "jsonld.dateCreated"
    yield _in_address(sheet.url), "page.url"
    yield from _times(sheet)
    yield guessed(sheet).date, "guessed"


def _updated_on(sheet: Sheet) -> Iterator[tuple[str, str]]:
    yield sheet.graph.text("dateModified"), "jsonld.dateModified"
    yield sheet.meta("article:modified_time", "og:updated_time"), "og.modified_time"
    yield from ((item_value(n), "microdata.dateModified") for n in sheet.item("dateModified"))


def _times(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """<time> elements: those called published, those in the article, then any."""
    for query in (
        "time.published, time[pubdate], time.entry-date, abbr.published",
        "article time, main time",
        "time",
        "[class*=publish][class*=date], [class*=entry-date], [class*=post-date]",
        "[class*=article-date]",
    ):
        for node in sheet.select(query)[:3]:
            said = attribute(node, "datetime") or attribute(node, "content") or words(node)
            if _YEAR.search(said):
                yield said, "page.time"


def _in_address(url: str | None) -> str:
    match = _IN_ADDRESS.search(url or "")
    return "-".join(match.groups()) if match else ""


def _same_day(one: Dated, other: Dated) -> bool:
    if one.zone_assumed and one.has_clock:
        return abs(one.moment.instant - other.moment.instant) <= _A_DAY
    return other.moment.at.date() == one.moment.at.date() or (
        other.moment.instant.date() == one.moment.at.date()
    )


def _from_numbers(text: str, zone: ZoneInfo) -> Dated | None:
    match = _ISO.match(text) or _COMPACT.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, offset = match.groups()
    if hour is None:
        return _day(date(int(year), int(month), int(day)), zone)
    at = datetime(  # noqa: DTZ001 - the zone is what is looked for
        int(year), int(month), int(day), int(hour) % 24, int(minute), int(second or 0)
    )
    return _at(at, _zone_of(offset), zone, Precision.SECOND if second else Precision.MINUTE)


def _from_mail(text: str, zone: ZoneInfo) -> Dated | None:
    """RFC 822 and 5322 dates; the standard library's parser, but our names of zones."""
    parsed = parsedate_tz(text)
    if parsed is None or "," not in text[:12] or not _CLOCK.search(text):
        return None
    at = datetime(*parsed[:6])  # noqa: DTZ001 - the zone is what is looked for
    offset = re.search(r"([+-]\d{4}|[A-Za-z]{1,5})\s*(?:\([^)]*\))?$", text)
    return _at(at, _zone_of(offset[1] if offset else None), zone, Precision.SECOND)


def _from_epoch(text: str) -> Dated | None:
    """Seconds, or milliseconds, since 1970."""
    if not _EPOCH.match(text):
        return None
    return Dated(Moment(datetime.fromtimestamp(int(text[:10]), UTC)))


def _from_words(text: str, zone: ZoneInfo, language: str | None) -> Dated | None:
    """ "26 de agosto de 2021": by a library, which must find day, month and year in the text."""
    if not _YEAR.search(text):
        return None
    # Imported here: its tables cost a tenth of a second, and most dates do not need them.
    from dateparser import parse  # type: ignore[import-untyped, unused-ignore]

    languages = [language.partition("-")[0]] if language and language != "und" else None
    settings = {
        "REQUIRE_PARTS": ["day", "month", "year"],
        "RETURN_AS_TIMEZONE_AWARE": False,
        "DATE_ORDER": "MDY" if language == "en-US" else "DMY",
        "PARSERS": ["absolute-time", "custom-formats"],
    }
    try:
        at = parse(text, languages=languages, settings=settings) or parse(text, settings=settings)
    except Exception:  # a last resort on foreign text: whatever it trips over is no date
        return None
    if at is None:
        return None
    if not _CLOCK.search(text):
        return _day(at.date(), zone)
    if at.tzinfo is not None:
        return Dated(Moment(at, Precision.MINUTE))
    return _at(at, None, zone, Precision.MINUTE)


def _zone_of(name: str | None) -> timezone | None:
    if not name:
        return None
    if name.upper() in ZONES:
        return timezone(timedelta(minutes=ZONES[name.upper()]))
    digits = name[1:].replace(":", "").ljust(4, "0")
    if name[0] not in "+-" or not digits.isdecimal():
        return None
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if name[0] == "-" else offset)


def _at(at: datetime, named: timezone | None, zone: ZoneInfo, precision: Precision) -> Dated:
    if named is not None:
        return Dated(Moment(at.replace(tzinfo=named), precision))
    local = at.replace(tzinfo=zone)
    return Dated(Moment(_with_offset(local), precision), zone_assumed=True)


def _day(day: date, zone: ZoneInfo) -> Dated:
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return Dated(Moment(_with_offset(local), Precision.DAY))


def _with_offset(local: datetime) -> datetime:
    """The same with a plain offset: a moment outlives the rules of its zone."""
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))
