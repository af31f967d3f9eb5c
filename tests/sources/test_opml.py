"""Lists of feeds, as feed readers export them."""

import pytest

from newsletter.sources.opml import Subscribed, parse_opml
from newsletter.sources.port import SourceFault


def opml(outlines: str) -> bytes:
    head = "<head><title>Mine</title></head>"
    return f'<?xml version="1.0"?><opml version="2.0">{head}<body>{outlines}</body></opml>'.encode()


def feeds(outlines: str) -> list[Subscribed]:
    return parse_opml(opml(outlines))[0]


def test_feeds_are_found_in_folders_and_in_folders_of_these() -> None:
    found = feeds(
        '<outline text="A" xmlUrl="https://a.example/feed"/>'
        '<outline text="News"><outline text="Spain"><outline text="b" title="B &amp; C" type="rss"'
        ' xmlUrl="https://b.example/feed" htmlUrl="https://b.example/" language="es_MX"/>'
        "</outline></outline>"
    )
    assert found == [
        Subscribed("https://a.example/feed", "A"),
        Subscribed("https://b.example/feed", "B & C", "es-MX"),
    ]


def test_an_address_counts_once_and_odd_spellings_are_read() -> None:
    found = feeds(
        '<outline TEXT="A" xmlurl="feed://a.example/feed"/>'
        '<outline text="again" xmlUrl="http://a.example/feed" language="english please"/>'
    )
    assert found == [Subscribed("http://a.example/feed", "A")]


def test_what_cannot_be_taken_is_named_and_stops_no_other() -> None:
    outlines = (
        '<outline text="Odd" xmlUrl="ftp://a.example/"/><outline xmlUrl="https://b.example/"/>'
    )
    found, faults = parse_opml(opml(outlines))
    assert [feed.url for feed in found] == ["https://b.example/"]
    assert [fault.place for fault in faults] == ["Odd"]


def test_a_list_that_breaks_off_gives_what_came_before() -> None:
    found, faults = parse_opml(b'<opml><body><outline xmlUrl="https://a.example/"/><outline')
    assert len(found) == 1
    assert "broken XML" in faults[0].reason


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"<rss/>",
        b"<!DOCTYPE html><html></html>",
        b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><body><outline xmlUrl="&a;"/></body></opml>',
        b"<opml>" + b"<outline>" * 500,
        b" " * 5_000_001,
    ],
)
def test_what_is_no_list_is_a_fault(content: bytes) -> None:
    with pytest.raises(SourceFault):
        parse_opml(content)
