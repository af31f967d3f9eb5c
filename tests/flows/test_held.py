"""What is held goes, or counts as old, when an editor says so."""

from datetime import timedelta

import pytest

from newsletter.flows.decide import DecisionFault, Release, decide_held
from newsletter.store import articles
from newsletter.store.database import Database
from tests.flows.printing import SEVEN, composed, run
from tests.flows.sources import NOW, ListedSource, draft, read

HOUR = timedelta(hours=1)


@pytest.fixture
def source(database: Database) -> ListedSource:
    """One that has brought thirty articles at once."""
    source = ListedSource("site", [draft(0)])
    read(database, source, first_run="baseline", now=NOW - 80 * HOUR)
    source.drafts += [draft(n) for n in range(1, 31)]
    assert read(database, source, now=NOW - 79 * HOUR).held == 30
    return source


def decided(database: Database, release: Release, *names: str) -> list[str]:
    meant = decide_held(database, release, names, who="ana", now=NOW)
    return sorted(known.article.title for known in meant)


def waiting(database: Database) -> dict[str, str]:
    with database.read() as tx:
        return {known.article.title: known.article.id for known in articles.held(tx)}


def test_what_is_held_is_not_mailed(database: Database, source: ListedSource) -> None:
    assert composed(database, run())["en"].reason == "nothing new"
    assert len(waiting(database)) == 30


def test_what_is_released_is_news_from_then_on_and_read_with_its_page(
    database: Database, source: ListedSource
) -> None:
    one = waiting(database)["Quay 7 in en"]
    assert decided(database, Release.RELEASE, one) == ["Quay 7 in en"]
    source.completed.clear()
    assert read(database, source, now=NOW).new == 0
    assert source.completed == ["https://example.com/en/7"]
    assert composed(database, run())["en"].stories == 1
    assert len(waiting(database)) == 29


def test_a_whole_source_is_released_by_its_name(database: Database, source: ListedSource) -> None:
    assert len(decided(database, Release.RELEASE, "site")) == 30
    assert composed(database, run(now=SEVEN))["en"].stories == 12


def test_what_is_dismissed_counts_as_old(database: Database, source: ListedSource) -> None:
    decided(database, Release.DISMISS, "site")
    assert (waiting(database), composed(database, run())["en"].reason) == ({}, "nothing new")


def test_a_name_that_is_not_held_is_refused_and_nothing_is_done(
    database: Database, source: ListedSource
) -> None:
    with pytest.raises(DecisionFault, match="nothing is held under nowhere; `newsletter held"):
        decided(database, Release.RELEASE, "site", "nowhere")
    assert len(waiting(database)) == 30
