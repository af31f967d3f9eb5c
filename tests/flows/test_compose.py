"""An edition is frozen whole, with its stories and its readers, or not at all."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from newsletter.editions.slot import slot_at
from newsletter.flows.compose import compose, due
from newsletter.flows.press import Press, copy_keys
from newsletter.model.article import Article, Image
from newsletter.model.edition import EditionState, Rule
from newsletter.model.specs import ORIGINAL, Approval, Fallback
from newsletter.rendering.faults import LayoutFault
from newsletter.starter.project import layouts
from newsletter.store import deliveries, editions, pictures
from newsletter.store.database import Database, DatabaseFault, Tx
from tests.flows.mailings import enrolled
from tests.flows.printing import SEVEN, composed, digest, press, run
from tests.flows.sources import NOW, ListedSource, collected, draft, read

FROZEN, SKIPPED, HELD = EditionState.FROZEN, EditionState.SKIPPED, EditionState.HELD
DAY = timedelta(days=1)


def stories(database: Database, number: int) -> int:
    with database.read() as tx:
        return len(editions.story_ids(tx, number))


def count(database: Database, table: str) -> int:
    with database.read() as tx:
        return int(tx.connection.exec_driver_sql(f"select count(*) from {table}").scalar_one())


def html(database: Database, number: int) -> str:
    with database.read() as tx:
        return editions.letter_of(tx, number).html


def test_an_edition_is_frozen_with_its_stories_and_its_readers(database: Database) -> None:
    collected(database, draft(1), draft(2), draft(3, "es"))
    enrolled(database, "ann@example.com", "bob@example.com")
    found = composed(database, run())
    assert (found["en"].state, found["en"].stories, found["en"].owed) == (FROZEN, 2, 2)
    assert (found["es"].state, found["es"].stories, found["es"].owed) == (FROZEN, 1, 0)
    assert stories(database, found["en"].number) == 2


def test_with_nothing_new_nothing_is_sent_and_the_slot_says_why(database: Database) -> None:
    found = composed(database, run())
    assert (found["en"].state, found["en"].reason) == (SKIPPED, "nothing new")


def test_too_few_stories_wait_for_more(database: Database) -> None:
    collected(database, draft(1))
    found = composed(database, run(min_stories=2))
    assert found["en"].reason == "1 new, min_stories is 2"
    collected(database, draft(2), now=NOW + timedelta(hours=2))
    assert composed(database, run(23, min_stories=2))["en"].stories == 2


def test_a_story_comes_once_whatever_happens_to_it(database: Database) -> None:
    source = ListedSource("site", [draft(1)])
    read(database, source)
    composed(database, run())
    changes: list[dict[str, Any]] = [
        {"title": "Corrected"},
        {"guid": "x", "url": "https://e.example/"},
    ]
    for change in changes:
        source.drafts = [replace(source.drafts[0], **change)]
        read(database, source, now=SEVEN + timedelta(hours=1))
    assert composed(database, run(23))["en"].state is SKIPPED


def test_the_newest_text_is_frozen_and_stays(database: Database) -> None:
    source = ListedSource("site", [draft(1, title="First words")])
    read(database, source)
    source.drafts = [draft(1, title="Better words")]
    read(database, source)
    number = composed(database, run())["en"].number
    source.drafts = [draft(1, title="Too late")]
    read(database, source)
    assert "Better words" in html(database, number)


def test_a_slot_is_composed_once(database: Database) -> None:
    collected(database, draft(1))
    assert len(composed(database, run())) == 2
    assert composed(database, run()) == {}


def test_two_at_once_compose_one_edition_a_language(database: Database) -> None:
    collected(database, draft(1), draft(2, "es"))
    threads = [threading.Thread(target=compose, args=(database, press(), run())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(database, "editions") == 2


def test_a_rehearsal_and_the_real_thing_know_nothing_of_each_other(database: Database) -> None:
    collected(database, draft(1))
    assert composed(database, run(rehearsal=True))["en"].state is FROZEN
    assert composed(database, run())["en"].state is FROZEN
    assert composed(database, run(23))["en"].state is SKIPPED


def test_a_broken_layout_freezes_no_language(database: Database, tmp_path: Path) -> None:
    collected(database, draft(1), draft(2, "es"))
    with pytest.raises(LayoutFault, match="nowhere"):
        compose(database, press(), run(layout="nowhere"))
    assert count(database, "editions") == 0


@contextmanager
def failing_deliveries(database: Database) -> Iterator[None]:
    """Make the last step of freezing impossible."""
    with database.begin() as tx:
        tx.run(sa.text("alter table deliveries rename to deliveries_away"))
    try:
        yield
    finally:
        with database.begin() as tx:
            tx.run(sa.text("alter table deliveries_away rename to deliveries"))


def test_a_failure_in_the_middle_of_freezing_leaves_nothing(database: Database) -> None:
    collected(database, draft(1))
    with failing_deliveries(database), pytest.raises((DatabaseFault, sa.exc.DBAPIError)):
        compose(database, press(), run())
    assert (count(database, "editions"), count(database, "edition_stories")) == (0, 0)
    assert composed(database, run())["en"].state is FROZEN


@pytest.mark.parametrize(
    ("approve", "rehearsal", "state", "release"),
    [
        (Approval(needed=False), False, FROZEN, None),
        (Approval(needed=True), False, HELD, None),
        (Approval(needed=True, veto=timedelta(minutes=30)), False, HELD, timedelta(minutes=30)),
        (Approval(needed=True), True, FROZEN, None),
    ],
)
def test_who_has_to_approve(
    database: Database,
    approve: Approval,
    rehearsal: bool,
    state: EditionState,
    release: timedelta | None,
) -> None:
    collected(database, draft(1))
    number = composed(database, run(approve=approve, rehearsal=rehearsal))["en"].number
    with database.read() as tx:
        entry = editions.entry(tx, number)
    assert entry is not None
    assert entry.state is state
    assert entry.release_at == (SEVEN + release if release else None)


@pytest.mark.parametrize(
    ("approve", "woken"), [(Approval(needed=False), True), (Approval(needed=True), False)]
)
def test_workers_are_woken_for_what_waits_for_nobody(
    database: Database, approve: Approval, woken: bool
) -> None:
    collected(database, draft(1))  # nothing in Spanish
    told: list[int] = []

    def wake(tx: Tx, number: int) -> None:
        assert editions.entry(tx, number)  # in the transaction that freezes it
        told.append(number)

    made = compose(database, press(), run(approve=approve), wake=wake)
    frozen = [each.number for each in made if each.language == "en"]
    assert told == (frozen if woken else [])


@pytest.mark.parametrize("carry_over", [False, True])
def test_forty_stories_a_day_for_five_days(database: Database, carry_over: bool) -> None:
    mailed: list[int] = []
    for day in range(22, 27):
        now = NOW + (day - 22) * DAY
        today = range(day * 100, day * 100 + 40)
        news = [draft(n, published=(now - timedelta(hours=1)).isoformat()) for n in today]
        assert collected(database, *news, now=now).new == 40
        found = composed(database, run(day, languages=("en",), carry_over=carry_over))["en"]
        with database.read() as tx:
            mailed += editions.story_ids(tx, found.number)
        rules = [left.rule for left in found.left_out]
        full = rules.count(Rule.MAX_STORIES)
        assert full >= 28 if carry_over else full == 28
        assert rules.count(Rule.PASSED_OVER) == 0 if carry_over else True
        # Every story of these days is in the edition, or left out by a rule that is named.
        assert 12 + len(rules) == 40 * min(day - 21, 4)
    assert len(mailed) == len(set(mailed)) == 60
    with database.read() as tx:
        used = editions.used_stories(tx, "daily", "en", rehearsal=False)
    passed_over = [story for story, rule in used.items() if rule is Rule.PASSED_OVER]
    assert len(passed_over) == (0 if carry_over else 140)
    assert not set(passed_over) & set(mailed)


def test_the_original_first_and_its_translation_later_is_one_story(database: Database) -> None:
    source = ListedSource("site", [draft(1, "en", translation_key="k")])
    read(database, source)
    first = composed(database, run(fallback=ORIGINAL))
    source.drafts.append(draft(1, "es", translation_key="k"))
    read(database, source, now=SEVEN + timedelta(hours=1))
    second = composed(database, run(23, fallback=ORIGINAL))
    assert (first["es"].state, second["es"].state) == (FROZEN, SKIPPED)


def test_a_late_translation_is_new_to_those_who_had_nothing(database: Database) -> None:
    source = ListedSource("site", [draft(1, "en", translation_key="k")])
    read(database, source)
    composed(database, run())
    source.drafts.append(draft(1, "es", translation_key="k"))
    read(database, source, now=SEVEN + timedelta(hours=1))
    second = composed(database, run(23))
    assert (second["en"].state, second["es"].state) == (SKIPPED, FROZEN)


def test_a_late_pairing_brings_no_story_again(database: Database) -> None:
    source = ListedSource("site", [draft(1, "en"), draft(2, "es")])
    read(database, source)
    composed(database, run())
    linked = {"es": "https://example.com/es/2"}
    source.drafts = [draft(1, "en", translations=linked), draft(2, "es")]
    read(database, source, now=SEVEN + timedelta(hours=1))
    found = composed(database, run(23))
    assert {each.state for each in found.values()} == {SKIPPED}


def test_an_article_that_was_mailed_takes_that_along_into_another_story(
    database: Database,
) -> None:
    source = ListedSource("site")
    for day, mother in ((22, 1), (23, 3)):
        linked = {"en": f"https://example.com/en/{mother}"}
        source.drafts = [draft(1), draft(3), draft(2, "es", translations=linked)]
        read(database, source)
        found = composed(database, run(day))
    assert {each.state for each in found.values()} == {SKIPPED}


def a_picture(tmp_path: Path) -> Image:
    picture = next(path for path in _shipped_pictures() if path.suffix == ".jpg")
    return Image(file=str(picture), alt="A harbour")


def _shipped_pictures() -> Iterator[Path]:
    import newsletter.starter

    yield from (Path(newsletter.starter.__file__).parent / "articles" / "images").iterdir()


def test_a_picture_without_an_address_travels_with_the_letter(
    database: Database, tmp_path: Path
) -> None:
    collected(database, draft(1, images=(a_picture(tmp_path),)))
    printer = press(read_picture=lambda image: Path(image.file or "").read_bytes())
    number = composed(database, run(), printer)["en"].number
    with database.read() as tx:
        letter = editions.letter_of(tx, number)
    (attached,) = letter.attachments
    assert (attached.mime, attached.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert f'src="cid:{attached.cid}"' in letter.html


def resizing(tmp_path: Path, database: Database) -> Press:
    """One article with a picture in the store, and a press that can read it."""
    collected(database, draft(1, images=(a_picture(tmp_path),)))
    return press(read_picture=lambda image: Path(image.file or "").read_bytes())


def test_copies_of_pictures_are_kept_with_the_edition_that_shows_them(
    database: Database, tmp_path: Path
) -> None:
    printer = resizing(tmp_path, database)
    number = composed(database, run(images="resize"), printer)["en"].number
    (key,) = copy_keys(html(database, number))
    with database.read() as tx:
        copy = pictures.copy_of(tx, key)
        assert editions.letter_of(tx, number).attachments == ()
    assert copy is not None
    assert (copy.mime, copy.content[:2]) == ("image/jpeg", b"\xff\xd8")


def test_a_failure_in_the_middle_of_freezing_keeps_no_copy(
    database: Database, tmp_path: Path
) -> None:
    printer = resizing(tmp_path, database)
    with failing_deliveries(database), pytest.raises((DatabaseFault, sa.exc.DBAPIError)):
        compose(database, printer, run(images="resize"))
    assert count(database, "pictures") == 0


def test_an_unreadable_picture_is_left_out_and_named(database: Database, tmp_path: Path) -> None:
    collected(database, draft(1, images=(a_picture(tmp_path),)))
    found = composed(database, run())["en"]
    assert "is not to be had" in found.missing[0]
    assert "<img" not in html(database, found.number).replace("&lt;img", "")


def due_at(database: Database, now: Any, **changes: Any) -> str | None:
    slot, _ = due(database, digest(**changes), rehearsal=False, now=now)
    return slot.key if slot else None


def test_the_first_slot_is_the_first_after_the_digest_was_first_seen(database: Database) -> None:
    assert due_at(database, SEVEN + timedelta(hours=1)) is None
    assert due_at(database, SEVEN + timedelta(hours=20)) is None
    assert due_at(database, SEVEN + DAY) == "2026-11-23T07:00"


def test_after_an_outage_the_last_slot_runs_and_the_others_say_why_not(database: Database) -> None:
    due_at(database, SEVEN - timedelta(hours=1))
    assert due_at(database, SEVEN + 2 * DAY + timedelta(minutes=5)) == "2026-11-24T07:00"
    with database.read() as tx:
        reasons = {entry.reason for entry in editions.recent(tx, 10)}
    assert reasons == {"folded into 2026-11-24T07:00: several were due"}


def test_a_slot_missed_by_too_much_is_folded_into_the_next(database: Database) -> None:
    due_at(database, SEVEN - timedelta(hours=1))
    assert due_at(database, SEVEN + timedelta(hours=7)) is None
    assert due_at(database, SEVEN + DAY) == "2026-11-23T07:00"


def test_a_slot_run_ahead_of_its_time_does_not_hide_those_before_it(database: Database) -> None:
    due_at(database, SEVEN - timedelta(hours=1))
    ahead = slot_at(SEVEN.replace(tzinfo=None, year=2027), "UTC")
    compose(database, press(), replace(run(), slot=ahead))
    assert due_at(database, SEVEN) == "2026-11-22T07:00"


def test_who_joins_later_gets_no_backlog(database: Database) -> None:
    collected(database, draft(1))
    enrolled(database, "ann@example.com")
    number = composed(database, run())["en"].number
    enrolled(database, "bob@example.com")
    with database.read() as tx:
        assert [email for email, _, _ in deliveries.recipients(tx, number)] == ["ann@example.com"]


def test_the_shipped_layouts_are_where_the_press_looks() -> None:
    assert (layouts() / "digest" / "layout.mjml.j2").is_file()


def test_an_article_that_was_withdrawn_makes_room_for_the_next(database: Database) -> None:
    source = ListedSource("site", [draft(1), draft(2), draft(3)])
    read(database, source, now=NOW - timedelta(hours=1))
    asked: list[str | None] = []

    def withdrawn(article: Article) -> str | None:
        asked.append(article.guid)
        return "the server answered 410" if article.guid == "en-3" else None

    made = run(languages=("en",), max_stories=2)
    (found,) = compose(database, press(), made, withdrawn)
    assert (found.stories, sorted(map(str, asked))) == (2, ["en-1", "en-2", "en-3"])
    (left,) = found.set_aside
    assert (left.rule, left.reason) == (Rule.WITHDRAWN, "the server answered 410")
    assert (left.title, found.left_out) == ("Quay 3 in en", (left,))


def test_what_was_withdrawn_is_told_once_and_comes_back_when_it_changes(
    database: Database,
) -> None:
    source = ListedSource("site", [draft(1)])
    read(database, source, now=NOW - timedelta(hours=1))
    (first,) = compose(database, press(), run(languages=("en",)), lambda article: "gone")
    (second,) = compose(database, press(), run(23, languages=("en",)), lambda article: "gone")
    assert [len(each.set_aside) for each in (first, second)] == [1, 0]
    assert [left.rule for left in second.left_out] == [Rule.WITHDRAWN]
    source.drafts = [draft(1, title="Back, and corrected")]
    read(database, source, now=SEVEN + 2 * timedelta(hours=1))
    (third,) = compose(database, press(), run(24, languages=("en",), max_age=5 * DAY))
    assert third.stories == 1


def test_an_article_that_was_just_read_is_not_asked_after(database: Database) -> None:
    collected(database, draft(1), now=SEVEN - timedelta(minutes=5))
    (found,) = compose(database, press(), run(languages=("en",)), lambda article: "gone")
    assert found.stories == 1


def test_an_edition_waits_for_a_translation_and_then_shows_the_original(
    database: Database,
) -> None:
    collected(database, draft(1), now=SEVEN - timedelta(hours=2))
    wait = Fallback(original=True, wait=timedelta(hours=6))
    first = composed(database, run(fallback=wait))
    assert (first["en"].state, first["es"].state) == (FROZEN, SKIPPED)
    assert [left.rule for left in first["es"].left_out] == [Rule.WAITING]
    assert composed(database, run(23, fallback=wait))["es"].stories == 1


def test_a_skipped_slot_names_the_sources_that_could_not_be_read(database: Database) -> None:
    (found,) = compose(database, press(), replace(run(languages=("en",)), lacking=("site",)))
    assert found.reason == "nothing new; could not be read: site"
