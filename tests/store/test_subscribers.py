"""A list adds and lowers; it never raises, and never overrules a reader."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from newsletter.model.subscriber import SubscriptionStatus as S
from newsletter.store import audience, listed, readers, subscribers
from newsletter.store.audience import Audience
from newsletter.store.database import Database
from newsletter.store.listed import Listed, Synced
from newsletter.store.tables import subscribers as people
from newsletter.subscribers.consent import switched

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
_tokens = count()


def a_row(email: str = "ann@example.com", **changes: Any) -> Listed:
    known: dict[str, Any] = {
        "email": email,
        "key": email.lower(),
        "name": None,
        "language": "en",
        "digest": "daily",
        "status": S.ACTIVE,
    }
    return Listed(**known | changes)


def synced(database: Database, *rows: Listed) -> Synced:
    with database.begin() as tx:
        return listed.sync(
            tx,
            rows,
            address_hash=lambda key: f"#{key}",
            new_token=lambda: f"token-{next(_tokens)}",
            now=NOW,
        )


def standing(database: Database, number: int = 1, digest: str = "daily") -> tuple[S, str] | None:
    with database.read() as tx:
        return subscribers.status_of(tx, number, digest)


def test_a_person_is_one_however_their_address_is_written(database: Database) -> None:
    first = synced(database, a_row("Ann@example.com"), a_row("ann@EXAMPLE.com", digest="weekly"))
    assert first == Synced(people=1, added=2)
    with database.read() as tx:
        person = readers.by_number(tx, 1)
    assert person is not None
    assert person.email == "Ann@example.com"


def test_a_token_stays_the_one_that_was_mailed(database: Database) -> None:
    tokens = []
    for _ in range(2):
        synced(database, a_row(name="Ann"))
        with database.read() as tx:
            tokens.append(tx.run(sa.select(people.c.token)).scalar_one())
    assert tokens[0] == tokens[1]


def test_the_same_rows_again_change_nothing(database: Database) -> None:
    rows = [a_row(f"reader{number}@example.com") for number in range(1201)]
    assert synced(database, *rows) == Synced(people=1201, added=1201)
    assert synced(database, *rows, *rows) == Synced()


LOWER = [
    (S.ACTIVE, S.PAUSED),
    (S.ACTIVE, S.UNSUBSCRIBED),
    (S.PENDING, S.BOUNCED),
    (S.PAUSED, S.UNSUBSCRIBED),
    (S.PAUSED, S.COMPLAINED),
]


@pytest.mark.parametrize(("before", "wanted"), LOWER)
def test_a_row_may_lower_a_status(database: Database, before: S, wanted: S) -> None:
    synced(database, a_row(status=before))
    assert synced(database, a_row(status=wanted)) == Synced(changed=1)
    assert standing(database) == (wanted, "en")


HIGHER = [(low, high) for high, low in LOWER] + [
    (S.PENDING, S.ACTIVE),
    (S.UNSUBSCRIBED, S.PENDING),
    (S.COMPLAINED, S.ACTIVE),
]


@pytest.mark.parametrize(("before", "wanted"), HIGHER)
def test_a_row_never_raises_a_status(database: Database, before: S, wanted: S) -> None:
    synced(database, a_row(status=before))
    assert synced(database, a_row(status=wanted)) == Synced()
    assert standing(database) == (before, "en")


def test_a_language_that_a_reader_chose_beats_the_list(database: Database) -> None:
    synced(database, a_row())
    with database.begin() as tx:
        readers.put(tx, 1, switched(readers.standings(tx, 1)["daily"], "es"))
    assert synced(database, a_row(), a_row(digest="weekly")) == Synced(added=1)
    assert standing(database) == (S.ACTIVE, "es")


def test_a_row_moves_a_reader_who_chose_nothing_to_another_language(database: Database) -> None:
    synced(database, a_row())
    assert synced(database, a_row(language="es")) == Synced(changed=1)
    assert standing(database) == (S.ACTIVE, "es")


def test_who_left_one_digest_still_reads_the_other(database: Database) -> None:
    synced(database, a_row(), a_row(digest="weekly"))
    with database.begin() as tx:
        assert subscribers.unsubscribe(tx, 1, "daily")
        assert not subscribers.unsubscribe(tx, 1, "daily")
    assert synced(database, a_row()) == Synced()
    assert standing(database) == (S.UNSUBSCRIBED, "en")
    assert standing(database, digest="weekly") == (S.ACTIVE, "en")


def test_a_row_that_disappears_changes_nothing(database: Database) -> None:
    ann, bob = a_row(), a_row("bob@example.com")
    synced(database, ann, bob)
    assert synced(database, bob) == Synced()
    assert standing(database) == (S.ACTIVE, "en")


def test_of_two_rows_for_one_subscription_the_first_counts_but_for_who_left(
    database: Database,
) -> None:
    rows = [a_row(language="es"), a_row(status=S.UNSUBSCRIBED), a_row()]
    assert synced(database, *rows) == Synced(people=1, added=1)
    assert standing(database) == (S.UNSUBSCRIBED, "es")


def test_a_suppressed_address_reads_nothing_even_when_a_list_brings_it(database: Database) -> None:
    with database.begin() as tx:
        assert subscribers.suppress(tx, "#ann@example.com", "complaint", NOW)
        assert not subscribers.suppress(tx, "#ann@example.com", "again", NOW)
    synced(database, a_row(), a_row("bob@example.com"), replace(a_row(), digest="weekly"))
    with database.read() as tx:
        assert audience.count(tx, Audience(digest="daily", language="en")) == 1
        assert audience.count(tx, Audience(digest="weekly", language="en")) == 0


def test_readers_are_counted_by_the_domains_that_are_asked_for(database: Database) -> None:
    synced(
        database,
        a_row("ann@Gmail.com"),
        a_row("ben@gmail.com", language="es"),
        a_row("cid@notgmail.com"),
        a_row("dee@gmail.com.example"),
        a_row("eve@gmail.com", digest="weekly"),
        a_row("fay@gmail.com", status=S.UNSUBSCRIBED),
        a_row("gil@gmailxcom"),
    )
    with database.begin() as tx:
        subscribers.suppress(tx, "#ben@gmail.com", "complained", NOW)
        daily = Audience(digest="daily", language="en")
        found = audience.count_at(tx, daily, ["gmail.com", "a_b.example"])
        assert found == {"gmail.com": 1, "a_b.example": 0}
        assert audience.count_at(tx, daily, []) == {}
