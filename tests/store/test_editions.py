"""The ledger of editions: a slot happens once, a story counts once, a letter stays as it was."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from newsletter.editions.slot import slot_at
from newsletter.model.edition import (
    Edition,
    EditionState,
    EditionStory,
    LeftOut,
    Rule,
    Section,
    Slot,
)
from newsletter.model.letter import Attachment, Letter
from newsletter.store import articles, editions
from newsletter.store.database import Database
from newsletter.store.editions import NewEdition
from tests.flows.sources import collected, draft

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
LETTER = Letter(subject="Dawn", preheader="", html="<p>Dawn ☀</p>", text="Dawn ☀\n", marker="m1")


def an_edition(database: Database, count: int, number: int = 22, **changes: Any) -> NewEdition:
    """The slot of 07:00 on a day of November 2026, with the first `count` stories in the store."""
    with database.read() as tx:
        held = articles.newest(tx, 100)
    lead, *others = [EditionStory(story=each.story, article=each.article) for each in held][:count]
    slot = slot_at(datetime(2026, 11, number, 7, 0), "Europe/Madrid")  # noqa: DTZ001
    edition = Edition(
        digest="daily",
        language="en",
        slot=slot,
        title="Daily",
        subject="Dawn",
        preheader="",
        lead=lead,
        sections=(Section("", tuple(others)),),
    )
    known: dict[str, Any] = {
        "digest": "daily",
        "slot": slot,
        "language": "en",
        "rehearsal": False,
        "state": EditionState.FROZEN,
        "now": NOW,
        "letter": LETTER,
        "edition": edition,
    }
    return NewEdition(**known | changes)


def written(database: Database, new: NewEdition) -> int | None:
    with database.begin() as tx:
        return editions.write(tx, new)


def used(
    database: Database, digest: str = "daily", language: str = "en", *, rehearsal: bool = False
) -> list[Rule]:
    with database.read() as tx:
        return list(editions.used_stories(tx, digest, language, rehearsal=rehearsal).values())


def test_a_slot_has_one_edition_a_language(database: Database) -> None:
    collected(database, draft(1))
    new = an_edition(database, 1)
    assert written(database, new) is not None
    assert written(database, replace(new, subject="Another")) is None
    assert written(database, replace(new, language="es")) is not None
    assert written(database, replace(new, digest="weekly")) is not None


def test_of_two_writers_of_one_slot_one_wins(database: Database) -> None:
    collected(database, draft(1))
    new, numbers = an_edition(database, 1), list[int | None]()
    both = threading.Barrier(2)

    def write() -> None:
        both.wait()
        numbers.append(written(database, new))

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(numbers) == 2
    assert numbers.count(None) == 1


def test_rehearsals_have_a_ledger_of_their_own(database: Database) -> None:
    collected(database, draft(1))
    assert written(database, an_edition(database, 1, rehearsal=True)) is not None
    assert used(database) == []
    assert written(database, an_edition(database, 1)) is not None
    assert used(database) == used(database, rehearsal=True) == [Rule.MAILED]
    with database.read() as tx:
        assert [each.rehearsal for each in editions.unfinished(tx, rehearsal=True)] == [True]


def test_used_are_the_stories_mailed_and_those_passed_over(database: Database) -> None:
    collected(database, draft(1), draft(2), draft(3))
    new = an_edition(database, 2)
    with database.read() as tx:
        third = articles.newest(tx, 3)[2].story
    left = LeftOut(third, "Quay 3 in en", Rule.MAX_STORIES)
    written(database, replace(new, passed_over=(left,)))
    assert sorted(used(database)) == [Rule.MAILED, Rule.MAILED, Rule.PASSED_OVER]
    assert used(database, language="es") == used(database, digest="weekly") == []


def test_a_story_counts_once_in_a_digest_and_language(database: Database) -> None:
    collected(database, draft(1))
    written(database, an_edition(database, 1))
    with pytest.raises(sa.exc.IntegrityError):
        written(database, an_edition(database, 1, 23))
    with database.read() as tx:
        assert len(editions.recent(tx, 10)) == 1
    assert written(database, an_edition(database, 1, 23, language="es")) is not None


def test_released_stories_are_new_again_and_what_the_edition_held_is_known(
    database: Database,
) -> None:
    collected(database, draft(1), draft(2))
    number = written(database, an_edition(database, 2))
    assert number is not None
    with database.begin() as tx:
        editions.release_stories(tx, number)
        assert len(editions.story_ids(tx, number)) == 2
    assert used(database) == []
    assert written(database, an_edition(database, 2, 23)) is not None


def test_a_letter_comes_back_byte_for_byte(database: Database) -> None:
    collected(database, draft(1))
    picture = Attachment(cid="picture-1@x", mime="image/png", content=bytes(range(256)))
    letter = replace(LETTER, html="<p>\u2028 \U0001f989 &nbsp;</p>\r\n", attachments=(picture,))
    number = written(database, an_edition(database, 1, letter=letter))
    assert number is not None
    with database.read() as tx:
        assert editions.letter_of(tx, number) == letter


def test_an_edition_comes_back_with_its_slot_and_its_times(database: Database) -> None:
    collected(database, draft(1))
    new = an_edition(database, 1, release_at=NOW + timedelta(minutes=30), reason="waits")
    number = written(database, new)
    assert number is not None
    with database.read() as tx:
        entry = editions.entry(tx, number)
    assert entry is not None
    assert (entry.slot, entry.release_at) == (new.slot, new.release_at)
    assert (entry.frozen_at, entry.reason, entry.sent_at) == (NOW, "waits", None)


def test_what_has_begun_to_go_out_is_listed_newest_first_a_part_at_a_time(
    database: Database,
) -> None:
    states = (
        EditionState.SENT, EditionState.SENDING, EditionState.FROZEN, EditionState.HELD,
        EditionState.CANCELLED, EditionState.SENT,
    )  # fmt: skip
    for day, state in enumerate(states, start=1):
        slot = slot_at(datetime(2026, 11, day, 7, 0), "Europe/Madrid")  # noqa: DTZ001
        letter = replace(LETTER, preheader=f"“Day” {day}")
        written(database, past_edition(slot, state, letter))
    for other in ({"language": "es"}, {"rehearsal": True}, {"digest": "weekly"}):
        written(database, replace(past_edition(slot, EditionState.SENT, LETTER), **other))
    with database.read() as tx:
        all_of_it = editions.past(tx, "daily", "en", rehearsal=False, limit=9)
        part = editions.past(tx, "daily", "en", rehearsal=False, limit=1, skipped=1)
    assert [each.preheader for each in all_of_it] == ["“Day” 6", "“Day” 2", "“Day” 1"]
    assert (all_of_it[0].slot, all_of_it[0].subject, part) == (slot, "Dawn", all_of_it[1:2])


def past_edition(slot: Slot, state: EditionState, letter: Letter) -> NewEdition:
    return NewEdition(
        digest="daily",
        slot=slot,
        language="en",
        rehearsal=False,
        state=state,
        now=NOW,
        subject="Dawn",
        letter=letter,
    )
