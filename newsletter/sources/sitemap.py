"""Sitemaps (sitemaps.org), Google's for news and pictures, and indexes of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from newsletter.lib.isolation import Isolation, Overrun, here
from newsletter.lib.urls import absolute
from newsletter.model.article import Draft, Image
from newsletter.sources.gunzip import NotGzip, gunzip
from newsletter.sources.port import Fetch, Fetched, ItemFault, SourceFault, answered
from newsletter.sources.safe_xml import read_xml

MOST_PAGES = 200  # the newest; each is fetched once
_MOST_MAPS = 5  # of an index, the newest
_UNPACKED = 15_000_000  # bytes
_MOST_ENTRIES = 50_000  # what the protocol allows in one file
_MOST_PICTURES = 20
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_KNOWN_PREFIXES = frozenset({"news", "image", "video", "xhtml"})
# Words in the addresses of an index's parts that name what are no articles: the writers of
# sitemaps in WordPress (its own, Yoast), Ghost and Drupal agree on these.
_NO_ARTICLES = re.compile(
    r"(?:^|[^a-z])(?:categor(?:y|ies)|(?:post_?)?tags?|taxonom(?:y|ies)|authors?|users?|pages?|"
    r"images?|videos?|products?|local|static)(?:[^a-z]|$)"
)


@dataclass(kw_only=True)
class Entry:
    """What a sitemap says of one address, fields under their written names."""

    fields: dict[str, str] = field(default_factory=dict)
    pictures: list[dict[str, str]] = field(default_factory=list)
    languages: dict[str, str] = field(default_factory=dict)

    @property
    def date(self) -> str:
        """When it last changed, for comparing: ISO 8601 sorts as text. "" when that is not told."""
        for name in ("lastmod", "news:publication_date"):
            if _DATE.match(self.fields.get(name, "")):
                return self.fields[name]
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """`parts` are other sitemaps, where it is an index. `broken` says why its end is missing."""

    entries: Sequence[Entry] = ()
    parts: Sequence[Entry] = ()
    broken: str | None = None


def parse_sitemap(content: bytes, charset: str | None = None) -> Sitemap:
    """A sitemap of any kind, packed by gzip or not, as XML or as a list of addresses.

    SourceFault ("decode", "not_article", "too_large") when it is none.
    """
    if content.startswith(b"\x1f\x8b"):
        content = _unpacked(content)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:4].lower() == b"http":
        lines = content.decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
        return Sitemap(
            entries=[Entry(fields={"loc": line.strip()}) for line in lines[:_MOST_ENTRIES]]
        )
    reading = _Reading()
    broken = read_xml(content, reading.start, reading.end, what="a sitemap", charset=charset)
    if reading.root not in ("urlset", "sitemapindex"):
        raise SourceFault("decode", f"is not a sitemap: its root is <{reading.root}>")
    return Sitemap(entries=reading.entries, parts=reading.parts, broken=broken)


def read_sitemap(
    fetch: Fetch, url: str, isolated: Isolation = here
) -> tuple[list[Entry], list[ItemFault]]:
    """The entries of a sitemap, or of the newest parts of an index: the last changed first, those
    of unknown age last in their order.

    A part that cannot be read is among the faults. SourceFault when nothing can.
    """
    top = _fetched_map(fetch, url, isolated)
    faults = [ItemFault(url, top.broken)] if top.broken else []
    entries = list(top.entries)
    first: SourceFault | None = None
    chosen = newest_parts(top.parts, url)
    for part in chosen:
        try:
            found = _fetched_map(fetch, part, isolated)
        except SourceFault as fault:
            first = first or fault
            faults.append(ItemFault(part, str(fault)))
            continue
        entries += found.entries
        if found.broken:
            faults.append(ItemFault(part, found.broken))
    if first and not entries and len(faults) >= len(chosen):
        raise first
    pages = [entry for entry in entries if not _is_front_page(entry)]
    return sorted(pages, key=lambda entry: entry.date, reverse=True), faults


def _is_front_page(entry: Entry) -> bool:
    parts = urlsplit(absolute(entry.fields["loc"], None) or "x")
    return parts.path == "/" and not parts.query


def newest_parts(parts: Sequence[Entry], base: str) -> list[str]:
    """The addresses of an index's parts that are worth reading: those that changed last; where
    that is not told, those with the highest numbers in their names. Parts for tags, authors and
    the like are left out unless there is nothing else."""
    known = [(part, address) for part in parts if (address := absolute(part.fields["loc"], base))]
    worth = [each for each in known if not _NO_ARTICLES.search(_name(each[1]))] or known
    worth.sort(key=lambda each: (each[0].date, _numbers(each[1])), reverse=True)
    return list(dict.fromkeys(address for _, address in worth))[:_MOST_MAPS]


def newest_entries(entries: Sequence[Entry]) -> tuple[list[Entry], str | None]:
    """At most MOST_PAGES of them, and what an editor should know about those that are left out.

    Of entries without dates nobody knows which end is the newer one: half is taken from either.
    """
    if len(entries) <= MOST_PAGES:
        return list(entries), None
    if entries[MOST_PAGES - 1].date:
        return list(entries[:MOST_PAGES]), None
    dated = [entry for entry in entries if entry.date]
    undated = [entry for entry in entries if not entry.date]
    head = (MOST_PAGES - len(dated) + 1) // 2
    tail = MOST_PAGES - len(dated) - head
    told = (
        f"names {len(entries)} pages, {len(undated)} of them without a date: only the first and "
        f"the last of these are read, {MOST_PAGES} pages in all"
    )
    return [*dated, *undated[:head], *undated[len(undated) - tail :]], told


def draft_of_entry(entry: Entry, *, source: str, base: str, language: str | None) -> Draft | None:
    """An entry as a draft, without its page; None when it has no address of the web."""
    fields = entry.fields
    url = absolute(fields.get("loc", ""), base)
    if url is None:
        return None
    languages = {name: absolute(link, base) for name, link in entry.languages.items()}
    return Draft(
        source=source,
        origin="sitemap",
        url=url,
        guid=url,
        language=language or fields.get("news:language") or None,
        title=fields.get("news:title") or None,
        images=tuple(_images(entry, base)),
        tags=tuple(_keywords(fields.get("news:keywords", ""))),
        published=fields.get("news:publication_date") or None,
        updated=fields.get("lastmod") or None,
        translations={name: link for name, link in languages.items() if link and link != url},
        site=fields.get("news:name") or None,
    )


def _images(entry: Entry, base: str) -> Iterator[Image]:
    for picture in entry.pictures[:_MOST_PICTURES]:
        if url := absolute(picture.get("image:loc", ""), base):
            yield Image(url=url, caption=picture.get("image:caption") or None)


def _keywords(written: str) -> list[str]:
    return list(dict.fromkeys(word for part in written.split(",") if (word := part.strip())))


def _fetched_map(fetch: Fetch, url: str, isolated: Isolation) -> Sitemap:
    fetched: Fetched = answered(fetch, url)
    try:
        return isolated(parse_sitemap, fetched.content, fetched.charset)
    except SourceFault as fault:
        raise SourceFault(fault.code, f"{url}: {fault}") from fault
    except Overrun as fault:
        raise SourceFault("too_large", f"{url}: {fault}; this is not read") from fault


def _unpacked(content: bytes) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in gunzip([content]):
            size += len(piece)
            if size > _UNPACKED:
                raise SourceFault("too_large", f"unpacks to more than {_UNPACKED} bytes; not read")
            pieces.append(piece)
    except NotGzip as error:
        raise SourceFault("decode", f"is broken gzip ({error})") from error
    return b"".join(pieces)


def _name(url: str) -> str:
    """The path with its query: some are written by a script (sitemap.xml?part=tags)."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}".lower()


def _numbers(url: str) -> list[int]:
    return [int(found) for found in re.findall(r"\d{1,9}", _name(url))]


class _Reading:
    """Collects what stands in <url> and <sitemap>."""

    def __init__(self) -> None:
        self.root = ""
        self.entries: list[Entry] = []
        self.parts: list[Entry] = []
        self._entry: Entry | None = None

    def start(self, written: str, attributes: Mapping[str, str]) -> None:
        name = _plain(written)
        self.root = self.root or name
        if name in ("url", "sitemap") and self._entry is None:
            self._entry = Entry()
        elif self._entry is not None and name == "image:image":
            self._entry.pictures.append({})
        elif self._entry is not None and name == "xhtml:link":
            language, link = attributes.get("hreflang", ""), attributes.get("href", "")
            if language.lower() not in ("", "x-default") and link:
                self._entry.languages.setdefault(language, link)

    def end(self, written: str, text: str) -> None:
        name = _plain(written)
        if self._entry is None:
            return
        if name in ("url", "sitemap"):
            found = self.parts if name == "sitemap" else self.entries
            if self._entry.fields.get("loc") and len(found) < _MOST_ENTRIES:
                found.append(self._entry)
            self._entry = None
        elif name.startswith("image:") and self._entry.pictures:
            self._entry.pictures[-1].setdefault(name, text)
        else:
            self._entry.fields.setdefault(name, text)


def _plain(written: str) -> str:
    """The name without a prefix, unless it is one that tells sitemaps' extensions apart."""
    prefix, _, name = written.rpartition(":")
    return written if prefix in _KNOWN_PREFIXES else name
