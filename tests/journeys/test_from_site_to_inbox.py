"""The main job, whole: a site's articles in its readers' inboxes, by language."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.journeys.project import feed_sources, make_project, newsletter
from tests.journeys.site import Post, Site
from tests.smtp_server import SmtpServer, Taken

NOW = datetime.now(UTC).replace(microsecond=0)
POSTS = [
    Post(slug="storm", language="en", title="Storm closes the strait", summary="Ferries wait.",
         published=NOW - timedelta(hours=1), twin="temporal"),
    Post(slug="temporal", language="es", title="El temporal cierra el estrecho",
         summary="Los ferris esperan.", published=NOW - timedelta(hours=1), twin="storm",
         section="Mundo"),
    Post(slug="bridge", language="en", title="A bridge reopens", summary="After nine years.",
         published=NOW - timedelta(hours=3)),
    Post(slug="huerto", language="es", title="Un huerto en la azotea", summary="Crece el verde.",
         published=NOW - timedelta(hours=2), section="Ciudad"),
]  # fmt: skip
READERS = {"en": ["ann@example.com", "bob@example.org"], "es": ["pilar@example.com"]}


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(list(POSTS)) as site:
        yield site


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def project(tmp_path: Path, site: Site, smtp: SmtpServer) -> Path:
    sources = feed_sources(("en", site.feed_url("en")), ("es", site.feed_url("es")))
    return make_project(tmp_path / "paper", sources=sources, smtp=smtp.spec(), readers=READERS)


def send(project: Path, smtp: SmtpServer, slot: str) -> dict[str, Taken]:
    """What this run brought to each reader; nobody gets two letters."""
    before = len(smtp.taken)
    newsletter(project, "send", "daily", "--slot", slot)
    new = smtp.taken[before:]
    assert len({taken.recipient for taken in new}) == len(new)
    return {taken.recipient: taken for taken in new}


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def headlines(taken: Taken) -> list[str]:
    page = LexborHTMLParser(part(taken.message, "html"))
    return [" ".join(node.text().split()) for node in page.css("h2 a, h3 a")]


def test_each_reader_gets_exactly_the_stories_of_their_language(
    project: Path, smtp: SmtpServer
) -> None:
    got = send(project, smtp, "2026-11-22T07:00")
    english = ["Storm closes the strait", "A bridge reopens"]
    spanish = ["El temporal cierra el estrecho", "Un huerto en la azotea"]
    assert {reader: headlines(taken) for reader, taken in got.items()} == {
        "ann@example.com": english,
        "bob@example.org": english,
        "pilar@example.com": spanish,
    }


def test_the_lead_has_picture_caption_credit_author_and_the_bio_of_its_language(
    project: Path, smtp: SmtpServer, site: Site
) -> None:
    message = send(project, smtp, "2026-11-22T07:00")["pilar@example.com"].message
    page = LexborHTMLParser(part(message, "html"))
    lead = page.css("img")[0]
    assert lead.attributes["src"] == f"{site.url}/img/temporal.jpg"
    assert lead.attributes["alt"] == "Picture of temporal"
    text = page.text()
    assert "Caption of temporal." in text
    assert "(EFE)" in text
    assert "Inés Robles" in text
    assert "escribe sobre tribunales" in text
    assert "covers courts" not in part(message, "html") + part(message, "plain")


def test_a_story_links_to_its_translation(project: Path, smtp: SmtpServer, site: Site) -> None:
    message = send(project, smtp, "2026-11-22T07:00")["ann@example.com"].message
    page = LexborHTMLParser(part(message, "html"))
    links = {a.attributes["href"]: a.text() for a in page.css("a[hreflang]")}
    assert links[site.page_url("es", "temporal")] == "Leer en español"


def test_both_parts_are_well_formed_and_say_the_same(project: Path, smtp: SmtpServer) -> None:
    message = send(project, smtp, "2026-11-22T07:00")["ann@example.com"].message
    assert message.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in message.iter_parts()] == ["text/plain", "text/html"]
    for kind in ("plain", "html"):
        assert "A bridge reopens" in part(message, kind)
        assert "{{" not in part(message, kind)
    assert all(p["Content-Transfer-Encoding"] == "quoted-printable" for p in message.iter_parts())


def test_the_headers_are_those_of_a_good_sender(project: Path, smtp: SmtpServer) -> None:
    got = send(project, smtp, "2026-11-22T07:00")
    message = got["ann@example.com"].message
    assert message["Subject"] == "Storm closes the strait"
    assert message["List-Id"] == '"Morning edition" <daily.en.news.example.com>'
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith("<https://news.example.com/u/")
    assert message["Auto-Submitted"] is None
    assert b"\r\nList-Unsubscribe: <https://" in got["ann@example.com"].content
    ids = {taken.message["Message-ID"] for taken in got.values()}
    assert len(ids) == len(got)


def test_running_the_slot_again_sends_nothing(project: Path, smtp: SmtpServer) -> None:
    send(project, smtp, "2026-11-22T07:00")
    assert send(project, smtp, "2026-11-22T07:00") == {}
    assert send(project, smtp, "2026-11-23T07:00") == {}


def test_one_new_article_brings_exactly_that_one_to_its_readers(
    project: Path, smtp: SmtpServer, site: Site
) -> None:
    send(project, smtp, "2026-11-22T07:00")
    site.posts.append(
        Post(slug="owl", language="en", title="An owl moves in", summary="On the roof.",
             published=NOW - timedelta(minutes=5))
    )  # fmt: skip
    got = send(project, smtp, "2026-11-23T07:00")
    assert {reader: headlines(taken) for reader, taken in got.items()} == {
        "ann@example.com": ["An owl moves in"],
        "bob@example.org": ["An owl moves in"],
    }


def test_a_page_is_asked_for_once(project: Path, smtp: SmtpServer, site: Site) -> None:
    send(project, smtp, "2026-11-22T07:00")
    send(project, smtp, "2026-11-23T07:00")
    pages = [path for path in site.asked if not path.endswith("feed.xml")]
    assert sorted(pages) == sorted(set(pages))
