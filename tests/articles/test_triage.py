"""Which drafts are read, how much of each, and which wait."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsletter.articles.decide import FirstRun
from newsletter.articles.identity import draft_hash
from newsletter.articles.triage import Past, Triage, draft_key, triage
from newsletter.model.article import Draft

NOW = datetime(2024, 5, 3, 12, tzinfo=UTC)


def _draft(number: int, **fields: Any) -> Draft:
    known: dict[str, Any] = {
        "source": "harbour",
        "origin": "feed",
        "url": f"https://example.com/{number}",
        "guid": f"g{number}",
        "title": f"Story {number}",
        "published": (NOW - timedelta(hours=number)).isoformat(),
    }
    return Draft(**known | fields)


def _triaged(offered: list[Draft], **past: Any) -> Triage:
    known: dict[str, Any] = {"drafts": {}, "keys": {}}
    return triage(offered, Past(**known | past), "UTC")


def _whole(found: Triage) -> list[str | None]:
    return [task.draft.guid for task in found.tasks if task.whole]


def test_what_was_dealt_with_and_has_not_changed_is_not_read() -> None:
    seen, edited, new = _draft(1), _draft(2), _draft(3)
    known = {draft_key(seen): draft_hash(seen), draft_key(edited): "as it was"}
    found = _triaged([seen, edited, new], drafts=known)
    assert (_whole(found), found.unchanged) == (["g2", "g3"], 1)


def test_a_draft_is_filed_under_its_id_else_its_address_else_all_of_it() -> None:
    bare = _draft(1, guid=None, url=None)
    assert draft_key(_draft(1)) == "id:g1"
    assert draft_key(_draft(1, guid=None)) == "at:example.com/1"
    assert draft_key(bare) == draft_hash(bare)


def test_a_hundred_are_read_at_once_and_the_rest_postponed() -> None:
    found = _triaged([_draft(n) for n in range(130)], usual=200.0)
    assert (len(found.tasks), found.postponed, found.alarm) == (100, 30, None)


def test_no_page_is_asked_for_in_a_flood_but_those_of_known_articles() -> None:
    drafts = [_draft(n) for n in range(30)]
    found = _triaged(drafts, keys={"id:g7": "a_7"})
    assert "one of 29 new articles" in (found.alarm or "")
    assert _whole(found) == ["g7"]


def test_what_was_old_and_never_read_is_not_read_when_it_changes() -> None:
    found = _triaged([_draft(1), _draft(2)], keys={"id:g1": None, "at:example.com/2": "a_2"})
    assert [(task.whole, task.old) for task in found.tasks] == [(False, True), (True, False)]


@pytest.mark.parametrize(
    ("first_run", "new"),
    [(FirstRun(latest=0), 0), (FirstRun(latest=3), 3), (FirstRun(), 40)],
)
def test_a_first_reading_reads_what_is_new_and_a_few_to_show(first_run: FirstRun, new: int) -> None:
    found = _triaged([_draft(n) for n in range(40)], first_run=first_run)
    assert [task.draft.guid for task in found.tasks if not task.old] == [
        f"g{n}" for n in range(new)
    ]
    assert len(_whole(found)) == max(12, new)
    assert found.postponed == 0


def test_a_large_first_reading_reads_the_rest_the_next_time() -> None:
    found = _triaged([_draft(n) for n in range(150)], first_run=FirstRun())
    assert (len(_whole(found)), sum(task.again for task in found.tasks)) == (100, 50)
