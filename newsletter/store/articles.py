"""Articles, and the stories that they are told in."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from newsletter.model.article import Article, Known, Pairing, Stamp
from newsletter.store.database import Tx
from newsletter.store.tables import articles, drafts, edition_stories, stories, translations

_ARTICLE = TypeAdapter(Article)
_STAMP = [articles.c[name] for name in Stamp.__dataclass_fields__]
_KNOWN = [
    articles.c.content,
    articles.c.story_id,
    articles.c.first_seen,
    articles.c.baseline,
    articles.c.pairing,
]


def alike(tx: Tx, stamp: Stamp, keys: Collection[str]) -> list[Stamp]:
    """What may be the same article: the same id or guid in its source, one of these addresses, or
    the same words, in any source; the one seen first stands first."""
    same = (
        (articles.c.id == stamp.id)
        | articles.c.url_key.in_(keys)
        | articles.c.canonical_key.in_(keys)
        | (articles.c.fingerprint == stamp.fingerprint)
    )
    if stamp.guid_key:
        same |= (articles.c.source == stamp.source) & (articles.c.guid_key == stamp.guid_key)
    rows = tx.run(sa.select(*_STAMP).where(same).order_by(articles.c.first_seen)).mappings()
    return [Stamp(**row) for row in rows]


def add(
    tx: Tx, article: Article, stamp: Stamp, named: Collection[str], *, baseline: bool, now: datetime
) -> int:
    """Remember a new article as a story of its own; return the story. `named` are the keys of the
    addresses that it names as its translations."""
    story = tx.run(sa.insert(stories).values(created_at=now).returning(stories.c.id)).scalar_one()
    tx.run(
        sa.insert(articles).values(
            **_columns(article, stamp),
            id=stamp.id,
            story_id=story,
            baseline=baseline,
            first_seen=now,
            changed_at=now,
        )
    )
    _name_translations(tx, stamp.id, named)
    return int(story)


def revise(tx: Tx, article: Article, stamp: Stamp, named: Collection[str], now: datetime) -> None:
    """Put the newest text in the place of an article's earlier one."""
    tx.run(
        sa.update(articles)
        .where(articles.c.id == stamp.id)
        .values(**_columns(article, stamp), changed_at=now)
    )
    tx.run(sa.delete(translations).where(translations.c.article_id == stamp.id))
    _name_translations(tx, stamp.id, named)


def drafts_of(tx: Tx, source: str) -> dict[str, str]:
    """The drafts of a source that were dealt with: key and hash."""
    rows: Iterable[Any] = tx.run(
        sa.select(drafts.c.key, drafts.c.hash).where(drafts.c.source == source)
    )
    return {row.key: row.hash for row in rows}


def note_draft(tx: Tx, source: str, key: str, draft_hash: str) -> None:
    """Remember that a draft was dealt with in this form."""
    row = {"source": source, "key": key, "hash": draft_hash}
    if tx.insert_new(drafts, [row]) == 0:
        same = (drafts.c.source == source) & (drafts.c.key == key)
        tx.run(sa.update(drafts).where(same).values(hash=draft_hash))


def pairing_candidates(tx: Tx, stamp: Stamp, named: Collection[str]) -> list[Known]:
    """The articles that this one may be a translation of, with all members of their stories: those
    at an address that it names, and those that name its own."""
    own = [key for key in (stamp.url_key, stamp.canonical_key) if key]
    naming = sa.select(translations.c.article_id).where(translations.c.key.in_(own))
    met = sa.select(articles.c.story_id).where(
        articles.c.id != stamp.id,
        articles.c.url_key.in_(named)
        | articles.c.canonical_key.in_(named)
        | articles.c.id.in_(naming),
    )
    return _known(tx, articles.c.story_id.in_(met) & (articles.c.id != stamp.id))


def same_key(tx: Tx, stamp: Stamp, translation_key: str) -> list[Known]:
    """Other articles that carry this translation key."""
    matches = articles.c.content["translation_key"].as_string() == translation_key
    met = sa.select(articles.c.story_id).where(matches, articles.c.id != stamp.id)
    return _known(tx, articles.c.story_id.in_(met) & (articles.c.id != stamp.id))


def join(tx: Tx, article_id: str, story: int, pairing: Pairing) -> None:
    """Make an article one of a story's. The ledger follows: what a reader has had stays had."""
    before = story_of(tx, article_id)
    tx.run(
        sa.update(articles)
        .where(articles.c.id == article_id)
        .values(story_id=story, pairing=pairing.value)
    )
    if before is None or before == story:
        return
    told = edition_stories.c.story_id == before
    if _has_articles(tx, before):  # that story goes on without it
        told &= edition_stories.c.article_id == article_id
    _move_ledger(tx, told, story)


def _has_articles(tx: Tx, story: int) -> bool:
    return bool(tx.connection.scalar(sa.select(sa.exists().where(articles.c.story_id == story))))


def _move_ledger(tx: Tx, told: sa.ColumnElement[bool], new: int) -> None:
    """Where a digest has used both in one language, the new story's own entry says it already."""
    mine, other = edition_stories, edition_stories.alias()
    used_both = sa.exists().where(
        other.c.story_id == new,
        (other.c.edition_id == mine.c.edition_id)
        | (
            (other.c.digest == mine.c.digest)
            & (other.c.language == mine.c.language)
            & (other.c.rehearsal == mine.c.rehearsal)
            & other.c.counts
        ),
    )
    tx.run(sa.update(mine).where(told, ~used_both).values(story_id=new))


def story_of(tx: Tx, article_id: str) -> int | None:
    return tx.connection.scalar(sa.select(articles.c.story_id).where(articles.c.id == article_id))


def known_since(tx: Tx, since: datetime) -> list[Known]:
    """Every story of which an article was first seen at or after `since`, with all its articles."""
    fresh = sa.select(articles.c.story_id).where(articles.c.first_seen >= since)
    return _known(tx, articles.c.story_id.in_(fresh))


def newest(tx: Tx, limit: int) -> list[Known]:
    """The stories seen last, whatever became of them."""
    last = (
        sa.select(articles.c.story_id)
        .group_by(articles.c.story_id)
        .order_by(sa.func.max(articles.c.first_seen).desc(), articles.c.story_id.desc())
        .limit(limit)
    )
    return _known(tx, articles.c.story_id.in_(last))


def all_baseline(tx: Tx) -> None:
    """Count everything that is there as old."""
    tx.run(sa.update(articles).values(baseline=True))


def _known(tx: Tx, where: sa.ColumnElement[bool]) -> list[Known]:
    order = (articles.c.story_id, articles.c.first_seen, articles.c.id)
    rows: Iterable[Any] = tx.run(sa.select(*_KNOWN).where(where).order_by(*order))
    return [
        Known(
            article=_ARTICLE.validate_python(row.content),
            story=row.story_id,
            first_seen=row.first_seen,
            baseline=row.baseline,
            pairing=Pairing(row.pairing) if row.pairing else None,
        )
        for row in rows
    ]


def _columns(article: Article, stamp: Stamp) -> dict[str, Any]:
    return {
        "source": stamp.source,
        "guid_key": stamp.guid_key,
        "url_key": stamp.url_key,
        "canonical_key": stamp.canonical_key,
        "fingerprint": stamp.fingerprint,
        "content_hash": stamp.content_hash,
        "language": article.language,
        "content": _ARTICLE.dump_python(article, mode="json"),
    }


def _name_translations(tx: Tx, article_id: str, named: Collection[str]) -> None:
    rows = [{"article_id": article_id, "key": key} for key in sorted(set(named))]
    tx.insert_new(translations, rows)
