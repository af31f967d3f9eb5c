"""Lists add and lower; they never bring anybody back."""

from functools import partial
from io import BytesIO
from itertools import count
from typing import Any

import pytest

from newsletter.flows.enrol import Enrolment, ListFile, ListReport, enrol
from newsletter.store import audience, deliveries, subscribers
from newsletter.store.audience import Audience
from newsletter.store.database import Database
from tests.flows.mailings import NOW, frozen
from tests.flows.printing import digest

_numbers = count()


def bring_in(database: Database, *files: tuple[str, str], **changes: Any) -> list[ListReport]:
    known: dict[str, Any] = {
        "digests": (digest(), digest(name="weekly", languages=("en",))),
        "languages": ("en", "es"),
        "address_hash": lambda key: f"#{key}",
        "new_token": lambda: f"token-{next(_numbers)}",
    }
    listed = [ListFile(name, partial(BytesIO, content.encode())) for name, content in files]
    return enrol(database, listed, Enrolment(**known | changes), NOW)


def readers(database: Database, name: str = "daily", language: str = "en") -> int:
    with database.read() as tx:
        return audience.count(tx, Audience(digest=name, language=language))


def standing(database: Database, number: int, name: str = "daily") -> tuple[str, str] | None:
    with database.read() as tx:
        found = subscribers.status_of(tx, number, name)
    return (found[0].value, found[1]) if found else None


def test_a_language_s_list_is_for_every_digest_in_that_language(database: Database) -> None:
    bring_in(database, ("en.csv", "email\nann@example.com\n"), ("es.csv", "email\npia@e.example\n"))
    assert [readers(database), readers(database, "weekly"), readers(database, language="es")] == [
        1,
        1,
        1,
    ]


def test_a_digest_s_list_is_for_that_digest(database: Database) -> None:
    bring_in(database, ("weekly.en.csv", "email\nann@example.com\n"))
    assert (readers(database), readers(database, "weekly")) == (0, 1)


def test_a_row_may_name_its_own_language_and_digest(database: Database) -> None:
    bring_in(database, ("en.csv", "email,language,digest\nann@example.com,es,daily\n"))
    assert (readers(database, language="es"), readers(database, "weekly")) == (1, 0)


def test_a_reader_of_a_region_reads_the_language(database: Database) -> None:
    bring_in(database, ("en.csv", "email,language\nann@example.com,es-MX\n"))
    assert readers(database, language="es") == 1


def test_broken_rows_are_named_by_line_and_the_rest_is_taken(database: Database) -> None:
    (report,) = bring_in(database, ("en.csv", "email\nann@example.com\nnobody\nbob@example.com\n"))
    assert [fault.line for fault in report.faults] == [3]
    assert readers(database) == 2


def test_a_row_for_a_digest_that_does_not_exist_is_named(database: Database) -> None:
    (report,) = bring_in(database, ("en.csv", "email,digest\nann@example.com,hourly\n"))
    assert "no digest 'hourly'" in report.faults[0].reason


def test_a_file_that_cannot_be_read_stops_no_other(database: Database) -> None:
    bad, good = bring_in(
        database, ("de.csv", "email\na@example.com\n"), ("en.csv", "email\nann@example.com\n")
    )
    assert "de.csv" in (bad.fault or "")
    assert good.synced.added == 2


def test_the_same_file_again_is_no_work(database: Database) -> None:
    for unchanged in (False, True):
        (report,) = bring_in(database, ("en.csv", "email\nann@example.com\n"))
        assert report.unchanged is unchanged


def test_a_row_that_disappears_changes_nothing(database: Database) -> None:
    bring_in(database, ("en.csv", "email\nann@example.com\nbob@example.com\n"))
    bring_in(database, ("en.csv", "email\nann@example.com\n"))
    assert readers(database) == 2


@pytest.mark.parametrize("status", ["unsubscribed", "bounced", "complained", "paused"])
def test_a_list_may_lower_a_status_and_never_raise_it(database: Database, status: str) -> None:
    bring_in(database, ("en.csv", "email,status\nann@example.com,active\n"))
    bring_in(database, ("en.csv", f"email,status\nann@example.com,{status}\n"))
    assert standing(database, 1) == (status, "en")
    bring_in(database, ("en.csv", "email,status\nann@example.com,active\n,\n"))
    assert standing(database, 1) == (status, "en")


def test_who_left_stays_away_whatever_a_list_says(database: Database) -> None:
    bring_in(database, ("en.csv", "email\nann@example.com\n"))
    with database.begin() as tx:
        subscribers.unsubscribe(tx, 1, "daily")
    bring_in(database, ("en.csv", "email,status\nAnn@Example.com,active\n"))
    assert standing(database, 1) == ("unsubscribed", "en")


def test_one_person_in_two_lists_reads_the_first_language(database: Database) -> None:
    en, es = ("en.csv", "email\nann@example.com\n"), ("es.csv", "email\nANN@example.com\n")
    for english in (en, ("en.csv", en[1] + "bob@example.com\n")):
        _, second = bring_in(database, english, es)
        assert standing(database, 1) == ("active", "en")
        assert second.faults[0].reason == "ANN@example.com is in en.csv already, for daily"


def test_who_moves_to_another_list_changes_language(database: Database) -> None:
    bring_in(database, ("en.csv", "email\nann@example.com\n"), ("es.csv", "email\n"))
    bring_in(database, ("en.csv", "email\n"), ("es.csv", "email\nann@example.com\n"))
    assert standing(database, 1) == ("active", "es")


def test_a_suppressed_address_is_owed_nothing(database: Database) -> None:
    with database.begin() as tx:
        subscribers.suppress(tx, "#ann@example.com", "complaint", NOW)
    number = frozen(database, "ann@example.com", "bob@example.com")
    with database.read() as tx:
        assert [email for email, _, _ in deliveries.recipients(tx, number)] == ["bob@example.com"]
