"""A backup brings nobody back who has left since it was made."""

from pathlib import Path

import pytest

from newsletter.flows import person
from newsletter.flows.restoring import BroughtAlong, bring_along, restore
from newsletter.model.consent import Expired
from newsletter.store import carrying, schema
from newsletter.store.database import Database
from tests.flows.mailings import NOW
from tests.flows.persons import ANN, RING, Town, told

PIA = "pia@example.com"


@pytest.fixture
def town(database: Database) -> Town:
    town = Town(database)
    town.joined()
    town.joined(PIA)
    return town


@pytest.fixture
def other(tmp_path: Path) -> Town:
    """The same people in another database, as before anything happened."""
    database = Database(f"sqlite:///{tmp_path / 'other.db'}")
    schema.prepare(database)
    town = Town(database)
    town.joined()
    town.joined(PIA)
    return town


def brought(town: Town, other: Town) -> BroughtAlong:
    """What the other database knew is known in the town."""
    against = carrying.known_in(other.database)
    assert against is not None
    other.database.close()
    return bring_along(town.database, against, NOW)


def test_who_left_since_the_backup_stays_away(town: Town, other: Town) -> None:
    other.leave()
    assert brought(town, other) == BroughtAlong(ended=1)
    assert (town.status(), town.status(PIA), town.mailed()) == ("unsubscribed", "active", 1)
    assert told(town.log())[-1] == (
        "unsubscribe",
        "daily",
        "active → unsubscribed, known from the database that was replaced",
    )


def test_a_link_from_before_the_backup_does_not_undo_it(town: Town, other: Town) -> None:
    link = town.link()
    other.leave()
    brought(town, other)
    assert isinstance(town.readers.asked(link), Expired)


def test_who_was_suppressed_since_the_backup_stays_so(town: Town, other: Town) -> None:
    other.suppress()
    assert brought(town, other) == BroughtAlong(suppressed=1)
    assert town.mailed() == 1


def test_who_was_erased_since_the_backup_is_erased_again(town: Town, other: Town) -> None:
    person.erase(other.database, ANN, RING.address_hash, NOW)
    assert brought(town, other) == BroughtAlong(erased=1)
    assert person.dossier(town.database, ANN, RING.address_hash).person is None


def test_who_came_back_after_an_erasure_is_not_erased(town: Town, other: Town) -> None:
    person.erase(other.database, ANN, RING.address_hash, NOW)
    other.joined()
    assert brought(town, other) == BroughtAlong()
    assert town.mailed() == 2


def test_nothing_new_changes_nothing(town: Town, other: Town) -> None:
    assert brought(town, other) == BroughtAlong()
    assert [what for what, *_ in told(town.log())] == ["sign_up", "confirm"]


def test_a_restored_file_knows_what_the_one_before_it_knew(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    schema.prepare(database)
    town = Town(database)
    town.joined()
    database.backup(tmp_path / "b.db")
    town.leave()
    town.joined(PIA)
    number = town.person(PIA).id
    along = restore(database, lambda: database.restore(tmp_path / "b.db"), NOW)
    assert (along, town.mailed()) == (BroughtAlong(ended=1), 0)
    town.joined("new@example.com")
    assert town.person("new@example.com").id > number
    database.close()


def test_a_database_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"no database" * 1000)
    broken = Database(f"sqlite:///{tmp_path / 'a.db'}")
    assert restore(broken, lambda: None, NOW) is None
    broken.close()


def test_an_empty_database_is_told_of(tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'a.db'}")
    assert restore(empty, lambda: None, NOW) is None
    empty.close()
