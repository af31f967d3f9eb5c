"""A copy of a database does not know what the original has sent."""

from pathlib import Path

import pytest

from newsletter.flows import guard
from newsletter.flows.decide import release_vetoed
from newsletter.model.delivery import DeliveryState
from newsletter.model.edition import EditionState
from newsletter.store import schema
from newsletter.store.database import Database
from tests.flows.mailings import NOW, frozen, left_claimed, state_of, states
from tests.flows.printing import composed, run
from tests.flows.sources import ListedSource, collected, draft, read


def opened(path: Path) -> Database:
    database = Database(f"sqlite:///{path}")
    schema.prepare(database)
    return database


def test_a_database_at_home_may_send(database: Database) -> None:
    guard.check_home(database)
    guard.check_home(database)


def test_a_copied_database_may_not_send_before_it_is_adopted(tmp_path: Path) -> None:
    original, copy = opened(tmp_path / "a.db"), None
    guard.check_home(original)
    original.backup(tmp_path / "b.db")
    copy = opened(tmp_path / "b.db")
    with pytest.raises(guard.GuardFault, match=r"is a copy.*database adopt"):
        guard.check_home(copy)
    guard.adopt(copy, NOW)
    guard.check_home(copy)
    original.close()
    copy.close()


def test_a_restored_database_may_not_send_before_it_is_adopted(tmp_path: Path) -> None:
    database = opened(tmp_path / "a.db")
    guard.check_home(database)
    database.backup(tmp_path / "b.db")
    database.restore(tmp_path / "b.db")
    guard.mark_restored(database)
    with pytest.raises(guard.GuardFault, match="is a restored backup"):
        guard.check_home(database)
    database.close()


def test_other_keys_are_refused(database: Database) -> None:
    guard.check_keys(database, "one")
    guard.check_keys(database, "one")
    with pytest.raises(guard.GuardFault, match="another signing key"):
        guard.check_keys(database, "other")


def test_what_is_known_at_adoption_and_at_the_next_reading_counts_as_mailed(
    database: Database,
) -> None:
    source = ListedSource("site", [draft(1)])
    read(database, source)
    guard.adopt(database, NOW)
    source.drafts.append(draft(2))
    assert read(database, source, first_run="baseline").baseline == 1
    assert composed(database, run())["en"].state is EditionState.SKIPPED
    source.drafts.append(draft(3))
    read(database, source)
    assert composed(database, run(23))["en"].stories == 1


def test_unfinished_editions_are_paused_and_what_is_in_doubt_is_held(database: Database) -> None:
    number = frozen(database, "ann@example.com", "bob@example.com")
    left_claimed(database, number)
    assert guard.adopt(database, NOW) == 1
    assert state_of(database, number) is EditionState.PAUSED
    assert set(states(database, number).values()) == {DeliveryState.HELD, DeliveryState.QUEUED}


def test_no_edition_of_an_adopted_database_goes_when_its_veto_is_over(database: Database) -> None:
    number = frozen(database, "a@example.com", state=EditionState.HELD, release_at=NOW)
    guard.adopt(database, NOW)
    assert release_vetoed(database, rehearsal=False, now=NOW) == []
    assert state_of(database, number) is EditionState.HELD


@pytest.mark.parametrize("first_run", ["all", "latest 5", "since 2026-11-01T00:00"])
def test_what_a_source_shows_after_an_adoption_counts_as_mailed_whatever_its_first_run(
    database: Database, first_run: str
) -> None:
    source = ListedSource("site", [draft(1)])
    read(database, source, first_run=first_run)
    guard.adopt(database, NOW)
    source.drafts.append(draft(2))
    assert read(database, source, first_run=first_run).baseline == 1
    source.drafts.append(draft(3))
    assert read(database, source, first_run=first_run).new == 1


def test_a_new_database_has_nothing_to_adopt(database: Database) -> None:
    collected(database)
    assert guard.adopt(database, NOW) == 0
