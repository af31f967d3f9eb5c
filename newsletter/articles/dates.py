"""When: dates as publishers write them → moments that know their zone."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

from newsletter.articles.found import Found
from newsletter.articles.guessed import guessed_day
from newsletter.articles.language import COMMON, base
from newsletter.articles.markup import attribute, words
from newsletter.articles.structured import Sheet, in_comments, item_value
from newsletter.model.article import UNKNOWN_LANGUAGE, Draft, Moment, Precision, Remark

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
# Names that are an hour later in summer: what American papers print.
_REGIONS = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver",
    "PT": "America/Los_Angeles"}  # fmt: skip
# The name of a zone behind a clock: "3:15 PM EDT", "12:00 ET", "01:00:00 GMT+0100".
_ZONE_WORD = re.compile(
    r"(?<=\d|[mM.])\s*\b(" + "|".join([*_REGIONS, *ZONES]) + r")"
    r"(?:\b\.?|(?=[+-]))([+-]\d{2}:?\d{2})?"
)
# What stands before and within dates for readers, and trips the library.
_LABEL = re.compile(
    r"^(?:(?:first |last |zuletzt )?(?:published|posted|updated|modified|publicado|publicada|"
    r"actualizado|atualizado|publié|mis à jour|veröffentlicht|aktualisiert|stand|pubblicato|"
    r"aggiornato|gepubliceerd|date|fecha|data|datum|am|on|el|le|em|il|op|at|vom)\b[\s:]*)+",
    re.IGNORECASE,
)
_HOURS = re.compile(r"\b(\d{1,2})h(\d{2})\b")
_ISO = re.compile(
    r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?"
    r"\s*([+-]\d{2}:?\d{2}|[+-]\d{2}|[A-Za-z]{1,5})?)?(?:\[[\w/]+\])?$"
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z)?)?$")
_EPOCH = re.compile(r"^\d{10}(?:\d{3})?$")
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:[/-]|$)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_CLOCK = re.compile(r"\d{1,2}[:h]\d{2}|\d\.\d{2}\s*Uhr|\d\s*[ap]\.?m\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_FEWEST_NUMBERS = 2  # a year and a day
_HALF_DAY = re.compile(r"\d\s*[ap]\.?m\b", re.IGNORECASE)
_LIBRARY_DATES = ("dc.date.issued", "dcterms.issued", "dcterms.created",
    "citation_publication_date")  # fmt: skip
# What anybody may mean anything by, the day of printing included.
_META_DATES = ("publish-date", "pubdate", "publishdate", "article_date_original", "datepublished",
    "dc.date", "dcterms.date", "cxenseparse:recs:publishtime", "published", "date")  # fmt: skip
_OF_ARTICLE = (
    "time.published, time[pubdate], time.entry-date, abbr.published",
    "article time, main time",
)
_ANYWHERE = (
    "time",
    "[class*=publish][class*=date], [class*=entry-date], [class*=post-date]",
    "[class*=article-date]",
)
# A day and a month that may each be the other.
_TWO_DAYS = re.compile(r"(?:0?[1-9]|1[0-2])/(?:0?[1-9]|1[0-2])/\d{4}\b")
_EARLIEST = 1995  # before the web: what programs write for "no date" (0001, 1970, 1980)
_A_DAY = timedelta(days=1)
_FARTHEST = timedelta(days=7)  # ahead of now: what is planned for later is no news yet
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
    dated = _any_date(raw, timezone_name, language)
    return dated if dated and not _is_placeholder(dated) else None


def _any_date(raw: str, timezone_name: str, language: str | None) -> Dated | None:
    """The same, however long ago it lies."""
    text = " ".join(raw.split())[:80]
    zone = ZoneInfo(timezone_name)
    try:
        dated = _from_numbers(text, zone) or _from_mail(text, zone)
        return dated or _from_epoch(text) or _from_words(text, zone, language)
    except (ValueError, OverflowError):
        return None


def find_published(
    draft: Draft, sheet: Sheet, timezone_name: str, language: str, now: datetime | None = None
) -> tuple[Found[Dated] | None, tuple[Remark, ...]]:
    """When it was published, and what an editor should know of that.

    A date more than a week after `now` is none, and neither is what programs write for "no date":
    it is told, and no date is guessed in its place.
    """
    doubts: list[Remark] = []

    def dates(told: Iterable[tuple[str, str]]) -> Iterator[Found[Dated]]:
        for raw, where in told:
            dated = _any_date(raw, timezone_name, language)
            doubt = _doubt(dated, now) if dated else None
            if doubt:
                doubts.append(doubt)
            elif dated:
                yield Found(dated, where)

    own = [(draft.published, f"{draft.origin}.published")] if draft.published else []
    address = next(dates([(_in_address(sheet.url), "page.url")]), None)
    found = next(dates(own), None) or _agreed(dates(_published_on(sheet)), address)
    if found is None and not doubts:
        found = next(dates(_last_resorts(sheet)), None)
    return found, _assumption(found, timezone_name) if found else tuple(doubts[:1])


def _agreed(dates: Iterable[Found[Dated]], address: Found[Dated] | None) -> Found[Dated] | None:
    """The first date; if it has no clock or no zone, the next of the same day that has both.

    The day in the page's address goes before later ones: what moves to another system gets a new
    date there, but keeps its address.
    """
    best: Found[Dated] | None = None
    for found in dates:
        best = best or _earlier(address, found)
        dated = found.value
        if dated.has_clock and not dated.zone_assumed and _same_day(best.value, dated):
            return found
    return best


def _earlier(address: Found[Dated] | None, found: Found[Dated]) -> Found[Dated]:
    if address is None:
        return found
    between = found.value.moment.instant - address.value.moment.instant
    return address if between > 2 * _A_DAY else found


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


def _doubt(dated: Dated, now: datetime | None) -> Remark | None:
    """Why a date can be none of an article."""
    if _is_placeholder(dated):
        return Remark("date_implausible", f"{dated.moment} is no date of an article: it has none")
    if now is not None and dated.moment.instant > now + _FARTHEST:
        return Remark("date_future", f"{dated.moment} is more than a week ahead: it has no date")
    return None


def _is_placeholder(dated: Dated) -> bool:
    return dated.moment.at.year < _EARLIEST


def _assumption(found: Found[Dated], timezone_name: str) -> tuple[Remark, ...]:
    if not found.value.zone_assumed or not found.value.has_clock:
        return ()
    return (Remark("tz_assumed", f"the date names no zone: read as {timezone_name}"),)


def _published_on(sheet: Sheet) -> list[tuple[str, str]]:
    """What the page says, in the order of belief; "4/5/2024", which may be two days, last."""
    told = [(raw, where) for raw, where in _said_of_publication(sheet) if raw]
    return sorted(told, key=lambda pair: _TWO_DAYS.match(pair[0]) is not None)


def _said_of_publication(sheet: Sheet) -> Iterator[tuple[str, str]]:
    yield sheet.graph.text("datePublished"), "jsonld.datePublished"
    yield sheet.meta("article:published_time", "og:article:published_time"), "og.published_time"
    yield sheet.meta("parsely-pub-date", "sailthru.date"), "meta.parsely-pub-date"
    yield from ((item_value(n), "microdata.datePublished") for n in sheet.item("datePublished"))
    yield sheet.meta(*_LIBRARY_DATES), "meta.dc.date"
    yield sheet.graph.text("dateCreated"), "jsonld.dateCreated"
    yield _in_address(sheet.url), "page.url"
    yield from _times(sheet, _OF_ARTICLE)
    yield sheet.meta(*_META_DATES), "meta.date"
    yield from _times(sheet, _ANYWHERE)


def _last_resorts(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Where nothing tells of publication: the last change, which lies after it, then a guess."""
    yield from _updated_on(sheet)
    yield guessed_day(sheet), "guessed"


def _updated_on(sheet: Sheet) -> Iterator[tuple[str, str]]:
    yield sheet.graph.text("dateModified"), "jsonld.dateModified"
    yield sheet.meta("article:modified_time", "og:updated_time"), "og.modified_time"
    yield from ((item_value(n), "microdata.dateModified") for n in sheet.item("dateModified"))


def _times(sheet: Sheet, queries: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What elements that hold a time say, if it has a year."""
    for query in queries:
        for node in sheet.select(query)[:3]:
            said = attribute(node, "datetime") or attribute(node, "content") or words(node)
            if _YEAR.search(said) and not in_comments(node):
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
    if parsed is None or "," not in text[:12] or not _CLOCK.search(text) or _HALF_DAY.search(text):
        return None  # the parser passes over "PM"
    at = datetime(*parsed[:6])  # noqa: DTZ001 - the zone is what is looked for
    offset = re.search(r"([+-]\d{4}|[A-Za-z]{1,5})\s*(?:\([^)]*\))?$", text)
    if offset and offset[1] in _REGIONS:
        return None
    return _at(at, _zone_of(offset[1] if offset else None), zone, Precision.SECOND)


def _from_epoch(text: str) -> Dated | None:
    """Seconds, or milliseconds, since 1970."""
    if not _EPOCH.match(text):
        return None
    return Dated(Moment(datetime.fromtimestamp(int(text[:10]), UTC)))


def _from_words(text: str, zone: ZoneInfo, language: str | None) -> Dated | None:
    """ "26 de agosto de 2021": by a library, which must find day, month and year in the text."""
    if not _YEAR.search(text) or len(_NUMBER.findall(text)) < _FEWEST_NUMBERS:
        return None
    # Imported here: its tables cost a tenth of a second, and most dates do not need them.
    from dateparser import parse  # type: ignore[import-untyped, unused-ignore]

    text = _HOURS.sub(r"\1:\2", _LABEL.sub("", text))
    text, named = _without_zone(text)
    own = [base(language)] if language and language != UNKNOWN_LANGUAGE else []
    settings = {
        "REQUIRE_PARTS": ["day", "month", "year"],
        "RETURN_AS_TIMEZONE_AWARE": False,
        "DATE_ORDER": "MDY" if _is_american(text, language) else "DMY",
        "PARSERS": ["absolute-time", "custom-formats"],
    }
    try:
        at = parse(text, languages=own, settings=settings) if own else None
        # Never in all languages that it knows: that takes a second for a text that is no date.
        at = at or parse(text, languages=COMMON, settings=settings)
    except MemoryError:  # no fault of the text: it is asked again where there is room
        raise
    except Exception:  # a last resort on foreign text: whatever it trips over is no date
        return None
    if at is None:
        return None
    if not _CLOCK.search(text):
        return _day(at.date(), zone)
    return _at(at, at.tzinfo or named, zone, Precision.MINUTE)


def _without_zone(text: str) -> tuple[str, tzinfo | None]:
    """A date in words and the zone that it names behind its clock, which the library drops."""
    match = _ZONE_WORD.search(text) if _CLOCK.search(text) else None
    if match is None:
        return text, None
    rest = text[: match.start()] + text[match.end() :].partition(" (")[0]
    region = _REGIONS.get(match[1])
    return rest, ZoneInfo(region) if region else _zone_of(match[2] or match[1])


def _is_american(text: str, language: str | None) -> bool:
    """Whether a month stands before its day: in American English, told by its clock at least."""
    return language == "en-US" or (language == "en" and _HALF_DAY.search(text) is not None)


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


def _at(at: datetime, named: tzinfo | None, zone: ZoneInfo, precision: Precision) -> Dated:
    if named is not None:
        return Dated(Moment(_with_offset(at.replace(tzinfo=named)), precision))
    local = at.replace(tzinfo=zone)
    return Dated(Moment(_with_offset(local), precision), zone_assumed=True)


def _day(day: date, zone: ZoneInfo) -> Dated:
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return Dated(Moment(_with_offset(local), Precision.DAY))


def _with_offset(local: datetime) -> datetime:
    """The same with a plain offset: a moment outlives the rules of its zone."""
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))
