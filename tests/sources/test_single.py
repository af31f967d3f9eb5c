from pathlib import Path

import pytest

from newsletter.model.specs import PagesSpec
from newsletter.sources.pages import PagesSource
from newsletter.sources.port import Fetched, SourceFault
from newsletter.sources.single import draft_of_file

DATA = Path(__file__).parent.parent / "data" / "sources"
URL = "https://meridian.example/en/a"


@pytest.mark.parametrize(
    ("name", "content", "origin"),
    [
        ("a.html", b"<p>x</p>", "page"),
        ("a.HTM", b"<p>x</p>", "page"),
        ("a.md", b"# x", "front_matter"),
        ("a.txt", b"x", "text"),
        ("-", b" <!doctype html><p>x</p>", "page"),
        ("https://meridian.example", b"<p>x</p>", "page"),
        ("https://meridian.example/a.php?x=1", b"<?xml version='1.0'?><html>", "page"),
        ("-", b"---\ntitle: x\n---\n", "front_matter"),
        ("-", b"Title\n\nText", "text"),
        ("a.json", (DATA / "feed.json").read_bytes(), "jsonfeed"),
        ("a.xml", (DATA / "wordpress.rss").read_bytes(), "feed"),
        ("-", (DATA / "bilingual.atom").read_bytes(), "feed"),
    ],
)
def test_a_file_is_read_by_its_ending_or_its_start(name: str, content: bytes, origin: str) -> None:
    draft = draft_of_file(content, name, url=URL)
    assert (draft.origin, draft.source) == (origin, "file")
    assert draft.url is not None


def test_pictures_of_a_single_file_are_addresses_only() -> None:
    text = b"---\nimage: /etc/passwd\n---\n![x](b.png)"
    images = draft_of_file(text, "/tmp/a.md", url=URL).images
    assert [image.url for image in images] == [
        "https://meridian.example/etc/passwd",
        "https://meridian.example/en/b.png",
    ]
    assert draft_of_file(text, "/tmp/a.md", url=None).images == ()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xml", b"<rss version='2.0'><channel/></rss>", "not_article"),
        ("a.md", b"---\ndraft: true\n---\nx", "not_article"),
        ("a.md", b"---\n{\n---\nx", "decode"),
        ("a.json", b"nonsense", "decode"),
    ],
)
def test_a_file_without_article_is_a_fault(name: str, content: bytes, code: str) -> None:
    with pytest.raises(SourceFault) as caught:
        draft_of_file(content, name, url=None)
    assert caught.value.code == code


def pages(*urls: str) -> PagesSource:
    def fetch(url: str) -> Fetched:
        found = url.endswith("/a")
        return Fetched(url=url, status=200 if found else 404, content="<p>ñ</p>".encode())

    return PagesSource(PagesSpec(kind="pages", name="site", urls=urls, language="es"), fetch)


def test_a_page_that_is_gone_does_not_stop_the_others() -> None:
    found = pages(URL, "https://meridian.example/gone").read()
    (draft,) = found.drafts
    assert draft.page is not None
    assert (draft.page.html, draft.guid, draft.language) == ("<p>ñ</p>", URL, "es")
    assert [fault.place for fault in found.faults] == ["https://meridian.example/gone"]


def test_pages_that_are_all_gone_are_a_fault() -> None:
    with pytest.raises(SourceFault, match="404"):
        pages("https://meridian.example/gone").read()
