"""An import adds and updates; it never raises a status, and does nothing when it is run again."""

import csv
import random
from collections.abc import Sequence
from functools import partial
from io import BytesIO, StringIO
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.flows.enrol import Enrolment
from newsletter.flows.export_list import export_list
from newsletter.flows.import_list import Imported, Listener, Order, import_list
from newsletter.model.subscriber import Entry, RowFault
from newsletter.store import readers, subscribers
from newsletter.store.database import Database
from newsletter.store.listed import Synced
from newsletter.store.roll import BEGINNING, Wanted, page
from newsletter.subscribers.archive import parts_of
from newsletter.subscribers.consent import switched
from newsletter.subscribers.lists import ListScope
from newsletter.subscribers.rows import lower
from tests.flows.mailings import NOW
from tests.flows.printing import digest
from tests.subscribers import exports

_numbers = count()
_ENROLMENT = Enrolment(
    digests=(digest(), digest(name="weekly", languages=("en",))),
    languages=("en", "es"),
    address_hash=lambda key: f"#{key}",
    new_token=lambda: f"import-{next(_numbers)}",
)


def imported(
    database: Database,
    content: str | bytes,
    *,
    name: str = "list.csv",
    language: str | None = "en",
    digest: str | None = None,
    **changes: Any,
) -> Imported:
    given = content.encode() if isinstance(content, str) else content
    order = Order(
        parts=parts_of(name, partial(BytesIO, given), len(given)),
        source=name,
        scope=ListScope(language, digest),
        enrolment=_ENROLMENT,
        **changes,
    )
    return import_list(database, order, NOW)


def standing(database: Database, digest: str | None = "daily") -> dict[str, str]:
    return {each.email: each.status.value for each in entries(database, digest)}


def entries(database: Database, digest: str | None = None) -> list[Entry]:
    with database.read() as tx:
        return page(tx, Wanted(digest=digest), after=BEGINNING, many=1000)


def consents(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as tx:
        query = "select what, digest, detail from consents order by id"
        return [tuple(row) for row in tx.connection.exec_driver_sql(query)]


def test_mailchimps_zip_brings_readers_and_keeps_out_who_is_gone(database: Database) -> None:
    done = imported(database, exports.mailchimp_zip(), name="mailchimp.zip")
    assert (done.rows, done.refused, done.synced.people) == (3, 1, 3)
    assert standing(database) == {
        "ann@example.com": "active",
        "ben@example.com": "unsubscribed",
        "c@example.com": "bounced",
    }


@pytest.mark.parametrize(
    "export", ["mailchimp", "MAILPOET", "LISTMONK", "GHOST", "SUBSTACK", "KEILA"]
)
def test_an_export_again_changes_nothing(database: Database, export: str) -> None:
    content = exports.mailchimp_zip() if export == "mailchimp" else getattr(exports, export)
    assert imported(database, content).synced.people > 1
    before = entries(database)
    assert imported(database, content).synced == Synced()
    assert entries(database) == before


def test_who_left_elsewhere_is_lowered_in_every_digest(database: Database) -> None:
    imported(database, "email\nben@example.com\n")
    done = imported(database, exports.mailchimp_zip(), name="m.zip", language="es")
    assert {each.status for each in entries(database) if each.email == "ben@example.com"} == {
        "unsubscribed"
    }
    assert done.synced.changed == 2


def test_who_left_what_goes_to_one_digest_stays_in_the_others(database: Database) -> None:
    imported(database, "email\nben@example.com\nc@example.com\n")
    imported(database, exports.mailchimp_zip(), digest="weekly")
    assert standing(database) == {"ben@example.com": "active", "c@example.com": "bounced"}
    assert standing(database, "weekly")["ben@example.com"] == "unsubscribed"


def test_a_reader_in_two_lists_of_mailpoet_has_both_tags(database: Database) -> None:
    done = imported(database, exports.MAILPOET)
    assert (done.refused, entries(database)[0].tags) == (0, ("list:Art", "list:News"))


def test_what_a_file_says_newly_is_updated_but_not_over_a_reader_s_choice(
    database: Database,
) -> None:
    imported(database, "email,name\nann@example.com,Ann\nben@example.com,Ben\n", digest="daily")
    with database.begin() as tx:
        readers.put(tx, 2, switched(readers.standings(tx, 2)["daily"], "es"))
    changed = (
        "email,name,tags,timezone,attribute.city\n"
        "ann@example.com,Ann Lee,vip,Europe/Madrid,León\nben@example.com,Benjamin,,,\n"
    )
    assert imported(database, changed, digest="daily").synced == Synced(updated=1)
    ann, ben = entries(database)
    assert (ann.name, ann.timezone, ann.tags) == ("Ann Lee", "Europe/Madrid", ("vip",))
    assert (ann.attributes, ben.name, ben.language) == ((("city", "León"),), "Ben", "es")


def test_a_suppressed_address_is_not_even_stored(database: Database) -> None:
    with database.begin() as tx:
        subscribers.suppress(tx, "#ann@example.com", "complaint", NOW)
    done = imported(database, "email\nAnn@example.com\nben@example.com\n")
    assert [*standing(database)] == ["ben@example.com"]
    assert done.parts[0].faults[0].reason.startswith("Ann@example.com is suppressed")


def test_each_new_subscription_is_written_down_as_consented_to(database: Database) -> None:
    text = "email,consent_source,consent_at\nann@example.com,form,2024-03-14T09:14:00Z\n"
    for _ in range(2):
        imported(database, text, digest="daily")
    assert consents(database) == [("import", "daily", "list.csv: form, 2024-03-14 09:14 UTC")]


def test_every_rejected_row_is_told_with_its_cells(database: Database) -> None:
    told: list[RowFault] = []
    text = "email,name\nann@example.com,Ann\nnobody,N\nANN@example.com,Other\n"
    done = imported(database, text, listener=Listener(refused=told.extend))
    assert [(each.line, each.cells) for each in told] == [
        (3, ("nobody", "N")),
        (4, ("ANN@example.com", "Other")),
    ]
    assert (done.rows, done.refused) == (2, 2)


def test_a_row_without_a_language_is_told_the_way_out(database: Database) -> None:
    done = imported(
        database, "email,language\nann@example.com,\nben@example.com,es\n", language=None
    )
    assert "name one (--language)" in done.parts[0].faults[0].reason
    assert [*standing(database)] == ["ben@example.com"]


# --- pruning ------------------------------------------------------------------------------------

HUNDRED = "email\n" + "".join(f"reader{n}@example.com\n" for n in range(100))
WITHOUT_FOUR = HUNDRED.partition("reader96@")[0]


def test_pruning_removes_who_is_in_the_list_no_more(database: Database) -> None:
    imported(database, HUNDRED)
    done = imported(database, WITHOUT_FOUR, digest="daily", prune=True)
    assert done.pruned is not None
    assert (done.pruned.count, done.pruned.of, done.pruned.held) == (4, 100, None)
    assert (len(standing(database)), len(standing(database, "weekly"))) == (96, 100)
    assert consents(database)[-1] == ("unsubscribe", "daily", "is not in list.csv")


def test_who_was_pruned_can_be_listed_again(database: Database) -> None:
    for content in (HUNDRED, WITHOUT_FOUR, HUNDRED):
        imported(database, content, prune=True, sure=True)
    assert set(standing(database).values()) == {"active"}


def test_pruning_much_of_a_list_is_refused_unless_it_is_meant(database: Database) -> None:
    imported(database, HUNDRED, digest="daily")
    short = HUNDRED.partition("reader50@")[0]
    done = imported(database, short, digest="daily", prune=True)
    assert done.pruned is not None
    assert "50 of 100, more than 5%" in (done.pruned.held or "")
    assert len(standing(database)) == 100
    imported(database, short, digest="daily", prune=True, sure=True)
    assert len(standing(database)) == 50


def test_pruning_waits_until_every_row_can_be_read(database: Database) -> None:
    imported(database, HUNDRED, digest="daily")
    broken = WITHOUT_FOUR + "reader96 at example.com\n"
    done = imported(database, broken, digest="daily", prune=True)
    assert "1 rows were not taken" in str(done.pruned)
    assert len(standing(database)) == 100


def test_who_left_signed_up_or_chose_is_never_pruned(database: Database) -> None:
    imported(database, HUNDRED, digest="daily")
    with database.begin() as tx:
        subscribers.unsubscribe(tx, 98, "daily")
        readers.put(tx, 99, switched(readers.standings(tx, 99)["daily"], "es"))
        tx.connection.exec_driver_sql(
            "insert into consents (at, address_hash, what, digest, how) "
            "values ('2026-01-01', '#reader99@example.com', 'confirm', 'daily', 'form')"
        )
    done = imported(database, WITHOUT_FOUR, digest="daily", prune=True)
    assert done.pruned is not None
    assert done.pruned.count == 1
    assert standing(database)["reader97@example.com"] == "unsubscribed"


# --- any rows -----------------------------------------------------------------------------------

STATUSES = ["active", "pending", "paused", "unsubscribed", "bounced", "complained"]
ROWS = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(STATUSES), st.sampled_from(["daily", "weekly", ""])
    ),
    max_size=8,
)


def as_list(rows: Sequence[tuple[int, str, str]], example: int) -> str:
    lines = [f"r{who}x{example}@example.com,{status},{name}" for who, status, name in rows]
    return "\n".join(["email,status,digest", *lines, ""])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=ROWS, second=ROWS, seed=st.integers(0, 99))
def test_importing_any_rows_in_any_order_twice_never_raises_a_status(
    database: Database,
    first: list[tuple[int, str, str]],
    second: list[tuple[int, str, str]],
    seed: int,
) -> None:
    example = next(_numbers)
    rows = [*first, *second]
    before: dict[tuple[int, str], Entry] = {}
    for content in (first, second, rows, random.Random(seed).sample(rows, len(rows)), rows):
        imported(database, as_list(content, example))
        now = {(each.subscriber, each.digest): each for each in entries(database)}
        for place, entry in before.items():
            assert lower(entry.status, now[place].status) == now[place].status
        before = now
    assert imported(database, as_list(rows, example)).synced == Synced()


CELL = st.text(alphabet="abc='+-@ ,;\"ñ\t\n", max_size=8)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=st.lists(CELL, min_size=1, max_size=4), tag=CELL, value=CELL)
def test_an_export_comes_back_byte_for_byte(
    database: Database, sqlite_url: str, names: list[str], tag: str, value: str
) -> None:
    with database.begin() as tx:
        for table in (
            "subscriptions",
            "subscriber_tags",
            "subscriber_attributes",
            "consents",
            "subscribers",
        ):
            tx.connection.exec_driver_sql(f"delete from {table}")
    rows = [["email", "name", "tags", "attribute.city", "further_languages"]]
    rows += [[f"=r{at}@e.example", name, tag, value, "es"] for at, name in enumerate(names)]
    imported(database, written(rows), digest="daily")
    exported = written([*export_list(database, Wanted())])
    assert imported(database, exported, language=None).synced == Synced()
    with database.begin() as tx:
        for table in (
            "further_languages",
            "subscriptions",
            "subscriber_tags",
            "subscriber_attributes",
            "subscribers",
        ):
            tx.connection.exec_driver_sql(f"delete from {table}")
    assert imported(database, exported, language=None).refused == 0
    assert written([*export_list(database, Wanted())]) == exported


def written(rows: Sequence[Sequence[str]]) -> str:
    file = StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue()
