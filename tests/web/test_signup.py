"""Signing up on the page: for people easy, for programs hard, and for nobody a way to find out who
is subscribed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter.store import readers, subscribers
from newsletter.store.tables import consents
from tests.web.house import ANN, WEEKEND, House, fields_of, house, links_in, page, said
from tests.web.serving import Answer

HOLDER = "https://meridian.example"


@pytest.fixture
def open_house(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "paper", more=WEEKEND, allow_origins=(HOLDER,)) as made:
        yield made


def subscriber_count(open_house: House) -> int:
    with open_house.app.database.read() as tx:
        return int(tx.connection.exec_driver_sql("select count(*) from subscribers").scalar_one())


def test_who_signs_up_and_follows_the_link_in_the_mail_is_subscribed(open_house: House) -> None:
    answer = open_house.sign_up(digests=["daily", "weekend"], name="Ann", language="es")
    assert (answer.status, "Look into your inbox" in said(answer)) == (200, True)
    assert open_house.standing() == ("pending", "es")
    path = open_house.link("c")
    assert "Edición de la mañana" in said(open_house.look(path))
    confirmed = open_house.post(path, {})
    assert "Fin de semana" in said(confirmed)
    assert open_house.standing() == open_house.standing(digest="weekend") == ("active", "es")


def test_a_confirmation_twice_is_fine_and_leads_to_the_preferences(open_house: House) -> None:
    open_house.sign_up()
    path = open_house.link("c")
    answers = [open_house.post(path, {}) for _ in "12"]
    assert [answer.status for answer in answers] == [200, 200]
    link = page(answers[1]).css_first("main a")
    assert link is not None
    assert open_house.look(str(link.attributes["href"])).status == 200


def test_a_confirmation_that_comes_too_late_offers_the_form_again(open_house: House) -> None:
    open_house.sign_up()
    path = open_house.link("c")
    open_house.later(days=8)
    for answer in (open_house.look(path), open_house.post(path, {})):
        assert answer.status == 410
        assert 'href="/subscribe?lang=en"' in answer.body
    assert open_house.standing() == ("pending", "en")


@pytest.mark.parametrize("status", ["new", "pending", "active", "unsubscribed", "suppressed"])
def test_the_answer_tells_nothing_of_what_the_store_knows(open_house: House, status: str) -> None:
    reference = open_house.sign_up(email="zoe@example.org").body.replace("zoe@", "ann@")
    prepared(open_house, status)
    open_house.later(days=2)
    answer = open_house.sign_up()
    assert (answer.status, answer.body) == (200, reference)


def prepared(open_house: House, status: str) -> None:
    """Somebody who stands so already."""
    if status == "new":
        return
    open_house.sign_up()
    path = next(each for each in confirmation_links(open_house) if each)
    if status != "pending":
        open_house.post(path, {})
    number = subscriber_count(open_house)
    if status == "unsubscribed":
        open_house.post(open_house.token_path("u", number), {})
    if status == "suppressed":
        with open_house.app.database.begin() as tx:
            hashed = open_house.app.ring.address_hash(ANN)
            subscribers.suppress(tx, hashed, "complaint", open_house.times[-1])


def confirmation_links(open_house: House) -> Iterator[str]:
    for mail in open_house.mail():
        if mail["To"] == ANN:
            yield from links_in(mail, "c")


def test_a_filled_trap_gets_the_same_answer_and_nothing_happens(open_house: House) -> None:
    honest = open_house.sign_up(email="zoe@example.org").body.replace("zoe@", "ann@")
    assert open_house.sign_up(website="https://spam.example").body == honest
    assert subscriber_count(open_house) == 1


def test_the_trap_is_there_for_no_person(open_house: House) -> None:
    trap = page(open_house.look("/subscribe")).css_first(".trap")
    assert trap is not None
    field = trap.css_first("input")
    assert trap.attributes["aria-hidden"] == "true"
    assert field is not None
    assert (field.attributes["tabindex"], field.attributes["autocomplete"]) == ("-1", "off")


def test_a_form_that_comes_back_at_once_is_shown_again_and_taken_then(open_house: House) -> None:
    given = open_house.fields() | {"email": ANN, "digests": ["daily"], "name": "Ann"}
    answer = open_house.post("/subscribe", given)
    assert (answer.status, "That was fast" in said(answer)) == (200, True)
    assert subscriber_count(open_house) == 0
    open_house.later(seconds=3)
    again = filled_in(answer)
    assert (again["email"], again["name"], again["digests"]) == ([ANN], ["Ann"], ["daily"])
    assert "Look into your inbox" in said(open_house.post("/subscribe", again))


@pytest.mark.parametrize("time", ["", "x", "old"])
def test_a_form_without_its_time_or_of_yesterday_is_shown_again_filled_in(
    open_house: House, time: str
) -> None:
    given = open_house.fields() | {"email": ANN, "digests": ["daily"]}
    open_house.later(days=1, seconds=1)
    answer = open_house.post("/subscribe", given if time == "old" else given | {"time": time})
    assert answer.status == 200
    assert subscriber_count(open_house) == 0
    open_house.later(seconds=3)
    assert "Look into your inbox" in said(open_house.post("/subscribe", filled_in(answer)))


def filled_in(answer: Answer) -> dict[str, Any]:
    return fields_of(page(answer).css_first("form"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": "nobody"}, "not an email address"),
        ({"email": ""}, "not an email address"),
        ({"digests": []}, "choose at least one"),
        ({"digests": ["nothing"]}, "choose at least one"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_right_is_kept(
    open_house: House, fields: dict[str, Any], words: str
) -> None:
    answer = open_house.sign_up(**({"name": "Ann <b>"} | fields))
    assert (answer.status, words in said(answer)) == (422, True)
    shown = page(answer)
    alert = shown.css_first("[role=alert]")
    assert alert is not None
    assert shown.css_first(f'[aria-describedby="{alert.attributes["id"]}"]') is not None
    assert filled_in(answer)["name"] == ["Ann <b>"]
    assert subscriber_count(open_house) == 0


def test_a_digest_that_does_not_come_in_a_language_is_named(tmp_path: Path) -> None:
    more = WEEKEND + 'languages = ["en"]\n'
    with house(tmp_path / "paper", more=more) as made:
        answer = made.sign_up(digests=["weekend"], language="es")
        assert (answer.status, "“The weekend” does not come" in said(answer)) == (422, True)


def test_a_digest_that_is_not_open_cannot_be_asked_for(tmp_path: Path) -> None:
    with house(tmp_path / "paper", more=WEEKEND + "open = false\n") as made:
        assert "The weekend" not in made.look("/subscribe").body
        assert made.sign_up(digests=["weekend"]).status == 422


def test_where_nothing_is_open_there_is_no_form(tmp_path: Path) -> None:
    with house(tmp_path / "paper", more="open = false\n") as made:
        for path in ("/", "/subscribe", "/subscribe/embed", "/archive/daily/en"):
            assert made.look(path).status == 404
        assert made.post("/subscribe", {"email": ANN, "digests": "daily"}).status == 404


def test_names_cannot_carry_headers_or_controls(open_house: House) -> None:
    open_house.sign_up(name="Bob\r\nBcc: x@example.org\0\u202e")
    (mail,) = open_house.mail()
    assert (mail["Bcc"], mail["To"]) == (None, ANN)
    with open_house.app.database.read() as tx:
        found = readers.by_number(tx, 1)
    assert found is not None
    assert found.name == "Bob Bcc: x@example.org"


def test_from_one_address_come_a_few_forms_and_then_it_has_to_wait(open_house: House) -> None:
    given = open_house.fields()
    open_house.later(seconds=5)
    answers = [
        open_house.post("/subscribe", given | {"email": f"r{n}@example.org", "digests": ["daily"]})
        for n in range(21)
    ]
    assert {answer.status for answer in answers[:20]} == {200}
    assert answers[20].status == 429
    assert int(answers[20].headers["retry-after"]) == 180
    assert "A moment, please" in said(answers[20])
    assert subscriber_count(open_house) == 20


def test_to_one_address_go_no_more_than_it_can_have_asked_for(open_house: House) -> None:
    answers = {open_house.sign_up().body for _ in range(5)}
    assert len(answers) == 1
    assert len(open_house.mail()) == 1


def test_where_it_came_from_is_kept_without_the_last_part(open_house: House) -> None:
    open_house.sign_up()
    with open_house.app.database.read() as tx:
        (row,) = tx.run(consents.select())
    assert (row.ip, row.how, row.language) == ("127.0.0.0/24", "form", "en")
    assert row.wording.startswith("I would like The Meridian to send")


def test_a_frame_is_for_the_sites_that_the_project_names(open_house: House) -> None:
    framed = open_house.look("/subscribe/embed")
    assert f"frame-ancestors {HOLDER};" in framed.headers["content-security-policy"]
    alone = open_house.look("/subscribe").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in alone
    sent = open_house.sign_up("/subscribe/embed")
    assert f"frame-ancestors {HOLDER};" in sent.headers["content-security-policy"]
    assert "Look into your inbox" in said(sent)


def test_without_such_sites_nobody_frames_it(tmp_path: Path) -> None:
    with house(tmp_path / "paper") as made:
        policy = made.look("/subscribe/embed").headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy


def test_the_form_is_in_the_language_that_the_browser_prefers(open_house: House) -> None:
    for path, accepted, language in (
        ("/subscribe", "es-MX,es;q=0.9,en;q=0.8", "es"),
        ("/subscribe", "fr, en;q=0.4, es;q=0.7", "es"),
        ("/subscribe", "fr", "en"),
        ("/subscribe?lang=es", "en", "es"),
        ("/subscribe?lang=xx", "es", "es"),
    ):
        shown = page(open_house.look(path, accept_language=accepted))
        assert shown.css("html")[0].attributes["lang"] == language
