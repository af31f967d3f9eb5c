"""Sitemaps of any kind."""

import gzip
from collections.abc import Mapping
from pathlib import Path

import pytest

from newsletter.model.article import Draft, Image
from newsletter.model.specs import PagesSpec
from newsletter.sources.pages import PagesSource
from newsletter.sources.port import Found, SourceFault
from newsletter.sources.sitemap import MOST_PAGES, parse_sitemap
from tests.sources.cms import BASE, Files, fetching

MAP = "/sitemap.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
 xmlns:xhtml="http://www.w3.org/1999/xhtml">
<url><loc>https://meridian.example/en/quay</loc><lastmod>2026-11-22T06:00:00Z</lastmod>
<news:news><news:publication><news:name>The Meridian</news:name><news:language>en</news:language>
</news:publication><news:publication_date>2026-11-22T05:30:00Z</news:publication_date>
<news:title>Quay &amp; ferries</news:title><news:keywords>harbours, ferries,</news:keywords>
</news:news>
<image:image><image:loc>/img/quay.jpg</image:loc><image:title>Cranes</image:title>
<image:caption>The quay</image:caption></image:image>
<image:image><image:loc>/img/two.jpg</image:loc></image:image>
<xhtml:link rel="alternate" hreflang="es" href="https://meridian.example/es/muelle"/>
<xhtml:link rel="alternate" hreflang="en" href="https://meridian.example/en/quay"/>
<xhtml:link rel="alternate" hreflang="x-default" href="https://meridian.example/"/>
</url></urlset>"""


def urlset(*urls: str) -> str:
    return f"<urlset>{''.join(urls)}</urlset>"


def url(path: str, lastmod: str | None = None) -> str:
    date = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    return f"<url><loc>{BASE}{path}</loc>{date}</url>"


def index(*parts: str) -> str:
    inner = "".join(part.replace("url>", "sitemap>") for part in parts)
    return f"<sitemapindex>{inner}</sitemapindex>"


def read(
    sitemap: str | bytes,
    parts: Mapping[str, str | bytes] = {},
    asked: list[str] | None = None,
) -> Found:
    spec = PagesSpec(kind="pages", name="site", sitemap=BASE + MAP)
    return PagesSource(spec, fetching(Files({MAP: sitemap, **parts}), asked)).read()


def paths(found: Found) -> list[str]:
    return [(draft.url or "").removeprefix(BASE) for draft in found.drafts]


def fault_of(content: str | bytes) -> SourceFault:
    with pytest.raises(SourceFault) as caught:
        read(content)
    return caught.value


def test_a_news_sitemap_tells_title_date_language_pictures_and_translations() -> None:
    (draft,) = read(NEWS).drafts
    assert draft == Draft(
        source="site",
        origin="sitemap",
        url=f"{BASE}/en/quay",
        guid=f"{BASE}/en/quay",
        language="en",
        title="Quay & ferries",
        images=(
            Image(url=f"{BASE}/img/quay.jpg", caption="The quay"),
            Image(url=f"{BASE}/img/two.jpg"),
        ),
        tags=("harbours", "ferries"),
        published="2026-11-22T05:30:00Z",
        updated="2026-11-22T06:00:00Z",
        translations={"es": f"{BASE}/es/muelle"},
        site="The Meridian",
    )


def test_a_site_s_front_page_is_no_article() -> None:
    assert paths(read(urlset(url("/"), url(""), url("/?p=1")))) == ["/?p=1"]


def test_reading_a_sitemap_fetches_no_page() -> None:
    asked: list[str] = []
    read(urlset(url("/a"), url("/b")), asked=asked)
    assert asked == [BASE + MAP]


def test_what_changed_last_comes_first_and_what_has_no_date_last_in_its_order() -> None:
    found = read(
        urlset(
            url("/none-1"),
            url("/old", "2026-01-02"),
            url("/new", "2026-11-22T07:00:00+01:00"),
            url("/odd", "yesterday"),
            url("/none-2"),
        )
    )
    assert paths(found) == ["/new", "/old", "/none-1", "/odd", "/none-2"]


def test_of_many_pages_with_dates_the_newest_are_read() -> None:
    pages = [url(f"/{n}", f"2026-11-22T{n // 60:02}:{n % 60:02}") for n in range(400)]
    found = read(urlset(*pages))
    assert paths(found) == [f"/{n}" for n in range(399, 399 - MOST_PAGES, -1)]
    assert found.faults == ()


def test_of_many_pages_without_dates_both_ends_are_read_and_it_is_told() -> None:
    found = read(urlset(*(url(f"/{n}") for n in range(400)), url("/d", "2026-01-01")))
    assert len(found.drafts) == MOST_PAGES
    assert paths(found)[:2] == ["/d", "/0"]
    assert paths(found)[-1] == "/399"
    assert "401 pages, 400 of them without a date" in found.faults[0].reason


def test_of_an_index_the_newest_parts_are_read_but_none_for_tags_and_authors() -> None:
    asked: list[str] = []
    read(
        index(
            url("/post-sitemap1.xml", "2024-01-01"),
            url("/post_tag-sitemap.xml", "2026-11-22"),
            url("/wp-sitemap-users-1.xml", "2026-11-22"),
            url("/sitemap-pages.xml", "2026-11-22"),
            *(url(f"/news-{n}.xml", f"2026-11-1{n}") for n in range(7)),
        ),
        {f"/news-{n}.xml": urlset(url(f"/a-{n}")) for n in range(7)},
        asked,
    )
    assert [each.removeprefix(BASE) for each in asked[1:]] == [
        f"/news-{n}.xml" for n in (6, 5, 4, 3, 2)
    ]


def test_parts_without_dates_are_read_from_the_highest_number_down() -> None:
    parts = {f"/posts-{n}.xml": urlset(url(f"/a-{n}")) for n in range(1, 13)}
    addresses = [url(f"/posts-{n}.xml") for n in range(1, 13)]
    found = read(index(*addresses), parts)
    assert paths(found) == ["/a-12", "/a-11", "/a-10", "/a-9", "/a-8"]


def test_an_index_of_nothing_but_pages_is_read_all_the_same() -> None:
    found = read(index(url("/pages.xml")), {"/pages.xml": urlset(url("/a"))})
    assert paths(found) == ["/a"]


def test_a_part_that_is_gone_is_named_and_stops_no_other() -> None:
    found = read(index(url("/a.xml"), url("/b.xml")), {"/b.xml": urlset(url("/story"))})
    assert paths(found) == ["/story"]
    assert [fault.place for fault in found.faults] == [f"{BASE}/a.xml"]


def test_an_index_whose_parts_are_all_gone_is_a_fault() -> None:
    assert "404" in str(fault_of(index(url("/a.xml"), url("/b.xml"))))


def test_a_packed_sitemap_is_read() -> None:
    assert paths(read(gzip.compress(urlset(url("/a")).encode()))) == ["/a"]


def test_a_list_of_addresses_is_a_sitemap() -> None:
    found = read(f"\ufeff{BASE}/a\r\n{BASE}/b\n".encode())
    assert paths(found) == ["/a", "/b"]


def test_prefixes_and_a_foreign_encoding_are_read() -> None:
    text = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><s:urlset xmlns:s="x"><s:url>'
        f"<s:loc>{BASE}/niño</s:loc></s:url></s:urlset>"
    )
    assert paths(read(text.encode("latin-1"))) == ["/ni%C3%B1o"]


def test_a_sitemap_that_breaks_off_gives_what_came_before() -> None:
    found = read(f"<urlset>{url('/a')}<url><loc>{BASE}/b")
    assert paths(found) == ["/a"]
    assert "broken XML" in found.faults[0].reason


def test_an_address_that_is_none_is_named_and_stops_no_other() -> None:
    odd = "<url><loc>mailto:a@example.com</loc></url><url><lastmod>2026</lastmod></url>"
    found = read(urlset(odd, url("/a")))
    assert paths(found) == ["/a"]
    assert [fault.place for fault in found.faults] == ["mailto:a@example.com"]


def test_a_draft_stays_the_same_until_its_date_changes() -> None:
    first, second = (read(urlset(url("/a", "2026-11-22"))).drafts for _ in "ab")
    assert first == second
    assert read(urlset(url("/a", "2026-11-23"))).drafts != first


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("<!DOCTYPE html><html><body>Hello</body></html>", "not_article", "web page"),
        ("<rss/>", "decode", "root is <rss>"),
        ("nonsense", "decode", "no XML"),
        ("<", "decode", "broken XML"),
        (b"\x1f\x8bnonsense", "decode", "gzip"),
        (gzip.compress(b" " * 16_000_000), "too_large", "unpacks"),
        ("<urlset>" + "<a>" * 200, "too_large", "deep"),
    ],
)
def test_what_is_no_sitemap_is_a_fault(content: str | bytes, code: str, words: str) -> None:
    fault = fault_of(content)
    assert fault.code == code
    assert words in str(fault)
    assert BASE + MAP in str(fault)


def test_entities_are_not_expanded_and_files_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("planted", "utf-8")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    for declared in (f'<!ENTITY x SYSTEM "{secret.as_uri()}">', f'<!ENTITY l0 "ha">{laughs}'):
        name = "x" if "SYSTEM" in declared else "l9"
        text = f"<!DOCTYPE urlset [{declared}]><urlset><url><loc>&{name};</loc></url></urlset>"
        with pytest.raises(SourceFault, match="document type"):
            parse_sitemap(text.encode())
