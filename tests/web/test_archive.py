"""An edition's own page: readable on the web, and nobody's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from newsletter.app import App, open_app
from newsletter.editions.slot import slot_at
from newsletter.flows.decide import Decision
from newsletter.flows.show import NOBODY
from newsletter.model.edition import page_path
from newsletter.model.letter import Attachment, Letter, Personal
from newsletter.store import editions
from newsletter.web.archive import web_page
from newsletter.web.public import public_app
from tests.browser import browser  # noqa: F401
from tests.web.serving import Answer, Client, new_project, serving

MARKER = "00112233445566778899aabb"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A project whose daily has been composed, in English and Spanish."""
    with open_app(new_project(tmp_path / "paper")) as app:
        app.enrol()
        app.collect()
        digest = app.digest("daily")
        app.compose(digest, slot_at(app.local_now(digest), digest.timezone))
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
        "/archive", "/archive/daily/en", "/archive/daily/en/2026-11-22T07-00",
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
