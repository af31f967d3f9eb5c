"""All choices of a reader on one page: what they choose there is how they stand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter.model.consent import Choice, Preferences
from newsletter.store.tables import consents
from tests.web.house import READER, WEEKEND, House, fields_of, house, links_in, page, said
from tests.web.serving import Answer

NEW = "moved@example.org"


@pytest.fixture
def open_house(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "paper", more=WEEKEND, enrolled=True) as made:
        yield made


def save(open_house: House, **fields: Any) -> Answer:
    """The form as it stands, with these fields changed: "often_daily" as often-daily."""
    path = open_house.token_path("s")
    given = {name.replace("_", "-"): value for name, value in fields.items()}
    return open_house.post(path, open_house.fields(path) | {"do": "save"} | given)


def choice(open_house: House, digest: str = "daily") -> Choice:
    found = kept(open_house)
    return next(each for each in found.digests if each.digest == digest)


def kept(open_house: House) -> Preferences:
    token = open_house.token_path("s").removeprefix("/s/")
    found = open_house.app.readers.preferences(token)
    assert found is not None
    return found


def test_saved_as_it_stands_nothing_changes(open_house: House) -> None:
    before = kept(open_house)
    answer = save(open_house)
    assert (answer.status, "Your preferences are saved" in said(answer)) == (200, True)
    assert kept(open_house) == before


@pytest.mark.parametrize("often", ["daily", "weekly", "every"])
def test_a_digest_comes_as_often_as_its_reader_wants(open_house: House, often: str) -> None:
    answer = save(open_house, often_daily=often)
    assert fields_of(page(answer).css_first("form"))["often-daily"] == [often]
    assert (choice(open_house).cadence, choice(open_house).status) == (often, "active")


def test_a_digest_pauses_until_a_day(open_house: House) -> None:
    save(open_house, often_daily="pause", until_daily="2031-06-01")
    assert (choice(open_house).status, str(choice(open_house).paused_until)) == (
        "paused",
        "2031-06-01",
    )
    save(open_house, often_daily="daily")
    assert (choice(open_house).status, choice(open_house).paused_until) == ("active", None)


def test_who_picks_a_day_means_to_pause(open_house: House) -> None:
    save(open_house, until_daily="2031-06-01")
    assert choice(open_house).status == "paused"


def test_who_picks_a_day_and_does_not_want_it_at_all_does_not_want_it(open_house: House) -> None:
    save(open_house, often_daily="never", until_daily="2031-06-01")
    assert choice(open_house).status == "unsubscribed"


@pytest.mark.parametrize("day", ["", "2031-05-01", "2030-01-01", "2033-01-01", "tomorrow", "0"])
def test_a_day_that_cannot_be_is_said_and_nothing_is_saved(open_house: House, day: str) -> None:
    answer = save(open_house, often_daily="pause", until_daily=day, name="Other")
    assert (answer.status, "choose a day" in said(answer)) == (422, True)
    assert choice(open_house).status == "active"
    assert kept(open_house).name != "Other"


def test_a_day_that_cannot_be_leaves_the_form_as_it_was_filled_in(open_house: House) -> None:
    given = {"language_daily": "es", "also_daily": ["en"], "often_weekend": "weekly", "name": "Ea"}
    answer = save(open_house, often_daily="pause", until_daily="2030-01-01", **given)
    fields = fields_of(page(answer).css_first("form"))
    assert {name: fields[name.replace("_", "-")] for name in given} == {
        "language_daily": "es", "also_daily": ["en"], "often_weekend": ["weekly"], "name": ["Ea"],
    }  # fmt: skip
    assert fields["often-daily"] == ["pause"]


def test_languages_are_one_to_read_in_and_others_for_the_rest(open_house: House) -> None:
    save(open_house, also_daily=["es"])
    assert choice(open_house).languages == ("en", "es")
    save(open_house, language_daily="es", also_daily=["en", "xx"])
    assert choice(open_house).languages == ("es", "en")
    save(open_house, language_daily="xx")
    assert choice(open_house).languages == ("es", "en")


def test_another_digest_can_be_had_and_left(open_house: House) -> None:
    save(open_house, often_weekend="never")
    assert choice(open_house, "weekend").status == "unsubscribed"
    assert choice(open_house).status == "active"
    save(open_house, often_weekend="every")
    assert choice(open_house, "weekend").status == "active"


def test_a_digest_that_is_not_open_can_be_left_and_not_had_again(tmp_path: Path) -> None:
    with house(tmp_path / "paper", more=WEEKEND + "open = false\n", enrolled=True) as made:
        save(made, often_weekend="never")
        assert "The weekend" not in made.look(made.token_path("s")).body
        save(made, often_weekend="every")
        assert choice(made, "weekend").status == "unsubscribed"


def test_a_name_is_kept_on_one_line(open_house: House) -> None:
    save(open_house, name="Ann\r\nBcc: x@example.org")
    assert kept(open_house).name == "Ann Bcc: x@example.org"
    save(open_house, name="")
    assert kept(open_house).name is None


def test_one_button_ends_everything(open_house: House) -> None:
    save(open_house, often_weekend="every")
    answer = open_house.post(open_house.token_path("s"), {"do": "leave"})
    assert "any of our newsletters" in said(answer)
    assert {each.status for each in kept(open_house).digests} == {"unsubscribed"}


def test_who_left_by_mistake_finds_the_way_back(open_house: House) -> None:
    left = open_house.post(open_house.token_path("u"), {})
    link = page(left).css_first("main a")
    assert link is not None
    path = str(link.attributes["href"])
    fields = open_house.fields(path)
    assert fields["often-daily"] == ["never"]
    open_house.post(path, fields | {"often-daily": "every", "do": "save"})
    assert open_house.standing() == ("active", "en")


def test_another_address_takes_effect_once_its_owner_says_so(open_house: House) -> None:
    before = kept(open_house).email
    answer = open_house.post(open_house.token_path("s"), {"do": "address", "email": NEW})
    assert f"We have written to {NEW}" in said(answer)
    (mail,) = open_house.mail()
    assert (mail["To"], kept(open_house).email) == (NEW, before)
    (path,) = links_in(mail, "a")
    assert NEW in said(open_house.look(path))
    assert kept(open_house).email == before
    assert f"go to {NEW}" in said(open_house.post(path, {}))
    assert kept(open_house).email == NEW
    assert [each["To"] for each in open_house.mail()] == [before]


def test_an_address_that_is_none_is_said_at_its_field(open_house: House) -> None:
    answer = open_house.post(open_house.token_path("s"), {"do": "address", "email": "nobody"})
    assert (answer.status, "not an email address" in said(answer)) == (422, True)
    (field,) = page(answer).css('[aria-invalid="true"]')
    assert field.attributes["value"] == "nobody"


def test_another_address_of_a_reader_of_ours_gets_the_same_answer(open_house: House) -> None:
    theirs = open_house.app.readers.preferences(
        open_house.token_path("s", READER + 1).removeprefix("/s/")
    )
    assert theirs is not None
    path = open_house.token_path("s")
    new = open_house.post(path, {"do": "address", "email": NEW}).body
    taken = open_house.post(path, {"do": "address", "email": theirs.email}).body
    assert taken.replace(theirs.email, NEW) == new


def test_an_address_that_was_asked_too_long_ago_is_not_taken(open_house: House) -> None:
    open_house.post(open_house.token_path("s"), {"do": "address", "email": NEW})
    path = open_house.link("a")
    open_house.later(days=8)
    assert [open_house.look(path).status, open_house.post(path, {}).status] == [410, 410]
    assert kept(open_house).email != NEW


def test_the_page_speaks_its_reader_s_language_whatever_the_browser_says(
    open_house: House,
) -> None:
    answer = open_house.look(open_house.token_path("s"), accept_language="es")
    assert page(answer).css("html")[0].attributes["lang"] == "en"


def test_what_was_done_here_is_in_the_log_of_consents(open_house: House) -> None:
    save(open_house, often_daily="never")
    with open_house.app.database.read() as tx:
        rows = tx.run(consents.select().where(consents.c.what == "unsubscribe")).all()
    assert [(row.how, row.digest, row.ip, row.wording) for row in rows] == [
        ("link", "daily", "127.0.0.0/24", "Save")
    ]


def test_a_form_with_nothing_in_it_changes_nothing(open_house: House) -> None:
    before = kept(open_house)
    assert open_house.post(open_house.token_path("s"), {}).status == 200
    assert kept(open_house) == before
