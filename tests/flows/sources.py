"""Sources that hand over what a test puts into them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from newsletter.flows.collect import Collected, collect
from newsletter.flows.picture import Look
from newsletter.flows.reading import Subject
from newsletter.model.article import Draft
from newsletter.model.specs import FeedSpec
from newsletter.sources.port import Found
from newsletter.store.database import Database

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
_WORDS = (
    "The council met in the old harbour office and talked for three hours about the plan for the "
    "quay number {0}, which the ferries have used since the storm of that winter, and agreed to "
    "look at it once more when the engineers have measured how the water moves at night."
)


class ListedSource:
    """Implements the port over a list of drafts; `fault` is raised by the next reading."""

    def __init__(self, name: str = "site", drafts: Sequence[Draft] = ()) -> None:
        self.name = name
        self.drafts = list(drafts)
        self.fault: Exception | None = None
        self.completed: list[str | None] = []
        self.gone: dict[str | None, str] = {}

    def read(self, since: datetime | None = None) -> Found:
        if self.fault:
            raise self.fault
        return Found(drafts=tuple(self.drafts))

    def complete(self, draft: Draft) -> Draft:
        self.completed.append(draft.url)
        return draft

    def withdrawn(self, guid: str | None, url: str | None) -> str | None:
        return self.gone.get(guid)


def draft(number: int = 1, language: str = "en", **changes: Any) -> Draft:
    known: dict[str, Any] = {
        "source": "site",
        "origin": "feed",
        "url": f"https://example.com/{language}/{number}",
        "guid": f"{language}-{number}",
        "language": language,
        "title": f"Quay {number} in {language}",
        "content": f"<p>{_WORDS.format(f'{number} ({language})')}</p>",
        "published": (NOW - timedelta(hours=1)).isoformat(),
    }
    return Draft(**known | changes)


def feed_of(*numbers: int, ttl: str = "") -> bytes:
    """A feed whose entries are whole."""
    entries = (draft(number) for number in numbers)
    items = "".join(
        f"<item><title>{each.title}</title><link>{each.url}</link><guid>{each.guid}</guid>"
        f"<description><![CDATA[{each.content}]]></description></item>"
        for each in entries
    )
    return f'<rss version="2.0"><channel><title>Site</title>{ttl}{items}</channel></rss>'.encode()


def read(
    database: Database,
    source: ListedSource,
    *,
    first_run: str = "all",
    now: datetime = NOW,
    look: Look | None = None,
) -> Collected:
    """One reading of the source; with a `look`, its pictures are looked at."""
    spec = FeedSpec(kind="feed", name=source.name, url="https://example.com/f", first_run=first_run)
    return collect(database, Subject(source, spec, look=look), ("en", "es"), now)


def collected(database: Database, *drafts: Draft, now: datetime = NOW) -> Collected:
    """These drafts as articles in the store, all of them new."""
    return read(database, ListedSource("site", drafts), now=now)
