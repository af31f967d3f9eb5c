"""A press with the shipped layout, and runs of a daily digest."""

from datetime import UTC, datetime
from typing import Any

from newsletter.editions.slot import slot_at
from newsletter.flows.choosing import Run
from newsletter.flows.compose import compose
from newsletter.flows.freeze import Composed
from newsletter.flows.press import Press
from newsletter.lib.errors import NewsletterError
from newsletter.model.article import Image
from newsletter.model.specs import Digest, Publication
from newsletter.starter.project import layouts
from newsletter.store.database import Database


def unreadable(image: Image) -> bytes:
    raise NewsletterError(f"{image.url or image.file}: is not to be had")


def press(**changes: Any) -> Press:
    known: dict[str, Any] = {
        "publication": Publication(name="The Example", url="https://example.com"),
        "base_url": "https://news.example.com",
        "folders": (layouts(),),
        "read_picture": unreadable,
    }
    return Press(**known | changes)


def digest(**changes: Any) -> Digest:
    known: dict[str, Any] = {
        "name": "daily",
        "title": "Morning edition",
        "schedule": "0 7 * * *",
        "timezone": "UTC",
        "languages": ("en", "es"),
    }
    return Digest(**known | changes)


def run(day: int = 22, **changes: Any) -> Run:
    """The slot of 07:00 UTC on a day of November 2026, run on time; `changes` of the digest, but
    for `now` and `rehearsal`."""
    slot = slot_at(datetime(2026, 11, day, 7, 0), "UTC")  # noqa: DTZ001
    own: dict[str, Any] = {"now": changes.pop("now", slot.at)}
    own["rehearsal"] = changes.pop("rehearsal", False)
    return Run(digest=digest(**changes), slot=slot, **own)


def composed(database: Database, made: Run, printer: Press | None = None) -> dict[str, Composed]:
    """What composing came to, by language."""
    return {each.language: each for each in compose(database, printer or press(), made)}


SEVEN = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
