"""Signing up from a site's own form: JSON, from no other pages than the project names."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.house import ANN, WEEKEND, House, house
from tests.web.serving import Answer

HOLDER = "https://meridian.example"
PATH = "/api/subscribe"


@pytest.fixture
def open_house(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "paper", more=WEEKEND, allow_origins=(HOLDER,)) as made:
        yield made


def ask(
    open_house: House, given: object, origin: str = HOLDER, kind: str = "application/json"
) -> Answer:
    body = given if isinstance(given, str) else json.dumps(given)
    headers = {"Content-Type": kind} | ({"Origin": origin} if origin else {})
    return open_house.client.ask("POST", PATH, headers, body)


def test_json_asks_the_owner_of_the_address(open_house: House) -> None:
    given = {"email": ANN, "name": "Ann", "language": "es", "digests": ["daily"]}
    answer = ask(open_house, given)
    assert answer.status == 202
    assert json.loads(answer.body)["message"].startswith(f"Hemos escrito a {ANN}")
    assert answer.headers["access-control-allow-origin"] == HOLDER
    assert "access-control-allow-credentials" not in answer.headers
    assert open_house.standing() == ("pending", "es")
    assert open_house.post(open_house.link("c"), {}).status == 200
    assert open_house.standing() == ("active", "es")


def test_without_digests_it_is_about_all_that_are_open(open_house: House) -> None:
    assert ask(open_house, {"email": ANN}).status == 202
    assert open_house.standing() == open_house.standing(digest="weekend") == ("pending", "en")


def test_a_browser_is_told_which_pages_may_ask(open_house: House) -> None:
    asked = {
        "Origin": HOLDER,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = open_house.client.ask("OPTIONS", PATH, asked)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == HOLDER
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert answer.headers["access-control-allow-headers"] == "content-type"
    assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in answer.headers


def test_a_program_that_is_no_page_asks_without_an_origin(open_house: House) -> None:
    answer = ask(open_house, {"email": ANN}, origin="")
    assert answer.status == 202
    assert "access-control-allow-origin" not in answer.headers
    assert open_house.standing() == ("pending", "en")


@pytest.mark.parametrize("origin", ["null", "https://evil.example", HOLDER + ".evil.example"])
def test_any_other_page_is_refused_and_nothing_happens(open_house: House, origin: str) -> None:
    answers = [
        ask(open_house, {"email": ANN}, origin),
        open_house.client.ask("OPTIONS", PATH, {"Origin": origin}),
    ]
    for answer in answers:
        assert answer.status == 403
        assert "access-control-allow-origin" not in answer.headers
    assert open_house.standing() is None


def test_where_no_site_is_named_no_page_may_ask(tmp_path: Path) -> None:
    with house(tmp_path / "paper") as made:
        assert ask(made, {"email": ANN}).status == 403
        assert made.client.ask("OPTIONS", PATH).status == 403


def test_a_form_that_needs_no_leave_of_a_browser_is_no_json(open_house: House) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        assert ask(open_house, {"email": ANN}, kind=kind).status == 415
    assert open_house.standing() is None


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ("{", "json"), ("[" * 50_000, "json"), ("[]", "json"), ('"x"', "json"), ("null", "json"),
        ({"email": 7}, "json"), ({"email": ANN, "digests": "daily"}, "json"),
        ({"email": ANN, "digests": [1]}, "json"), ({}, "email"), ({"email": "nobody"}, "email"),
        ({"email": ANN, "digests": ["nothing"]}, "digests"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(open_house: House, given: object, wrong: str) -> None:
    answer = ask(open_house, given)
    assert (answer.status, json.loads(answer.body)["error"]) == (422, wrong)
    assert answer.headers["access-control-allow-origin"] == HOLDER
    assert open_house.standing() is None


def test_the_answer_is_the_same_for_who_is_subscribed(open_house: House) -> None:
    first = ask(open_house, {"email": ANN})
    open_house.post(open_house.link("c"), {})
    open_house.later(days=1, seconds=1)
    again = ask(open_house, {"email": ANN})
    assert (again.status, again.body) == (first.status, first.body)
    assert open_house.mail() == []


def test_a_filled_trap_is_thanked_for_and_forgotten(open_house: House) -> None:
    assert ask(open_house, {"email": ANN, "website": "x"}).status == 202
    assert open_house.standing() is None


def test_too_many_from_one_address_have_to_wait(open_house: House) -> None:
    answers = [ask(open_house, {"email": f"r{n}@example.org"}) for n in range(21)]
    assert [answer.status for answer in answers] == [202] * 20 + [429]
    assert int(answers[20].headers["retry-after"]) > 0


def test_a_look_is_no_question(open_house: House) -> None:
    assert open_house.look(PATH).status == 405
