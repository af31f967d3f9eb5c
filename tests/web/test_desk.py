"""The editor's desk: shows everything, to one browser only, and heals with the files it follows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from newsletter.app import App, open_app
from newsletter.flows.decide import Decision
from newsletter.web.desk import Desk
from tests.web.serving import Answer, Client, new_project, serving


@dataclass(frozen=True, slots=True)
class Editor:
    """A browser at the desk: has the cookie, says where it comes from."""

    desk: Desk
    client: Client
    cookie: Mapping[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return self.desk.start_address.partition("/?")[0]

    def get(self, path: str) -> Answer:
        return self.client.ask("GET", path, self.cookie)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with open_app(new_project(tmp_path / "paper")) as app:
        yield app


@pytest.fixture
def editor(app: App, free_port: int) -> Iterator[Editor]:
    desk = Desk(app, port=free_port)
    with serving(desk.application, free_port) as client:
        entered = client.ask("GET", f"/?start={desk.token}")
        cookie = entered.headers["set-cookie"].partition(";")[0]
        yield Editor(desk, client, {"Cookie": cookie})


def test_the_start_address_is_exchanged_for_a_cookie(editor: Editor) -> None:
    answer = editor.client.ask("GET", f"/?start={editor.desk.token}")
    assert (answer.status, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize(
    "path",
    [
        "/", "//", "/?start=x", "/changes", "/changes/", "//changes", "/letters/daily.en",
        "/letters/daily.en/", "/letters/daily.en/text", "/%2e%2e/letters/daily.en",
        "/static/desk.js", "/static/../desk.py", "/static/%2e%2e/desk.py", "/pictures/x/y/1.jpg",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
def test_without_the_cookie_nothing_is_open(editor: Editor, method: str, path: str) -> None:
    overriding = {"X-HTTP-Method-Override": "GET", "Origin": editor.origin}
    assert editor.client.ask(method, path, overriding).status in (403, 404)


def test_a_wrong_cookie_is_none(editor: Editor) -> None:
    name = editor.cookie["Cookie"].partition("=")[0]
    assert editor.client.ask("GET", "/", {"Cookie": f"{name}=wrong"}).status == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil"])
def test_another_name_for_this_machine_is_refused(editor: Editor, host: str) -> None:
    assert editor.client.ask("GET", "/", {**editor.cookie, "Host": host}).status == 421


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://localhost"])
def test_a_post_from_another_page_is_refused(editor: Editor, origin: str | None) -> None:
    headers = {**editor.cookie, **({"Origin": origin} if origin else {})}
    assert editor.client.ask("POST", "/collect", headers).status == 403


def test_the_editor_s_own_post_is_taken(editor: Editor) -> None:
    headers = {**editor.cookie, "Origin": editor.origin}
    assert editor.client.ask("POST", "/collect", headers).status == 303


def test_both_languages_are_on_the_desk(editor: Editor) -> None:
    page = editor.get("/").body
    assert "The port that turned down the volume" in page
    assert "Edición de la mañana" in page
    assert "El puerto que bajó el volumen" in editor.get("/?edition=daily.es").body
    assert "no translation" in page


def test_a_letter_is_locked_in(editor: Editor) -> None:
    policy = editor.get("/letters/daily.en").headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert '<iframe sandbox src="/letters/daily.en?scheme=light"' in editor.get("/").body


def test_a_letter_s_pictures_need_its_secret_address_and_no_cookie(editor: Editor) -> None:
    letter = editor.get("/letters/daily.en").body
    picture = re.findall(r'src="(/pictures/[^"]+)"', letter)[0]
    answer = editor.client.ask("GET", picture)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
    assert (
        editor.client.ask("GET", re.sub(r"/pictures/[^/]+", "/pictures/x", picture)).status == 403
    )
    assert editor.client.ask("POST", picture).status == 403


def test_copies_are_shown_at_the_desk_although_nobody_serves_them_yet(
    app: App, editor: Editor
) -> None:
    config = app.folder / "newsletter.toml"
    text = config.read_text("utf-8").replace('# images = "link"', 'images = "resize" #', 1)
    config.write_text(text, "utf-8")
    letter = editor.get("/letters/daily.en").body
    pictures = re.findall(r'src="(/pictures/[^"]+/[0-9a-f]{64}\.jpg)"', letter)
    assert "/p/" not in letter
    answers = [editor.client.ask("GET", picture) for picture in pictures]
    assert {answer.status for answer in answers} == {200}
    assert {answer.headers["content-type"] for answer in answers} == {"image/jpeg"}


@pytest.mark.parametrize("way", ["../../letters/daily.en", "%2e%2e/%2e%2e/letters/daily.en"])
def test_who_knows_the_way_to_the_pictures_gets_nowhere_else(editor: Editor, way: str) -> None:
    (picture, *_) = re.findall(r'src="(/pictures/[^/]+/)', editor.get("/letters/daily.en").body)
    assert editor.client.ask("GET", f"{picture}{way}").status == 404


@pytest.mark.parametrize(
    "path", ["/static/../desk.py", "/static/%2e%2e/desk.py", "/static//etc/passwd", "/static/"]
)
def test_static_files_are_those_of_the_page_only(editor: Editor, path: str) -> None:
    assert editor.get("/static/desk.js").status == 200
    assert editor.get(path).status == 404


def test_every_answer_says_what_a_browser_may_do_with_it(editor: Editor) -> None:
    for path in ("/", "/nowhere", "/letters/daily.en/text", "/static/desk.js"):
        for answer in (editor.get(path), editor.client.ask("GET", path)):
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_an_edition_that_waits_is_shown_until_it_is_decided_about(app: App, editor: Editor) -> None:
    app.newsroom.collect()
    number = hold_an_edition(app)
    page = editor.get(f"/?edition=daily.en.{number}").body
    assert f"newsletter edition approve {number}" in page
    assert editor.get(f"/letters/daily.en.{number}").status == 200
    app.decide(number, Decision.APPROVE)
    assert f"newsletter edition approve {number}" not in editor.get("/").body


def hold_an_edition(app: App) -> int:
    """The English edition of a slot to come, frozen and not to be sent yet."""
    digest = app.digest("daily")
    composed = app.editions.compose(digest, app.slot(digest, "2031-05-01T07:00"))
    (number,) = [each.number for each in composed if each.language == "en"]
    app.decide(number, Decision.HOLD)
    return number


def test_nobody_s_token_stands_in_a_letter_on_the_desk(editor: Editor) -> None:
    assert "/u/preview" in editor.get("/letters/daily.en").body
    assert "/u/preview" in editor.get("/letters/daily.en/text").body


def test_a_hostile_headline_is_printed_not_run(app: App, editor: Editor) -> None:
    article = next((app.folder / "articles" / "en").glob("the-port*.md"))
    hostile = "<script>alert(1)</script> {{ 7*7 }}"
    text = re.sub(
        r"^title: .*$", f"title: '{hostile}'", article.read_text("utf-8"), flags=re.MULTILINE
    )
    article.write_text(text, "utf-8")
    for path in ("/", "/letters/daily.en"):
        page = editor.get(path).body
        assert "<script>alert" not in page
        assert "{{ 7*7 }}" in page


def test_the_signature_changes_when_a_file_is_saved(app: App, editor: Editor) -> None:
    before = editor.get("/changes").body
    (app.folder / "layouts" / "digest" / "new.txt").write_text("x", "utf-8")
    assert editor.get("/changes").body != before


def test_a_broken_layout_shows_its_message_and_heals(app: App, editor: Editor) -> None:
    layout = app.folder / "layouts" / "digest" / "layout.mjml.j2"
    good = layout.read_text("utf-8")
    layout.write_text(good + "{% if %}", "utf-8")
    broken = editor.get("/").body
    assert "No letter" in broken
    assert "layout.mjml.j2" in broken
    layout.write_text(good, "utf-8")
    assert "No letter" not in editor.get("/").body


def test_a_faulty_configuration_is_named_and_the_last_good_one_goes_on(
    app: App, editor: Editor
) -> None:
    editor.get("/")
    config = app.folder / "newsletter.toml"
    config.write_text(config.read_text("utf-8").replace("schedule =", "shedule ="), "utf-8")
    page = editor.get("/").body
    assert "did you mean &#39;schedule&#39;?" in page
    assert "The port that turned down the volume" in page


def test_looking_never_writes_into_the_ledger(app: App, editor: Editor) -> None:
    for path in ("/", "/?edition=daily.es", "/letters/daily.en", "/changes"):
        editor.get(path)
    with app.database.read() as tx:
        for table in ("digests", "editions", "edition_stories", "deliveries", "events"):
            assert tx.connection.exec_driver_sql(f"select count(*) from {table}").scalar() == 0
