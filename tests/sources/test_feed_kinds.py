"""Every kind of feed that is still about, as it is written and as it is miswritten."""

import pytest

from newsletter.model.article import Draft, Image
from newsletter.sources.feed import parse_feed

FEED = "https://meridian.example/feed"
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)


def drafts(feed: str | bytes) -> tuple[Draft, ...]:
    content = feed if isinstance(feed, bytes) else feed.encode()
    return parse_feed(content, source="site", url=FEED).drafts


def rss(item: str, *, version: str = "2.0") -> str:
    return f'<rss version="{version}" {SPACES}><channel><item>{item}</item></channel></rss>'


def only(feed: str | bytes) -> Draft:
    (draft,) = drafts(feed)
    return draft


def test_rss_091_has_a_doctype_and_plain_words() -> None:
    doctype = (
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
        '"http://my.netscape.example/publish/formats/rss-0.91.dtd">'
    )
    item = "<title>A &amp; B</title><link>/a</link><description>Plain words.</description>"
    draft = only(f'<?xml version="1.0"?>{doctype}{rss(item, version="0.91")}')
    assert (draft.title, draft.url) == ("A & B", "https://meridian.example/a")
    assert draft.content == "<p>Plain words.</p>"


def test_rss_092_needs_no_title_and_has_enclosures_and_categories() -> None:
    draft = only(
        rss(
            "<description>Only &lt;b&gt;words&lt;/b&gt;.</description><category>City</category>"
            '<enclosure url="https://m.example/a.jpg" length="1" type="image/jpeg"/>',
            version="0.92",
        )
    )
    assert (draft.title, draft.content, draft.tags) == (None, "Only <b>words</b>.", ("City",))
    assert draft.images == (Image(url="https://m.example/a.jpg", mime="image/jpeg"),)


def test_rss_090_and_its_successor_keep_their_items_outside_the_channel() -> None:
    draft = only(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>M</title></channel>'
        "<item><title>First</title><link>https://meridian.example/1</link></item></rdf:RDF>"
    )
    assert (draft.title, draft.url, draft.site) == ("First", "https://meridian.example/1", "M")


def test_atom_03_was_issued_and_modified() -> None:
    draft = only(
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:lang="en"><entry>'
        '<title mode="escaped">A &lt;i&gt;boat&lt;/i&gt;</title><id>tag:m.example,2003:1</id>'
        '<link rel="alternate" type="text/html" href="https://meridian.example/a"/>'
        "<issued>2003-12-13T08:29:29-04:00</issued><modified>2003-12-13T18:30:02Z</modified>"
        "<author><name>Jane Roe</name></author>"
        '<content type="text/html" mode="escaped">&lt;p&gt;Body.&lt;/p&gt;</content>'
        "</entry></feed>"
    )
    assert (draft.published, draft.updated) == ("2003-12-13T08:29:29-04:00", "2003-12-13T18:30:02Z")
    assert (draft.title, draft.content, draft.language) == ("A <i>boat</i>", "<p>Body.</p>", "en")
    assert [author.name for author in draft.authors] == ["Jane Roe"]


def test_atom_10_may_hold_its_text_as_xhtml() -> None:
    draft = only(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A boat</title><id>urn:1</id>'
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Salt &amp; fish</p>'
        "</div></content></entry></feed>"
    )
    assert draft.content is not None
    assert "<p>Salt &amp; fish</p>" in draft.content


def test_a_podcast_has_its_picture_its_summary_and_its_host() -> None:
    draft = only(
        rss(
            "<title>Episode</title><itunes:author>Jane Roe</itunes:author>"
            "<itunes:summary>What it is about.</itunes:summary>"
            '<itunes:image href="https://m.example/ep.jpg"/>'
            '<enclosure url="https://m.example/ep.mp3" type="audio/mpeg" length="9"/>'
        )
    )
    assert draft.summary == "What it is about."
    assert [author.name for author in draft.authors] == ["Jane Roe"]
    assert [image.url for image in draft.images] == ["https://m.example/ep.jpg"]


def test_dublin_core_dates_subjects_and_languages_count() -> None:
    draft = only(
        rss(
            "<title>x</title><dc:date>2024-05-03T08:00:00+02:00</dc:date>"
            "<dc:language>es</dc:language><dc:subject>Boats</dc:subject><dc:creator>Eva Sol"
            "</dc:creator>"
        )
    )
    assert (draft.published, draft.language) == ("2024-05-03T08:00:00+02:00", "es")
    assert (draft.tags, [author.name for author in draft.authors]) == (("Boats",), ["Eva Sol"])


def test_a_media_group_gives_its_widest_picture_first() -> None:
    draft = only(
        rss(
            '<title>x</title><media:group><media:content url="https://m.example/s.jpg" width="300" '
            'medium="image"/><media:content url="https://m.example/b.jpg" width="1200" '
            'medium="image"/></media:group><media:credit>Jane Roe</media:credit>'
        )
    )
    assert [image.url for image in draft.images] == [
        "https://m.example/b.jpg",
        "https://m.example/s.jpg",
    ]
    assert {image.credit for image in draft.images} == {"Jane Roe"}


@pytest.mark.parametrize("version", ["1", "1.1"])
def test_a_json_feed_of_either_version_names_its_author(version: str) -> None:
    author = '"author":{"name":"Jane"}' if version == "1" else '"authors":[{"name":"Jane"}]'
    draft = only(
        f'{{"version":"https://jsonfeed.org/version/{version}","title":"M",{author},"items":'
        '[{"id":"1","url":"/a","content_text":"One\\n\\nTwo & <three>","tags":["a","a"]}]}'
    )
    assert [each.name for each in draft.authors] == ["Jane"]
    assert (draft.url, draft.tags) == ("https://meridian.example/a", ("a",))
    assert draft.content == "<p>One</p><p>Two &amp; &lt;three&gt;</p>"


def test_a_prefix_that_is_declared_nowhere_means_nothing() -> None:
    found = drafts(
        "<!-- by hand --><?xml?xml version=1.0 ?><rss rss:version=2.0><rss:channel>"
        "<rss:item><rss:title>One</rss:title><rss:link>https://meridian.example/1</rss:link>"
        "</rss:item><rss:item><rss:title>Two</rss:title></rss:item></rss:channel></rss>"
    )
    assert [draft.title for draft in found] == ["One", "Two"]
    assert found[0].url == "https://meridian.example/1"


@pytest.mark.parametrize(
    "broken",
    [
        '  \n<?xml version="1.0"?>' + rss("<title>Salt</title>"),
        "\ufeff" + rss("<title>Salt</title>"),
        rss("<title>Salt</title><description>a & b < c &nbsp; &hellip;</description>"),
        rss("<title>Salt</title><description>\x0b\x01</description>"),
        rss("<title>Salt</title><description><p>not closed</description>"),
        rss("<title>Salt</title>").removesuffix("</channel></rss>"),
        "<?xml version='1.0' encoding='us-ascii'?>" + rss("<title>Salt</title>") + "ñ",
        rss("<title>Salt</title>").replace("<rss", "<!-- a -- b --><rss"),
    ],
)
def test_a_feed_that_is_broken_as_xml_still_has_its_entry(broken: str) -> None:
    assert only(broken).title == "Salt"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_feed_in_any_unicode_is_read(encoding: str) -> None:
    assert only(rss("<title>Año</title>").encode(encoding)).title == "Año"


def test_utf16_that_is_cut_in_the_middle_gives_what_is_there() -> None:
    item = "<title>Salt</title><description>" + "a" * 99
    whole = rss(item).encode("utf-16-be")
    assert only(whole[: len(whole) - 101]).title == "Salt"
