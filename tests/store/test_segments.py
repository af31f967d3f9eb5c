"""A segment chooses the same readers on both databases."""

from itertools import count
from typing import Any

import pytest

from newsletter.model.subscriber import SubscriptionStatus
from newsletter.store import audience, listed, subscribers
from newsletter.store.audience import Audience
from newsletter.store.database import Database
from newsletter.store.listed import Listed
from newsletter.store.roll import BEGINNING, Wanted, page
from tests.flows.mailings import NOW

_tokens = count()


def enrolled(database: Database, *people: dict[str, Any]) -> None:
    """Readers of daily in English, as these say."""
    known: dict[str, Any] = {
        "name": None,
        "language": "en",
        "digest": "daily",
        "status": SubscriptionStatus.ACTIVE,
    }
    rows = [
        Listed(email=f"{each['name']}@e.example", key=f"{each['name']}@e.example", **known | each)
        for each in people
    ]
    with database.begin() as tx:
        listed.sync(
            tx,
            rows,
            address_hash=lambda key: f"#{key}",
            new_token=lambda: f"segment-{next(_tokens)}",
            now=NOW,
        )


def chosen(database: Database, segment: str) -> str:
    """The initials of who is in it."""
    with database.read() as tx:
        entries = page(tx, Wanted(segment=segment), after=BEGINNING, many=100)
    return "".join(sorted({str(entry.name)[0] for entry in entries}))


@pytest.fixture
def people(database: Database) -> Database:
    enrolled(
        database,
        {"name": "ann", "tags": ("vip", "section:World"), "attributes": (("age", "41"),)},
        {"name": "ben", "tags": ("vip",), "attributes": (("age", "9"), ("city", "León"))},
        {"name": "cid", "language": "es", "timezone": "Europe/Madrid"},
        {"name": "dot", "digest": "weekly", "attributes": (("age", "unknown"), ("city", "%"))},
    )
    return database


@pytest.mark.parametrize(
    ("segment", "initials"),
    [
        ("", "abcd"),
        ('tag = "vip"', "ab"),
        ('tag != "vip"', "cd"),
        ('tag in ("vip", "none")', "ab"),
        ('section = "World"', "a"),
        ("attribute.age >= 10", "a"),
        ("attribute.age < 10", "b"),
        ("attribute.age = 41.0", "a"),
        ('attribute.age = "unknown"', "d"),
        ("not attribute.age > 10", "bcd"),
        ('attribute.city = "León"', "b"),
        ('attribute.city in ("León", 9)', "b"),
        ('attribute.city = "%"', "d"),
        ('language = "es"', "c"),
        ('digest = "weekly"', "d"),
        ('timezone = "Europe/Madrid"', "c"),
        ('timezone != "Europe/Madrid"', "abd"),
        ('tag = "vip" and not (attribute.age > 10 or language = "es")', "b"),
        ('''tag = "' or 1=1 --"''', ""),
    ],
)
def test_a_segment_has_who_fits(people: Database, segment: str, initials: str) -> None:
    assert chosen(people, segment) == initials


def test_a_digest_s_readers_are_counted_within_its_audience(people: Database) -> None:
    with people.read() as tx:
        assert (
            audience.count(
                tx, Audience(digest="daily", language="en", segment='tag = "section:World"')
            )
            == 1
        )
        assert audience.count(tx, Audience(digest="daily", language="en")) == 2
        found = audience.count_at(
            tx, Audience(digest="daily", language="en", segment="attribute.age < 10"), ["e.example"]
        )
    assert found == {"e.example": 1}


def test_who_has_left_a_digest_does_not_get_it(people: Database) -> None:
    with people.begin() as tx:
        subscribers.unsubscribe(tx, 4, "weekly")
    assert chosen(people, 'digest = "weekly"') == ""
