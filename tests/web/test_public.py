"""The pages behind the links in letters: only a POST changes anything."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from newsletter.app import App, open_app
from newsletter.model.letter import Personal
from newsletter.store import readers, subscribers, tables
from newsletter.store.database import Database
from newsletter.web.public import public_app
from tests.web.serving import Answer, Client, new_project, serving

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = (
    '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
)
READER = 1  # the first of subscribers/en.csv


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with open_app(new_project(tmp_path / "paper")) as app:
        app.lists.enrol()
        yield app


@pytest.fixture
def client(app: App) -> Iterator[Client]:
    with serving(public_app(app)) as client:
        yield client


def link(app: App, name: Personal) -> str:
    token = app.post.tokens(READER, "daily")[name]
    return {"unsubscribe": "/u/{}", "language": "/l/{}/es", "preferences": "/s/{}"}[name].format(
        token
    )


def standing(app: App) -> tuple[str, str]:
    with app.database.read() as tx:
        found = subscribers.status_of(tx, READER, "daily")
    assert found is not None
    return found[0].value, found[1]


def events(app: App) -> list[str]:
    with app.database.read() as tx:
        return [row.kind for row in tx.run(tables.events.select())]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("name", list(Personal))
def test_a_look_at_a_link_changes_nothing(
    app: App, client: Client, method: str, name: Personal
) -> None:
    client.ask(method, link(app, name))
    assert standing(app) == ("active", "en")
    assert events(app) == []


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (FORM, "List-Unsubscribe=One-Click"),
        (
            {"Content-Type": "multipart/form-data; boundary=x"},
            MULTIPART,
        ),
        ({}, ""),
    ],
)
def test_one_click_unsubscribes_at_once_and_twice_is_fine(
    app: App, client: Client, headers: dict[str, str], body: str
) -> None:
    answers = [client.ask("POST", link(app, Personal.UNSUBSCRIBE), headers, body) for _ in "12"]
    assert [answer.status for answer in answers] == [200, 200]
    assert standing(app) == ("unsubscribed", "en")
    assert events(app) == ["unsubscribe"]


def test_a_list_never_brings_back_who_left(app: App, client: Client) -> None:
    client.ask("POST", link(app, Personal.UNSUBSCRIBE))
    path = app.folder / "subscribers" / "en.csv"
    path.write_text(path.read_text("utf-8") + "new@example.com,New\n", "utf-8")
    app.lists.enrol()
    assert standing(app) == ("unsubscribed", "en")


def test_a_reader_s_language_beats_the_list(app: App, client: Client) -> None:
    assert client.ask("POST", link(app, Personal.LANGUAGE)).status == 200
    path = app.folder / "subscribers" / "en.csv"
    path.write_text(path.read_text("utf-8") + "new@example.com,New\n", "utf-8")
    app.lists.enrol()
    assert standing(app) == ("active", "es")
    assert events(app) == ["language"]


def test_every_link_that_is_not_ours_gets_one_answer(app: App, client: Client) -> None:
    ours = link(app, Personal.UNSUBSCRIBE)
    other_purpose = "/u/" + app.post.tokens(READER, "daily")[Personal.LANGUAGE]
    nobody = "/u/" + app.post.tokens(999, "daily")[Personal.UNSUBSCRIBE]
    gone = "/u/" + app.post.tokens(READER, "weekly")[Personal.UNSUBSCRIBE]
    language = link(app, Personal.LANGUAGE).removesuffix("es") + "fr"
    wrong = [ours[:-1], ours[:-1] + "_", other_purpose, nobody, gone, language, "/u/x"]
    answers = [client.ask(method, path) for path in wrong for method in ("GET", "POST")]
    assert {(answer.status, answer.body) for answer in answers} == {(404, answers[0].body)}
    assert standing(app) == ("active", "en")


@pytest.mark.parametrize("name", list(Personal))
def test_the_pages_tell_nobody_where_a_reader_comes_from(
    app: App, client: Client, name: Personal
) -> None:
    headers = client.ask("GET", link(app, name)).headers
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "noindex" in headers["x-robots-tag"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "set-cookie" not in headers


def test_a_page_speaks_its_reader_s_language_and_has_one_button(app: App, client: Client) -> None:
    asked = page(client.ask("GET", link(app, Personal.LANGUAGE)))
    assert asked.css("html")[0].attributes["lang"] == "es"
    assert [len(asked.css(tag)) for tag in ("h1", "button", "form", "script")] == [1, 1, 1, 0]
    assert "español" in asked.css("button")[0].text()
    assert "«Edición" in asked.css(".lead")[0].text()


def test_a_page_asks_in_the_language_that_the_digest_is_read_in(app: App, client: Client) -> None:
    for language, button in (("en", "Unsubscribe"), ("es", "Darme de baja")):
        asked = page(client.ask("GET", link(app, Personal.UNSUBSCRIBE)))
        assert asked.css("html")[0].attributes["lang"] == language
        assert [len(asked.css(tag)) for tag in ("h1", "button", "form", "script")] == [1, 1, 1, 0]
        assert asked.css("button")[0].text() == button
        client.ask("POST", link(app, Personal.LANGUAGE))


def test_another_language_twice_is_fine_and_told_once(app: App, client: Client) -> None:
    answers = [client.ask("POST", link(app, Personal.LANGUAGE), FORM) for _ in "12"]
    assert [answer.status for answer in answers] == [200, 200]
    assert "Hecho" in answers[1].body
    assert events(app) == ["language"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_left_is_promised_nothing_in_another_language(
    app: App, client: Client, method: str
) -> None:
    client.ask("POST", link(app, Personal.UNSUBSCRIBE))
    answer = client.ask(method, link(app, Personal.LANGUAGE))
    assert answer.status == 200
    assert "Usted ya no recibe" in answer.body
    assert "<button" not in answer.body
    assert standing(app) == ("unsubscribed", "en")
    assert events(app) == ["unsubscribe"]


def test_who_left_is_not_mailed_what_was_queued_before(app: App, client: Client) -> None:
    app.newsroom.collect()
    app.editions.compose(app.digest("daily"), app.slot(app.digest("daily"), "2031-05-01T07:00"))
    client.ask("POST", link(app, Personal.UNSUBSCRIBE))
    app.post.deliver()
    with app.database.read() as tx:
        left = readers.by_number(tx, READER)
    assert app.outbox is not None
    letters = [path.read_bytes() for path in (app.outbox / "new").iterdir()]
    assert len(letters) == 19
    assert left is not None
    assert not any(left.email.encode() in letter for letter in letters)


def test_a_reader_can_leave_a_digest_that_is_not_made_any_more(app: App) -> None:
    ours = link(app, Personal.UNSUBSCRIBE)
    without = replace(app, settings=replace(app.settings, digests=()))
    with serving(public_app(without)) as client:
        assert client.ask("GET", ours).status == 200
        assert client.ask("POST", ours, FORM, "List-Unsubscribe=One-Click").status == 200
        assert client.ask("POST", link(app, Personal.LANGUAGE)).status == 404
    assert standing(app) == ("unsubscribed", "en")


@pytest.mark.parametrize(
    "path",
    ["/nothing", "{link}/", "/{link}", "/u/", "/u/%00%ff", "/u/%2e%2e/healthz", "/%2e%2e{link}"],
)
def test_a_path_that_is_nearly_ours_is_unknown_and_leads_nowhere(
    app: App, client: Client, path: str
) -> None:
    asked = path.format(link=link(app, Personal.UNSUBSCRIBE))
    answer = client.ask("GET", asked, {"Host": "evil.example"})
    assert (answer.status, answer.headers.get("location")) == (404, None)
    assert answer.body == client.ask("GET", "/u/x").body


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/healthz", "/u/x", "/nothing"])
def test_every_answer_carries_the_headers(client: Client, method: str, path: str) -> None:
    headers = client.ask(method, path).headers
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_there_is_no_route_of_the_editor_s(client: Client) -> None:
    for path in ("/collect", "/letters/daily.en", "/static/desk.js", "/changes"):
        assert client.ask("GET", path).status == 404
    assert client.ask("GET", "/healthz").body == "ok\n"


def page(answer: Answer) -> LexborHTMLParser:
    return LexborHTMLParser(answer.body)


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override"])
def test_no_header_nor_field_makes_a_look_a_change(app: App, client: Client, header: str) -> None:
    for path in (
        link(app, Personal.UNSUBSCRIBE),
        link(app, Personal.UNSUBSCRIBE) + "?_method=POST",
    ):
        assert client.ask("GET", path, {header: "POST"}).status == 200
    assert standing(app) == ("active", "en")


@pytest.mark.parametrize("name", list(Personal))
def test_more_than_a_form_is_not_taken(app: App, client: Client, name: Personal) -> None:
    answer = client.ask("POST", link(app, name), FORM, "x" * 64_001)
    assert (answer.status, "That is too much" in answer.body) == (413, True)
    assert standing(app) == ("active", "en")


def test_the_links_of_a_past_edition_are_no_guesses(client: Client) -> None:
    for path in ("/u/preview", "/s/preview", "/l/preview/es") * 25:
        assert client.ask("GET", path).status == 404


def test_who_guesses_has_to_wait_but_for_the_one_click_of_a_reader(
    app: App, client: Client
) -> None:
    answers = [client.ask("GET", "/s/x") for _ in range(61)]
    assert [answer.status for answer in answers] == [404] * 60 + [429]
    assert 0 < int(answers[60].headers["retry-after"]) <= 10
    assert client.ask("GET", link(app, Personal.PREFERENCES)).status == 429
    assert client.ask("GET", "/").status == 200
    assert client.ask("POST", link(app, Personal.UNSUBSCRIBE), FORM).status == 200
    assert standing(app) == ("unsubscribed", "en")


def test_links_that_are_ours_are_not_counted(app: App, client: Client) -> None:
    assert {client.ask("GET", link(app, Personal.UNSUBSCRIBE)).status for _ in range(70)} == {200}


def test_one_click_is_told_from_the_button_of_the_page(app: App, client: Client) -> None:
    client.ask("POST", link(app, Personal.UNSUBSCRIBE), FORM, "List-Unsubscribe=One-Click")
    with app.database.read() as tx:
        (row,) = tx.run(tables.consents.select().where(tables.consents.c.what == "unsubscribe"))
    assert (row.how, row.wording, row.ip) == ("one_click", "Unsubscribe", "127.0.0.0/24")


def test_a_fault_of_ours_is_a_page_and_nothing_of_it_is_told(app: App, tmp_path: Path) -> None:
    ours = link(app, Personal.UNSUBSCRIBE)
    empty = Database(f"sqlite:///{tmp_path}/empty.db")
    with serving(public_app(replace(app, database=empty))) as client:
        answer = client.ask("GET", ours)
    empty.close()
    assert (answer.status, "Something went wrong" in answer.body) == (500, True)
    assert "subscri" not in answer.body
    assert answer.headers["cache-control"] == "no-store"
