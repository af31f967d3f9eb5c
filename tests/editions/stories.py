"""Stories as the store knows them, with sensible defaults."""

from datetime import UTC, datetime, timedelta
from typing import Any

from newsletter.editions.select import Wish
from newsletter.editions.story import Story
from newsletter.model.article import Article, Image, Known, Moment
from newsletter.model.edition import EditionStory

_OWN = ("first_seen", "news_since", "baseline", "sources", "held", "withdrawn")
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def article(number: int = 1, language: str = "en", **changes: Any) -> Article:
    known: dict[str, Any] = {
        "id": f"a{number}-{language}",
        "source": "site",
        "url": f"https://example.com/{language}/{number}",
        "language": language,
        "title": f"Title {number}",
        "excerpt": f"Excerpt {number}.",
        "published": Moment(NOW - timedelta(hours=1, minutes=number)),
        "lead_image": Image(url=f"https://example.com/{number}.jpg"),
    }
    return Article(**known | changes)


def known(number: int = 1, language: str = "en", **changes: Any) -> Known:
    """`changes` that are fields of Known are its own; the others are the article's."""
    own = {name: changes.pop(name) for name in _OWN if name in changes}
    seen = own.get("first_seen", NOW - timedelta(hours=1))
    defaults = {"first_seen": seen, "news_since": seen, "sources": frozenset({"site"})}
    return Known(article=article(number, language, **changes), story=number, **{**defaults, **own})


def story(number: int = 1, *languages: str, **changes: Any) -> Story:
    """A story told in these languages, English when none is named."""
    return Story(number, tuple(known(number, each, **changes) for each in languages or ("en",)))


def wish(**changes: Any) -> Wish:
    asked: dict[str, Any] = {
        "language": "en",
        "now": NOW,
        "max_stories": 12,
        "max_age": timedelta(hours=48),
    }
    return Wish(**asked | changes)


def told(number: int = 1, **changes: Any) -> EditionStory:
    """A story as an edition shows it."""
    fallback = changes.pop("fallback", False)
    return EditionStory(story=number, article=article(number, **changes), fallback=fallback)
