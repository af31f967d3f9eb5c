"""No reader gets a story twice: in two languages, from two digests, or by another cadence."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from newsletter.flows.freeze import Composed
from newsletter.model.article import Pairing
from newsletter.model.delivery import DeliveryState
from newsletter.model.edition import EditionState, Rule
from newsletter.model.specs import ORIGINAL, Weekday
from newsletter.model.subscriber import Cadence
from newsletter.store import articles, variants
from newsletter.store.database import Database
from newsletter.store.tables import variants as table
from tests.flows.printing import SEVEN, composed, run
from tests.flows.readership import got, reader, settled, stories_of
from tests.flows.sources import ListedSource, collected, draft, read

DAY = timedelta(days=1)


def pair(number: int) -> tuple[Any, Any]:
    """A story in both languages."""
    key = {"translation_key": f"k{number}"}
    return draft(number, "en", **key), draft(number, "es", **key)


def sent_of(database: Database, made: dict[str, Composed]) -> dict[str, Composed]:
    for each in made.values():
        if each.number:
            settled(database, each.number)
    return made


def test_a_reader_of_two_languages_sees_each_story_once_in_the_first_of_them(
    database: Database,
) -> None:
    collected(database, *pair(1), draft(2, "en"), draft(3, "es"))
    both = reader(database, "both@example.com", languages=("es", "en"))
    composed(database, run())
    assert got(database, both) == [("daily.es", [1, 3]), ("daily.en", [2])]


def test_who_reads_one_language_gets_the_whole_edition(database: Database) -> None:
    collected(database, *pair(1), draft(2, "en"))
    reader(database, "both@example.com", languages=("es", "en"))
    ann = reader(database, "ann@example.com")
    made = composed(database, run())
    assert got(database, ann) == [("daily.en", [1, 2])]
    assert (made["en"].owed, made["en"].variants) == (2, 1)


def test_a_reader_of_two_digests_gets_of_the_second_what_the_first_did_not_tell(
    database: Database,
) -> None:
    collected(database, draft(1), draft(2))
    ann = reader(database, "ann@example.com")
    reader(database, ann, digest="weekly")
    sent_of(database, composed(database, run()))
    collected(database, draft(3), now=SEVEN + timedelta(hours=1))
    composed(database, run(23, name="weekly", max_age=7 * DAY))
    assert got(database, ann) == [("daily.en", [1, 2]), ("weekly.en", [3])]


def test_for_whom_nothing_is_left_there_is_no_mail(database: Database) -> None:
    collected(database, draft(1))
    ann = reader(database, "ann@example.com")
    reader(database, ann, digest="weekly")
    sent_of(database, composed(database, run()))
    bob = reader(database, "bob@example.com", digest="weekly")
    made = composed(database, run(name="weekly", max_age=7 * DAY))
    assert (made["en"].owed, got(database, bob)) == (1, [("weekly.en", [1])])
    assert got(database, ann) == [("daily.en", [1])]


def test_a_digest_for_some_of_its_readers_goes_to_those_alone(database: Database) -> None:
    collected(database, draft(1))
    ann = reader(database, "ann@example.com", tags=("members",))
    bob = reader(database, "bob@example.com")
    composed(database, run(audience='tag = "members"'))
    assert (got(database, ann), got(database, bob)) == ([("daily.en", [1])], [])


@pytest.mark.parametrize(
    ("state", "again"),
    [
        (DeliveryState.REFUSED, True),
        (DeliveryState.CANCELLED, True),
        (DeliveryState.SUPPRESSED, True),
        (DeliveryState.QUEUED, False),
        (DeliveryState.DEFERRED, False),
        (DeliveryState.UNKNOWN, False),
        (DeliveryState.HELD, False),
    ],
)
def test_only_what_surely_did_not_arrive_is_told_again(
    database: Database, state: DeliveryState, again: bool
) -> None:
    collected(database, draft(1))
    ann = reader(database, "ann@example.com")
    reader(database, ann, digest="weekly")
    settled(database, composed(database, run())["en"].number, state)
    made = composed(database, run(name="weekly", max_age=7 * DAY))
    assert made["en"].owed == (1 if again else 0)


def test_a_variant_s_letter_tells_nothing_of_what_it_leaves_out(database: Database) -> None:
    collected(database, *pair(1), draft(2, "en"))
    reader(database, "both@example.com", languages=("es", "en"))
    number = composed(database, run())["en"].number
    with database.read() as tx:
        (variant,) = tx.run(sa.select(table.c.id).where(table.c.edition_id == number)).scalars()
        letter = variants.letter_of(tx, variant)
        (told,) = variants.of_edition(tx, number)
    assert (told.variant, told.stories, told.readers) == (variant, 1, 1)
    assert "Quay 2 in en" in letter.html
    assert "Quay 1" not in letter.html + letter.text + letter.subject + letter.preheader


def test_a_late_translation_reaches_those_alone_who_did_not_get_the_original(
    database: Database,
) -> None:
    source = ListedSource("site", [draft(1, "en", translation_key="k")])
    read(database, source)
    ana = reader(database, "ana@example.com", languages=("es",))
    sent_of(database, composed(database, run(fallback=ORIGINAL)))
    eva = reader(database, "eva@example.com", languages=("es",))
    source.drafts.append(draft(1, "es", translation_key="k"))
    read(database, source, now=SEVEN + timedelta(hours=1))
    made = composed(database, run(23, fallback=ORIGINAL))
    assert made["es"].state is EditionState.FROZEN
    assert (got(database, ana), got(database, eva)) == ([("daily.es", [1])], [("daily.es", [1])])
    sent_of(database, made)
    assert composed(database, run(24, fallback=ORIGINAL))["es"].state is EditionState.SKIPPED


def test_a_late_translation_is_news_to_nobody_when_all_had_the_original(
    database: Database,
) -> None:
    source = ListedSource("site", [draft(1, "en", translation_key="k")])
    read(database, source)
    reader(database, "ana@example.com", languages=("es",))
    sent_of(database, composed(database, run(fallback=ORIGINAL)))
    source.drafts.append(draft(1, "es", translation_key="k"))
    read(database, source, now=SEVEN + timedelta(hours=1))
    made = composed(database, run(23, fallback=ORIGINAL))
    assert made["es"].state is EditionState.SKIPPED
    assert [left.rule for left in made["es"].left_out] == [Rule.MAILED]


def test_stories_that_turn_out_to_be_one_are_not_told_again(database: Database) -> None:
    collected(database, draft(1, "en"), draft(2, "es"))
    ann = reader(database, "ann@example.com")
    reader(database, ann, digest="weekly", languages=("es",))
    sent_of(database, composed(database, run()))
    with database.begin() as tx:
        spanish = articles.newest(tx, 5)
        (es,) = [known for known in spanish if known.article.language == "es"]
        articles.join(tx, es.article.id, 1, Pairing.EDITOR)
    composed(database, run(23, name="weekly", max_age=7 * DAY))
    assert stories_of(database, ann) == [1]


# --- cadence ------------------------------------------------------------------------------------


def week(database: Database, days: range, **changes: Any) -> dict[int, dict[str, Composed]]:
    """A story a day, and the editions of these days of November 2026."""
    made = {}
    for day in days:
        now = SEVEN + (day - 22) * DAY
        new = draft(day, published=(now - timedelta(hours=2)).isoformat())
        collected(database, new, now=now - timedelta(hours=1))
        made[day] = sent_of(database, composed(database, run(day, now=now, **changes)))
    return made


def test_a_weekly_reader_gets_one_edition_of_the_week_on_its_first_day(database: Database) -> None:
    eve = reader(database, "eve@example.com", cadence=Cadence.WEEKLY)
    ann = reader(database, "ann@example.com")
    week(database, range(16, 25))  # the 16th and the 23rd are Mondays
    assert got(database, eve) == [
        ("daily.en", [16]),
        ("daily.en", [17, 18, 19, 20, 21, 22, 23]),
    ]
    assert stories_of(database, ann) == list(range(16, 25))


def test_the_week_begins_when_the_digest_says(database: Database) -> None:
    eve = reader(database, "eve@example.com", cadence=Cadence.WEEKLY)
    week(database, range(16, 24), weekly_on=Weekday.FRIDAY)
    assert got(database, eve) == [("daily.en", [16]), ("daily.en", [17, 18, 19, 20])]


def test_a_weekly_reader_gets_the_week_s_stories_even_when_nothing_is_new_that_day(
    database: Database,
) -> None:
    week(database, range(15, 18))
    eve = reader(database, "eve@example.com", cadence=Cadence.WEEKLY)
    ann = reader(database, "ann@example.com")
    made = composed(database, run(23))
    assert made["en"].state is EditionState.FROZEN
    assert got(database, eve) == [("daily.en", [17])]
    assert got(database, ann) == []
    assert composed(database, run(24))["en"].state is EditionState.SKIPPED


def test_who_turns_from_every_edition_to_weekly_is_told_only_what_was_not_told(
    database: Database,
) -> None:
    eve = reader(database, "eve@example.com")
    week(database, range(16, 20))
    reader(database, eve, cadence=Cadence.WEEKLY)
    week(database, range(20, 24))
    assert stories_of(database, eve) == list(range(16, 24))
    assert got(database, eve)[-1] == ("daily.en", [20, 21, 22, 23])


def test_a_daily_reader_of_an_hourly_digest_gets_the_first_edition_of_the_day(
    database: Database,
) -> None:
    hourly = {"schedule": "0 * * * *", "max_age": DAY}
    dan = reader(database, "dan@example.com", cadence=Cadence.DAILY)
    week(database, range(22, 24), **hourly)
    assert [edition for edition, _ in got(database, dan)] == ["daily.en", "daily.en"]


def test_many_histories_make_no_more_letters_than_there_may_be(database: Database) -> None:
    numbers = range(1, 9)
    collected(database, *(draft(number) for number in numbers))
    for n in range(20):
        address = f"r{n}@example.com"
        reader(database, address, digest=f"d{n}")
        reader(database, address, digest="weekly")
    for n in range(20):
        chosen: dict[str, Any] = {"max_stories": 1 + n % 7, "name": f"d{n}", "languages": ("en",)}
        sent_of(database, composed(database, run(**chosen)))
    made = composed(database, run(name="weekly", languages=("en",), max_age=7 * DAY))
    assert made["en"].variants == 7
    for n in range(20):
        found = stories_of(database, f"r{n}@example.com")
        assert found == sorted(set(found)) == list(numbers)
