"""An edition's own page: readable on the web, and nobody's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from urllib.parse import quote
from xml.etree import ElementTree

import feedparser
import pytest
from playwright.sync_api import Browser, expect

from newsletter.app import App, open_app
from newsletter.editions.slot import slot_at
from newsletter.flows.decide import Decision
from newsletter.flows.show import NOBODY
from newsletter.model.edition import EditionState, Slot, page_path
from newsletter.model.letter import Attachment, Letter, Personal
from newsletter.store import editions
from newsletter.web.archive import web_page
from newsletter.web.public import public_app
from tests.browser import browser  # noqa: F401
from tests.web.serving import Answer, Client, new_project, serving

MARKER = "00112233445566778899aabb"


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose daily has been composed, in English and Spanish; for tests to copy."""
    folder = new_project(tmp_path_factory.mktemp("composed") / "paper")
    with open_app(folder) as app:
        app.lists.enrol()
        app.newsroom.collect()
        digest = app.digest("daily")
        app.editions.compose(digest, slot_at(app.local_now(digest), digest.timezone))
    return folder


@pytest.fixture
def app(composed: Path, tmp_path: Path) -> Iterator[App]:
    with open_app(copytree(composed, tmp_path / "paper")) as app:
        yield app


@pytest.fixture
def client(app: App) -> Iterator[Client]:
    with serving(public_app(app)) as client:
        yield client


def page(app: App, language: str = "en") -> str:
    """The path of today's edition."""
    with app.database.read() as tx:
        entry = next(e for e in editions.recent(tx, 9) if e.language == language)
    return f"/{page_path(entry.digest, language, entry.slot)}"


def letter(app: App, language: str = "en") -> Letter:
    with app.database.read() as tx:
        entry = next(e for e in editions.recent(tx, 9) if e.language == language)
        return editions.letter_of(tx, entry.id)


def read(client: Client, path: str) -> Answer:
    return client.ask("GET", path)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_link_in_a_letter_leads_to_its_own_page(
    app: App, client: Client, language: str
) -> None:
    path = page(app, language)
    assert f'href="{app.settings.public.base_url}{path}"' in letter(app, language).html
    answer = read(client, path)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert letter(app, language).subject in answer.body


def test_the_page_is_the_letter_with_nobodys_tokens(app: App, client: Client) -> None:
    sent = letter(app)
    blank = sent.html
    for name in Personal:
        blank = blank.replace(f"{sent.marker}{name.value}{sent.marker}", NOBODY)
    shown = read(client, page(app)).body
    assert sent.marker not in shown
    assert sent.attachments == ()
    assert shown == blank


def test_nothing_runs_on_the_page_and_nobody_frames_it(app: App, client: Client) -> None:
    policy = read(client, page(app)).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy


def test_attached_pictures_are_inside_the_page() -> None:
    picture = Attachment(cid="a@b", mime="image/png", content=b"\x89PNG")
    html = '<img src="cid:a@b"/>'
    made = Letter(
        subject="s", preheader="", html=html, text="", marker=MARKER, attachments=(picture,)
    )
    assert web_page(made) == '<img src="data:image/png;base64,iVBORw=="/>'


@pytest.mark.parametrize("decision", [Decision.CANCEL])
def test_a_cancelled_edition_has_no_page(app: App, client: Client, decision: Decision) -> None:
    path = page(app)
    with app.database.read() as tx:
        number = next(e.id for e in editions.recent(tx, 9) if e.language == "en")
    app.decide(number, decision)
    assert read(client, path).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/archive", "/archive/daily", "/archive/daily/fr", "/archive/other/en",
        "/archive/daily/en/2026-11-22T07-00",
        "/archive/weekly/en/2026-11-22T07-00", "/archive/daily/en/yesterday",
        "/archive/daily/en/2026-13-45T99-99", "/archive/daily/en/%00", "/archive/daily/../en/x",
    ],
)  # fmt: skip
def test_what_is_no_edition_is_not_found(client: Client, path: str) -> None:
    assert read(client, path).status == 404


def test_a_page_can_only_be_looked_at(app: App, client: Client) -> None:
    assert client.ask("POST", page(app)).status == 405
    assert client.ask("HEAD", page(app)).status == 200


def test_a_reader_reads_it_in_a_browser(app: App, browser: Browser) -> None:  # noqa: F811
    with serving(public_app(app)) as client:
        tab = browser.new_page()
        problems: list[str] = []
        tab.on("console", lambda message: problems.append(message.text))
        tab.goto(f"http://127.0.0.1:{client.port}{page(app)}")
        expect(tab.locator("h1")).to_be_visible()
        loaded = tab.evaluate(
            "[...document.images].filter(i => i.src.startsWith('data:')).every(i => i.naturalWidth)"
        )
        tab.close()
    assert loaded
    assert [each for each in problems if "Content Security" in each] == []


@pytest.fixture
def sent(app: App) -> App:
    """The project once its editions have gone out."""
    app.post.deliver()
    return app


def test_an_edition_is_listed_once_it_has_begun_to_go_out(app: App, client: Client) -> None:
    assert "Nothing has been sent yet" in read(client, "/archive/daily/en").body
    assert "<entry>" not in read(client, "/archive/daily/en/feed.atom").body
    app.post.deliver()
    listed = read(client, "/archive/daily/en").body
    assert f'href="{page(app)}"' in listed
    assert letter(app).subject in listed
    assert letter(app, "es").subject not in listed


def test_the_list_is_in_its_own_language_and_leads_to_the_other(sent: App, client: Client) -> None:
    answer = client.ask("GET", "/archive/daily/es", {"Accept-Language": "en"})
    assert '<html lang="es"' in answer.body
    assert "Ediciones anteriores" in answer.body
    assert 'href="/archive/daily/en"' in answer.body


def test_a_long_list_is_read_a_page_at_a_time(sent: App, client: Client) -> None:
    with sent.database.begin() as tx:
        for day in range(1, 31):
            editions.write(tx, past_edition(day))
    first, second = (read(client, f"/archive/daily/en?page={n}").body for n in (1, 2))
    named = [f">Edition {n}</a>" for n in (30, 6, 5, 1)]
    assert first.index(named[0]) < first.index(named[1])
    assert [each in first for each in named] == [True, True, False, False]
    assert [each in second for each in named] == [False, False, True, True]
    assert ['rel="next"' in each for each in (first, second)] == [True, False]
    assert ['rel="prev"' in each for each in (first, second)] == [False, True]


def past_edition(day: int) -> editions.NewEdition:
    at = datetime(2030, 1, day, 7, tzinfo=UTC)
    return editions.NewEdition(
        digest="daily",
        slot=Slot(at.replace(tzinfo=None), at),
        language="en",
        rehearsal=True,
        state=EditionState.SENT,
        now=at,
        subject=f"Edition {day}",
        letter=Letter(subject=f"Edition {day}", preheader="", html="", text="", marker=MARKER),
    )


@pytest.mark.parametrize(
    "number",
    ["0", "-1", "2", "x", "", "9" * 400, "٣", f"{1:09}{9:030}", "0" * 8 + "1" + "0" * 5000],
)
def test_a_page_that_is_not_there_is_not_found(sent: App, client: Client, number: str) -> None:
    path = quote(f"/archive/daily/en?page={number}", safe="/?=")
    assert read(client, path).status == 404


ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_feed_is_atom_with_ids_that_stay(sent: App, client: Client) -> None:
    answer = read(client, "/archive/daily/es/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = ElementTree.fromstring(answer.body.encode())
    entry = feed.find(f"{ATOM}entry")
    base = sent.settings.public.base_url
    assert entry is not None
    for holder in (feed, entry):
        for name in ("id", "title", "updated"):
            assert holder.findtext(f"{ATOM}{name}")
    assert entry.findtext(f"{ATOM}title") == letter(sent, "es").subject
    assert entry.findtext(f"{ATOM}summary") == letter(sent, "es").preheader
    (link,) = entry.findall(f"{ATOM}link")
    assert link.get("href") == f"{base}{page(sent, 'es')}"
    moved = replace(sent.settings.public, base_url="https://127.0.0.1:9000")
    elsewhere = replace(sent, settings=replace(sent.settings, public=moved))
    with serving(public_app(elsewhere)) as other:
        again = ElementTree.fromstring(read(other, "/archive/daily/es/feed.atom").body.encode())
    assert [each.text for each in again.iter(f"{ATOM}id")] == [
        each.text for each in feed.iter(f"{ATOM}id")
    ]


def test_a_feed_reader_of_another_program_reads_it(sent: App, client: Client) -> None:
    found = feedparser.parse(read(client, "/archive/daily/en/feed.atom").body.encode())
    assert (found.bozo, found.version) == (False, "atom10")
    assert [each.title for each in found.entries] == [letter(sent).subject]


def test_who_has_the_newest_is_told_so_in_short(sent: App, client: Client) -> None:
    first = read(client, "/archive/daily/en/feed.atom")
    for asked in (
        {"If-None-Match": first.headers["etag"]},
        {"If-None-Match": f'"other", W/{first.headers["etag"]}'},
        {"If-Modified-Since": first.headers["last-modified"]},
    ):
        again = client.ask("GET", "/archive/daily/en/feed.atom", asked)
        assert (again.status, again.body) == (304, "")
        assert again.headers["etag"] == first.headers["etag"]
    other = {"If-None-Match": '"other"', "If-Modified-Since": first.headers["last-modified"]}
    assert client.ask("GET", "/archive/daily/en/feed.atom", other).status == 200


def test_whatever_a_headline_holds_the_feed_is_xml(app: App, client: Client) -> None:
    odd = "A & B <b>]]> \x0b {{ 7*7 }} “q”"
    made = past_edition(1)
    with app.database.begin() as tx:
        editions.write(tx, replace(made, subject=odd))
    feed = ElementTree.fromstring(read(client, "/archive/daily/en/feed.atom").body.encode())
    titles = [each.findtext(f"{ATOM}title") for each in feed.findall(f"{ATOM}entry")]
    assert titles == [odd.replace("\x0b", "")]
    assert "A &amp; B &lt;b&gt;" in read(client, "/archive/daily/en").body


@pytest.mark.parametrize("index", [False, True])
def test_search_engines_find_past_editions_where_the_project_says_so(
    sent: App, index: bool
) -> None:
    public = replace(sent.settings.public, index=index)
    shown = replace(sent, settings=replace(sent.settings, public=public))
    token = sent.post.tokens(1, "daily")[Personal.UNSUBSCRIBE]
    with serving(public_app(shown)) as client:
        for path in (page(sent), "/archive/daily/en", "/archive/daily/en/feed.atom", "/"):
            robots = read(client, path).headers["x-robots-tag"]
            assert robots == ("all" if index else "noindex, nofollow")
        assert "noindex" in read(client, f"/u/{token}").headers["x-robots-tag"]
        told = read(client, "/robots.txt").body.splitlines()
    assert ("Disallow: /" in told, "Disallow: /u/" in told) == (not index, index)
