"""Drafts and articles with defaults, for tests that care about one thing."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from typing import Any

from newsletter.articles.read import Reading, read_article
from newsletter.model.article import Article, Draft, Known, Moment, Page

URL = "https://news.example.com/2024/05/03/the-ferry/"
READING = Reading(languages=("en", "es"))
BODY = (
    (
        "The first ferry of the morning left the old harbour twenty minutes late on Friday, "
        "with eleven passengers and a crate of lemons on board."
    ),
    (
        "Its captain, who has made the crossing for thirty years, said that the winter storms had "
        "moved the sandbank again and that nobody had drawn a new chart."
    ),
    "The council promised to leave a reply in writing to every complaint before the summer.",
)


def page(
    *,
    head: str = "",
    body: str | None = None,
    title: str = "The ferry leaves late",
    lang: str = "en",
    above: str = "",
    below: str = "",
) -> str:
    """A plain article page; `above` and `below` stand around its paragraphs."""
    text = body if body is not None else "".join(f"<p>{escape(p)}</p>" for p in BODY)
    return (
        f'<!doctype html><html lang="{lang}"><head><title>{escape(title)} - The Harbour</title>'
        f'<meta property="og:site_name" content="The Harbour">{head}</head><body>'
        f'<nav><a href="/">Home</a></nav><main><article><h1>{escape(title)}</h1>{above}'
        f'<div class="entry-content">{text}</div>{below}</article></main>'
        "<footer>The Harbour</footer></body></html>"
    )


def ld(**fields: Any) -> str:
    """A script of JSON-LD that describes an article."""
    thing = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(thing)}</script>'


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{escape(content)}">'


def page_draft(html: str, url: str | None = URL) -> Draft:
    return Draft(source="harbour", origin="page", url=url, page=Page(url=url, html=html))


def feed_draft(**fields: Any) -> Draft:
    content = "".join(f"<p>{p}</p>" for p in BODY)
    given = {"url": URL, "title": "The ferry leaves late", "content": content, **fields}
    return Draft(source="harbour", origin="feed", **given)


def read(draft: Draft, reading: Reading = READING) -> Article:
    found = read_article(draft, reading)
    assert isinstance(found, Article), found
    return found


def article(**fields: Any) -> Article:
    given: dict[str, Any] = {
        "id": "a_1",
        "source": "harbour",
        "url": URL,
        "language": "en",
        "title": "The ferry leaves late",
        "excerpt": BODY[0],
        "body_text": "\n\n".join(BODY),
        "published": moment(3),
    }
    return Article(**{**given, **fields})


def known(story: int = 1, **fields: Any) -> Known:
    return Known(
        article=article(**fields), story=story, first_seen=moment(3).at, news_since=moment(3).at
    )


def moment(day: int) -> Moment:
    return Moment(datetime(2024, 5, day, 8, tzinfo=UTC))


def variant(of: Article, **fields: Any) -> Article:
    return replace(of, **fields)
