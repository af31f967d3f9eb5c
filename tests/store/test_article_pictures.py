"""How many articles of a source name the same picture."""

from datetime import UTC, datetime

import pytest

from newsletter.articles.identity import stamp_of
from newsletter.store import article_pictures, articles
from newsletter.store.article_pictures import name_pictures, naming
from newsletter.store.database import Database
from tests.articles.build import article, feed_draft

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


@pytest.fixture
def held(database: Database) -> Database:
    """Five articles of the harbour in English, and one in Spanish."""
    with database.begin() as tx:
        for number in range(6):
            language = "es" if number == 5 else "en"
            one = article(id=f"a_{number}", language=language, title=f"Quay {number}")
            stamp = stamp_of(feed_draft(), one)
            articles.add(tx, one, stamp, [], baseline=False, now=NOW)
            name_pictures(tx, one.id, "harbour", ["logo", f"own-{number}"])
    return database


def test_a_picture_has_the_articles_that_name_it(held: Database) -> None:
    with held.read() as tx:
        assert naming(tx, "harbour", "en", "own-1", most=9) == {"a_1"}
        assert naming(tx, "harbour", "en", "logo", most=9) == {f"a_{n}" for n in range(5)}
        assert naming(tx, "harbour", "es", "logo", most=9) == {"a_5"}
        assert naming(tx, "elsewhere", "en", "logo", most=9) == set()


def test_no_more_are_counted_than_matter(held: Database) -> None:
    with held.read() as tx:
        assert len(naming(tx, "harbour", "en", "logo", most=3)) == 3


def test_what_an_article_named_before_is_forgotten(held: Database) -> None:
    with held.begin() as tx:
        name_pictures(tx, "a_1", "harbour", ["new", "new"])
    with held.read() as tx:
        assert naming(tx, "harbour", "en", "own-1", most=9) == set()
        assert naming(tx, "harbour", "en", "new", most=9) == {"a_1"}
        assert article_pictures.naming(tx, "harbour", "en", "logo", most=9) == {
            "a_0", "a_2", "a_3", "a_4"
        }  # fmt: skip
