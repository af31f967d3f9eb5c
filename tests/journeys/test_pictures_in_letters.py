"""From an article's picture to the reader's screen, by way of the pages that serve it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from newsletter.app import App, open_app
from newsletter.store import editions
from newsletter.web.public import public_app
from tests.web.serving import new_project, serving

SLOT = "2026-11-23T07:00"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A project with the sample articles, whose letters show copies of their pictures."""
    folder = new_project(tmp_path / "paper")
    config = folder / "newsletter.toml"
    text = config.read_text("utf-8").replace('# images = "link"', 'images = "resize" #', 1)
    config.write_text(text, "utf-8")
    with open_app(folder, clock=lambda: datetime(2026, 11, 23, 6, 0, tzinfo=UTC)) as app:
        app.lists.enrol()
        app.newsroom.collect()
        yield app


def shown_in(app: App) -> set[str]:
    """The paths of the pictures that the letters in the outbox show."""
    base = re.escape(app.settings.public.base_url)
    found: set[str] = set()
    for letter in (app.folder / "outbox" / "new").iterdir():
        message = message_from_bytes(letter.read_bytes(), policy=policy.default)
        html = message.get_body(("html",))
        assert html is not None
        sources = re.findall(r'<img[^>]* src="([^"]+)"', html.get_content())
        paths = [re.fullmatch(rf"{base}(/p/[0-9a-f]{{64}}\.jpg)", each) for each in sources]
        assert all(paths), sources
        found |= {path[1] for path in paths if path}
    return found


def served(app: App, paths: set[str]) -> set[tuple[int, str]]:
    with serving(public_app(app)) as client:
        answers = [client.ask("GET", path) for path in paths]
    return {(answer.status, answer.headers["content-type"]) for answer in answers}


def test_every_picture_of_a_mailing_is_served_when_the_letters_arrive(app: App) -> None:
    (digest,) = app.settings.digests
    app.editions.compose(digest, app.slot(digest, SLOT))
    app.post.deliver()
    paths = shown_in(app)
    assert len(paths) > 5
    assert served(app, paths) == {(200, "image/jpeg")}


def test_a_test_letter_shows_its_pictures_and_leaves_no_other_trace(app: App) -> None:
    (digest,) = app.settings.digests
    app.editions.send_test(digest, "ann@example.com")
    assert served(app, shown_in(app)) == {(200, "image/jpeg")}
    with app.database.read() as tx:
        assert editions.recent(tx, 10) == []
