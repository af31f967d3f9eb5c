"""Ten polls of a feed that changes everything it can change: every article is mailed once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from random import Random
from typing import Any

import pytest

from newsletter.app import App, open_app
from newsletter.store import editions
from tests.journeys.project import make_project
from tests.sources.server import Answer, Site, page, serving

START = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
_WORDS = [
    "ferry", "harbour", "lemon", "storm", "council", "bridge", "teacher", "winter", "river",
    "market", "owl", "tower", "letter", "garden", "engine", "salt", "captain", "orchard", "signal",
    "quarry", "lantern", "meadow", "cellar", "violin", "compass", "barley",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry of the feed; `number` is the article that it is about."""

    number: int
    title: str
    guid: str
    url: str

    @property
    def xml(self) -> str:
        words = Random(self.number)  # the text of an article is its own, and stays
        text = " ".join(words.choice(_WORDS) for _ in range(120))
        return (
            f"<item><title>{escape(self.title)}</title><link>{escape(self.url)}</link>"
            f'<guid isPermaLink="false">{escape(self.guid)}</guid>'
            f"<description>{text}</description></item>"
        )


def item(number: int) -> Item:
    return Item(
        number=number,
        title=f"{_WORDS[number]} and {_WORDS[-number]} in the {_WORDS[number + 3]}",
        guid=f"https://paper.example/?p={number}",
        url=f"http://paper.example/en/{number}",
    )


Change = Callable[[Item], Item]


def changed(**fields: str) -> Change:
    """Fills `{n}`, the article's number, and `{it}`, the entry as it was."""

    def change(it: Item) -> Item:
        new: dict[str, Any] = {
            name: value.format(n=it.number, it=it) for name, value in fields.items()
        }
        return replace(it, **new)

    return change


# What the feed looks like on each of the ten days: how many articles there are by then, and what
# has become of them since the day before.
POLLS: Sequence[tuple[range, Sequence[Change]]] = [
    (range(1, 5), []),
    (range(1, 6), [changed(guid="urn:uuid:{n}-second")]),
    (range(1, 7), [changed(title="{it.title}, updated")]),
    (range(1, 8), [changed(url="{it.url}?utm_source=rss&utm_medium=feed")]),
    (range(8, 0, -1), [changed(url="https://www.paper.example/en/{n}/")]),
    (range(0), []),
    (range(1, 9), [changed(url="https://news.daily.example/{n}", guid="nd-{n}")]),
    (range(1, 10), [changed(title="{it.title} (live)", guid="nd-{n}-v2")]),
    (range(10, 0, -1), [changed(url="https://news.daily.example/{n}?fbclid=x{n}")]),
    (range(1, 11), [changed(guid="https://paper.example/?p={n}", url="http://paper.example/en/{n}")]),
]  # fmt: skip


def feed(items: Sequence[Item]) -> Answer:
    entries = "".join(each.xml for each in items)
    document = f'<rss version="2.0"><channel><title>Paper</title>{entries}</channel></rss>'
    return page(document.encode(), content_type="application/rss+xml")


@dataclass(slots=True)
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def site() -> Iterator[tuple[Site, dict[str, Answer]]]:
    answers: dict[str, Answer] = {}
    with serving(answers) as site:
        yield site, answers


def mailed(app: App) -> list[int]:
    """The stories of all editions."""
    with app.database.read() as tx:
        entries = editions.recent(tx, 50)
        return [story for entry in entries for story in editions.story_ids(tx, entry.id)]


def test_every_article_of_a_restless_feed_is_mailed_once(
    tmp_path: Path, site: tuple[Site, dict[str, Answer]]
) -> None:
    served, answers = site
    source = (
        f'[[sources]]\nname = "paper"\nkind = "feed"\nurl = "{served.url}/feed"\nlanguage = "en"\n'
        'first_run = "all"\nenrich = false\nallow_private = ["127.0.0.1/32"]\n'
    )
    folder = make_project(
        tmp_path / "paper",
        sources=source,
        digest='languages = ["en"]\nmax_age = "30d"\napprove = "automatic"',
        readers={"en": ["ann@example.com"]},
    )
    now: dict[int, Item] = {}
    clock = Clock()
    new = []
    with open_app(folder, clock=clock) as app:
        app.editions.due(app.settings.digests[0])
        for day, (numbers, changes) in enumerate(POLLS):
            clock.now = START + day * DAY
            now = {n: _with(now.get(n) or item(n), changes) for n in {*now, *numbers}}
            answers["/feed"] = feed([now[n] for n in numbers])
            (result,) = app.newsroom.collect()
            assert (result.fault, result.held) == (None, 0)
            new.append(result.new)
            slot = app.editions.due(app.settings.digests[0])
            assert slot is None or app.editions.compose(app.settings.digests[0], slot)
        stories = mailed(app)
    assert new == [4, 1, 1, 1, 1, 0, 0, 1, 1, 0]
    assert len(stories) == len(set(stories)) == 10


def _with(entry: Item, changes: Sequence[Change]) -> Item:
    for change in changes:
        entry = change(entry)
    return entry
