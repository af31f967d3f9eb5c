from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.model.article import Draft
from newsletter.model.specs import FeedSpec
from newsletter.sources.feed import FeedSource, parse_feed
from newsletter.sources.page import PAGE_UNREAD
from newsletter.sources.port import Fetched, Found, SourceFault

DATA = Path(__file__).parent.parent / "data" / "sources"
FEED = "https://meridian.example/feed"


def read(name: str, language: str | None = None) -> Found:
    return parse_feed((DATA / name).read_bytes(), source="site", url=FEED, language=language)


def item(inner: str, *, channel: str = "", root: str = 'version="2.0"') -> Draft:
    """The draft of an RSS item."""
    rss = f"<rss {root}><channel>{channel}<item>{inner}</item></channel></rss>"
    (draft,) = parse_feed(rss.encode(), source="site", url=FEED).drafts
    return draft


def titled(title: str) -> str:
    return f'<rss version="2.0"><channel><item><title>{title}</title></item></channel></rss>'


def fault_of(content: bytes, charset: str | None = None) -> SourceFault:
    with pytest.raises(SourceFault) as caught:
        parse_feed(content, source="site", url=FEED, charset=charset)
    return caught.value


def test_an_rss_item_is_handed_over_as_it_was_written() -> None:
    draft = read("wordpress.rss").drafts[0]
    assert draft.title == "El puente “viejo” reabre &amp; respira"
    assert draft.url == "https://meridian.example/es/puente/?utm_source=rss&utm_medium=rss"
    assert draft.guid == "https://meridian.example/?p=4711"
    assert draft.published == "Sun, 22 Nov 2026 06:30:00 +0100"
    assert draft.content is not None
    assert draft.content.startswith("<p>Tras dos años de obras, el puente")
    assert draft.summary == "<p>Tras dos años de obras.</p>"
    assert [author.name for author in draft.authors] == ["Ana Ruiz", "Luis Gil"]
    assert draft.tags == ("Ciudad", "obras")
    assert (draft.language, draft.site) == ("es-MX", "El Meridiano")


def test_pictures_come_widest_first_with_their_words() -> None:
    wide, narrow = read("wordpress.rss").drafts[0].images
    assert wide.url == "https://meridian.example/img/puente-1200.jpg"
    assert (wide.width, wide.height) == (1200, 800)
    assert (narrow.url, narrow.mime) == (
        "https://meridian.example/img/puente-640.jpg",
        "image/jpeg",
    )
    assert (narrow.caption, narrow.credit) == ("El puente, ayer", "EFE")


def test_an_item_without_link_has_its_permanent_guid_for_one() -> None:
    draft = read("wordpress.rss").drafts[1]
    assert draft.url == "https://meridian.example/es/sin-enlace/"
    assert [author.name for author in draft.authors] == ["Eva Sol"]
    assert [image.url for image in draft.images] == ["https://meridian.example/img/foto.jpg"]
    assert (draft.content, draft.summary) == ("<p>Solo un resumen.</p>", "Solo un resumen.")
    assert draft.published == "22 nov 2026"


def test_an_atom_entry_knows_its_base_language_and_translation() -> None:
    found = read("bilingual.atom")
    draft = found.drafts[0]
    assert (found.title, found.language) == ("The Meridian", "en")
    assert draft.url == "https://meridian.example/en/bridge"
    assert draft.guid == "tag:meridian.example,2026:bridge"
    assert (draft.title, draft.language) == ("Bridge <em>reopens</em>", "en")
    assert draft.translations == {"es": "https://meridian.example/es/puente"}
    assert draft.content is not None
    assert 'src="https://static.example/2026/a.jpg"' in draft.content
    assert draft.summary == "Two years later."
    assert (draft.published, draft.updated) == (
        "2026-11-22T06:30:00+01:00",
        "2026-11-22T08:00:00+01:00",
    )
    assert [author.name for author in draft.authors] == ["The newsroom"]
    assert draft.tags == ("City",)


def test_plain_text_becomes_html_and_says_the_same() -> None:
    draft = read("bilingual.atom").drafts[1]
    assert draft.content == "<p>Uno &lt; dos.</p><p>Tres.</p>"
    assert (draft.language, draft.url, draft.published) == ("es", None, "2026-11-21")
    assert [author.name for author in draft.authors] == ["Eva Sol"]


def test_rdf_is_read_with_its_dublin_core() -> None:
    (draft,) = read("old.rdf").drafts
    assert (draft.guid, draft.url) == ("https://meridian.example/1",) * 2
    assert (draft.published, draft.language) == ("2026-11-22", "fr")


def test_the_language_of_the_source_beats_what_the_feed_says() -> None:
    assert {draft.language for draft in read("bilingual.atom", "pt").drafts} == {"pt"}
    assert {draft.language for draft in read("feed.json", "pt").drafts} == {"pt"}


def test_a_json_item_is_handed_over_as_it_was_written() -> None:
    found = read("feed.json")
    draft = found.drafts[0]
    assert (draft.guid, draft.url) == ("4711", "https://meridian.example/en/bridge")
    assert (draft.title, draft.summary) == ("Bridge reopens", "Two years later.")
    assert (draft.content, draft.tags) == ("<p>It reopens.</p>", ("city", "works"))
    assert [image.url for image in draft.images] == [
        "https://meridian.example/img/bridge.jpg",
        "https://meridian.example/img/more.png",
    ]
    assert [author.name for author in draft.authors] == ["Ana Ruiz"]
    assert draft.authors[0].avatar is not None
    assert (draft.origin, draft.language, draft.site) == ("jsonfeed", "en", "The Meridian")


def test_a_broken_json_item_does_not_stop_the_others() -> None:
    found = read("feed.json")
    assert [fault.place for fault in found.faults] == ["item 2"]
    draft = found.drafts[1]
    assert (draft.url, draft.language) == ("https://meridian.example/2", "es")
    assert draft.content == "<p>a &lt; b</p><p>c</p>"
    assert [author.name for author in draft.authors] == ["Eva Sol"]


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("<author>eva@meridian.example (Eva Sol)</author>", "Eva Sol"),
        ("<author>Eva Sol &lt;eva@meridian.example&gt;</author>", "Eva Sol"),
        ("<author>Eva Sol</author>", "Eva Sol"),
        ("<author><![CDATA[Eva Sol <eva@meridian.press>]]></author>", "Eva Sol"),
    ],
)
def test_an_author_is_a_name_and_never_a_mail_address(author: str, name: str) -> None:
    assert [each.name for each in item(author).authors] == [name]


def test_an_author_who_gives_only_an_address_is_not_shown() -> None:
    assert item("<author>eva@meridian.example</author>").authors == ()


def test_feedburners_original_is_the_link() -> None:
    draft = item(
        "<link>http://feedproxy.example/~r/x</link>"
        "<feedburner:origLink>https://meridian.example/a</feedburner:origLink>",
        root='version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"',
    )
    assert draft.url == "https://meridian.example/a"


def test_a_relative_link_is_resolved_against_the_site() -> None:
    channel = "<link>https://www.meridian.example/news/</link>"
    assert item("<link>a</link>", channel=channel).url == "https://www.meridian.example/news/a"
    assert item("<link>/a</link>").url == "https://meridian.example/a"
    assert item("<link>meridian.example/a</link>").url == "https://meridian.example/a"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"])
def test_only_web_addresses_are_links(link: str) -> None:
    assert item(f"<link>{link}</link>").url is None


def test_a_number_as_guid_stays_what_it_is() -> None:
    draft = item("<guid>4711</guid><title>x</title>")
    assert (draft.guid, draft.url) == ("4711", None)


def test_a_caption_is_never_taken_for_the_text() -> None:
    draft = item(
        "<description>The whole story.</description>"
        '<media:content url="https://m.example/a.jpg" medium="image">'
        "<media:description>A caption</media:description></media:content>",
        root='version="2.0" xmlns:media="http://search.yahoo.com/mrss/"',
    )
    assert draft.summary == "The whole story."
    assert draft.content == "<p>The whole story.</p>"
    assert draft.images[0].caption == "A caption"


def test_a_description_after_the_content_is_still_the_summary() -> None:
    draft = item(
        "<content:encoded>&lt;p&gt;All of it.&lt;/p&gt;</content:encoded>"
        "<description>In short.</description>",
        root='version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"',
    )
    assert (draft.content, draft.summary) == ("<p>All of it.</p>", "In short.")


def test_a_feed_cut_off_in_the_middle_gives_what_is_there() -> None:
    whole = (DATA / "wordpress.rss").read_bytes()
    found = parse_feed(whole[: whole.index(b"Sin enlace")], source="site", url=FEED)
    assert found.drafts[0].guid == "https://meridian.example/?p=4711"


def test_the_servers_charset_counts_where_the_feed_declares_none() -> None:
    rss = titled("Año")
    found = parse_feed(rss.encode("latin-1"), source="s", url=FEED, charset="iso-8859-1")
    assert found.drafts[0].title == "Año"


def test_a_feed_that_declares_its_encoding_is_believed_before_the_server() -> None:
    rss = '<?xml version="1.0" encoding="utf-8"?>' + titled("Año")
    found = parse_feed(rss.encode(), source="s", url=FEED, charset="iso-8859-1")
    assert found.drafts[0].title == "Año"


def test_an_empty_feed_is_a_feed() -> None:
    found = parse_feed(b"<rss version='2.0'><channel/></rss>", source="s", url=FEED)
    assert found.drafts == ()


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00\xff" * 9, b"{", b"[]", b'{"a": 1}'])
def test_what_is_no_feed_is_a_fault_with_its_address(content: bytes) -> None:
    fault = fault_of(content)
    assert fault.code == "decode"
    assert str(fault).startswith(FEED)


def test_a_web_page_is_told_apart_and_its_feed_is_named() -> None:
    page = b"""<!doctype html><html><head><title>News</title>
        <link rel="alternate" type="application/rss+xml" href="/rss.xml"></head></html>"""
    fault = fault_of(page)
    assert fault.code == "not_article"
    assert "https://meridian.example/rss.xml" in str(fault)


def test_a_feed_of_more_than_five_megabytes_is_not_parsed() -> None:
    assert fault_of(b" " * 5_000_001).code == "too_large"


def test_json_nested_without_end_is_a_fault() -> None:
    assert fault_of(b'{"items":' + b"[" * 200_000).code == "decode"


def test_entities_that_multiply_stay_small() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    feed = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{laughs}]>' + titled("&l9;")
    found = parse_feed(feed.encode(), source="s", url=FEED)
    assert sum(len(draft.title or "") for draft in found.drafts) < 1000


def test_an_entity_does_not_read_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2")
    entity = f'<!ENTITY x SYSTEM "file://{tmp_path}/secret">'
    feed = f"<!DOCTYPE rss [{entity}]>" + titled("a &x; b")
    found = parse_feed(feed.encode(), source="s", url=FEED)
    assert "hunter2" not in repr(found)


def test_a_lack_of_memory_is_no_fault_of_the_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("newsletter.sources.xml_feed.feedparser.parse", parse)
    with pytest.raises(MemoryError):
        parse_feed(titled("A quay").encode(), source="s", url=FEED)


@pytest.mark.parametrize(
    "opening", [b"<author>", b"<media:description ", b"<author>a@", b"<!ENTITY a '", b"&"]
)
def test_openings_without_end_are_read_in_reasonable_time(opening: bytes) -> None:
    feed = b"<rss version='2.0'><channel><item><title>x</title>" + opening * 20_000
    with suppress(SourceFault):
        assert len(parse_feed(feed, source="s", url=FEED).drafts) <= 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2600), st.binary(max_size=8))
def test_damage_anywhere_is_survived(place: int, damage: bytes) -> None:
    whole = (DATA / "wordpress.rss").read_bytes()
    broken = whole[:place] + damage + whole[place + 8 :]
    with suppress(SourceFault):
        assert len(parse_feed(broken, source="s", url=FEED).drafts) <= 2


def spec(**changes: object) -> FeedSpec:
    return FeedSpec(**{"kind": "feed", "name": "site", "url": FEED, **changes})  # type: ignore[arg-type]


def serving(**pages: Fetched) -> FeedSource:
    """A source on a web of these pages; everything else is not there."""

    def fetch(url: str) -> Fetched:
        return pages.get(url.rpartition("/")[2], Fetched(url=url, status=404, content=b""))

    return FeedSource(spec(), fetch)


def test_a_feed_source_reads_its_address() -> None:
    content = (DATA / "feed.json").read_bytes()
    source = serving(feed=Fetched(url=FEED, status=200, content=content))
    assert (source.name, len(source.read().drafts)) == ("site", 2)
    assert {draft.source for draft in source.read().drafts} == {"site"}


def test_a_feed_that_is_gone_is_a_fault_with_its_address() -> None:
    with pytest.raises(SourceFault, match=f"{FEED}: the server answered 404 Not Found"):
        serving().read()


def test_a_draft_is_completed_with_its_page() -> None:
    page = Fetched(url=f"{FEED}/a", status=200, content="ñ".encode("latin-1"), charset="latin-1")
    draft = serving(a=page).complete(Draft(source="site", origin="feed", url=f"{FEED}/a"))
    assert draft.page is not None
    assert (draft.page.html, draft.page.url, draft.remarks) == ("ñ", f"{FEED}/a", ())


def test_a_page_that_is_not_to_be_had_leaves_the_draft_and_a_remark() -> None:
    draft = Draft(source="site", origin="feed", url=f"{FEED}/a", title="x")
    completed = serving().complete(draft)
    assert (completed.title, completed.page) == ("x", None)
    assert [remark.code for remark in completed.remarks] == [PAGE_UNREAD]


def test_a_picture_is_not_a_page() -> None:
    photo = Fetched(url=f"{FEED}/a", status=200, content=b"\xff", content_type="image/jpeg")
    draft = serving(a=photo).complete(Draft(source="site", origin="feed", url=f"{FEED}/a"))
    assert draft.page is None
    assert "image/jpeg" in draft.remarks[0].message


def test_a_source_that_is_not_to_be_enriched_asks_for_no_page() -> None:
    def fetch(url: str) -> Fetched:
        raise AssertionError(url)

    draft = Draft(source="site", origin="feed", url=f"{FEED}/a")
    assert FeedSource(spec(enrich=False), fetch).complete(draft) is draft
