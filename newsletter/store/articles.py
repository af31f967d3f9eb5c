"""Articles, and the stories that they are told in."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from newsletter.model.article import AT, Article, Earlier, Known, Pairing, Stamp
from newsletter.store.database import Tx
from newsletter.store.tables import (
    Utc,
    article_keys,
    articles,
    drafts,
    edition_stories,
    stories,
    translations,
    variant_stories,
)

_ARTICLE = TypeAdapter(Article)
_OWN = ("id", "source", "fingerprint", "content_hash", "title_key", "opening_key")
_STAMP = [articles.c[name] for name in _OWN]
_KNOWN = [
    articles.c.content,
    articles.c.story_id,
    articles.c.first_seen,
    articles.c.news_since,
    articles.c.baseline,
    articles.c.pairing,
    articles.c.held,
    articles.c.withdrawn,
]
_MOST_AT_ONCE = 500  # values in one question: SQLite takes at most 32,766


def earlier(tx: Tx, stamp: Stamp) -> list[Earlier]:
    """What may be the same article: the same id in its source, one of its addresses in any, the
    same words, headline or opening; the one seen first stands first."""
    same_key = sa.select(article_keys.c.article_id).where(
        article_keys.c.key.in_(stamp.addresses)
        | ((article_keys.c.source == stamp.source) & article_keys.c.key.in_(stamp.ids))
    )
    same = (
        (articles.c.id == stamp.id)
        | articles.c.id.in_(same_key)
        | (articles.c.fingerprint == stamp.fingerprint)
    )
    for column, key in (
        (articles.c.title_key, stamp.title_key),
        (articles.c.opening_key, stamp.opening_key),
    ):
        if key:
            same |= column == key
    rows: Iterable[Any] = tx.run(
        sa.select(*_STAMP, articles.c.content, articles.c.first_seen)
        .where(same)
        .order_by(articles.c.first_seen, articles.c.id)
        .limit(_MOST_AT_ONCE)
    ).mappings()
    found = list(rows)
    keys, sources = _keys_of(tx, [row["id"] for row in found], stamp.source)
    return [
        Earlier(
            stamp=Stamp(**{name: row[name] for name in _OWN}, keys=frozenset(keys[row["id"]])),
            article=_ARTICLE.validate_python(row["content"]),
            first_seen=row["first_seen"],
            sources=frozenset({row["source"], *sources[row["id"]]}),
        )
        for row in found
    ]


def _keys_of(
    tx: Tx, ids: Collection[str], source: str
) -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
    """The keys of articles, and the sources that brought them. An id is its source's own: those of
    other sources than `source` are left out."""
    keys: Mapping[str, set[str]] = defaultdict(set)
    sources: Mapping[str, set[str]] = defaultdict(set)
    rows: Iterable[Any] = tx.run(
        sa.select(article_keys).where(article_keys.c.article_id.in_(ids)) if ids else _NOTHING
    )
    for row in rows:
        sources[row.article_id].add(row.source)
        if row.source == source or row.key.startswith(AT):
            keys[row.article_id].add(row.key)
    return keys, sources


_NOTHING = sa.select(article_keys).where(sa.false())


def known_keys(tx: Tx, source: str, keys: Iterable[str]) -> dict[str, str | None]:
    """Those of the keys under which this source showed something before, with its article; None
    where that was old at the first reading and has never been read."""
    found: dict[str, str | None] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), _MOST_AT_ONCE):
        some = wanted[start : start + _MOST_AT_ONCE]
        rows: Iterable[Any] = tx.run(
            sa.select(article_keys.c.key, article_keys.c.article_id).where(
                article_keys.c.source == source, article_keys.c.key.in_(some)
            )
        )
        found |= {row.key: row.article_id for row in rows}
    return found


def add(
    tx: Tx,
    article: Article,
    stamp: Stamp,
    named: Collection[str],
    *,
    baseline: bool,
    now: datetime,
    held: str | None = None,
) -> int:
    """Remember a new article as a story of its own; return the story. `named` are the keys of the
    addresses that it names as its translations, `held` is why an editor has to let it go."""
    story = _new_story(tx, now)
    tx.run(
        sa.insert(articles).values(
            **_columns(article, stamp),
            id=stamp.id,
            story_id=story,
            baseline=baseline,
            held=held,
            first_seen=now,
            news_since=_news_since(article, now),
            changed_at=now,
        )
    )
    note_keys(tx, stamp.source, stamp.keys, stamp.id)
    _name_translations(tx, stamp.id, named)
    return story


def revise(tx: Tx, article: Article, stamp: Stamp, named: Collection[str], now: datetime) -> None:
    """Put the newest text in the place of an article's earlier one. One that is announced for
    later may get another day; what is news already does not become it again."""
    later = articles.c.news_since > sa.bindparam("now", now, Utc)
    tx.run(
        sa.update(articles)
        .where(articles.c.id == stamp.id)
        .values(
            **_columns(article, stamp),
            withdrawn=None,
            news_since=sa.case(
                (later, sa.bindparam("news", _news_since(article, now), Utc)),
                else_=articles.c.news_since,
            ),
            changed_at=now,
        )
    )
    note_keys(tx, stamp.source, stamp.keys, stamp.id)
    tx.run(sa.delete(translations).where(translations.c.article_id == stamp.id))
    _name_translations(tx, stamp.id, named)


def note_keys(tx: Tx, source: str, keys: Iterable[str], article_id: str | None) -> None:
    """Know these keys of a source from now on, as those of an article or of what is old. A key
    stays with what it was given to first."""
    rows = [{"source": source, "key": key, "article_id": article_id} for key in sorted(keys)]
    tx.insert_new(article_keys, rows)


def _new_story(tx: Tx, now: datetime) -> int:
    made = sa.insert(stories).values(created_at=now).returning(stories.c.id)
    return int(tx.run(made).scalar_one())


def _news_since(article: Article, seen: datetime) -> datetime:
    return max(seen, article.published.instant) if article.published else seen


def latest_dates(tx: Tx, source: str, limit: int) -> list[datetime]:
    """When the latest articles of a source were published."""
    dates = tx.run(
        sa.select(articles.c.published_at)
        .where(articles.c.source == source, articles.c.published_at.is_not(None))
        .order_by(articles.c.published_at.desc())
        .limit(limit)
    )
    return list(dates.scalars())


def latest_texts(tx: Tx, source: str, limit: int) -> list[str]:
    """The texts of the articles that a source has brought or changed last."""
    rows: Iterable[Any] = tx.run(
        sa.select(articles.c.content["body_text"].as_string().label("text"))
        .where(articles.c.source == source)
        .order_by(articles.c.changed_at.desc())
        .limit(limit)
    )
    return [row.text or "" for row in rows]


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
    at an address that it names, those that name its own, and those that name the same."""
    naming = sa.select(translations.c.article_id).where(translations.c.key.in_(stamp.addresses))
    standing = sa.select(article_keys.c.article_id).where(article_keys.c.key.in_(named))
    rivalling = sa.select(translations.c.article_id).where(translations.c.key.in_(named))
    met = sa.select(articles.c.story_id).where(
        articles.c.id != stamp.id,
        articles.c.id.in_(naming) | articles.c.id.in_(standing) | articles.c.id.in_(rivalling),
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
    goes_on = _has_articles(tx, before)  # that story, without the article
    _move_ledger(tx, before, article_id if goes_on else None, story)


def part(tx: Tx, article_id: str, now: datetime, pairing: Pairing | None = None) -> int:
    """Make an article a story of its own again, and return that. Where it was mailed it stays
    mailed."""
    story = _new_story(tx, now)
    tx.run(
        sa.update(articles)
        .where(articles.c.id == article_id)
        .values(story_id=story, pairing=pairing.value if pairing else None)
    )
    for table in (edition_stories, variant_stories):
        of_it = sa.update(table).where(table.c.article_id == article_id)
        tx.run(of_it.values(story_id=story))
    return story


def pairing_of(tx: Tx, article_id: str) -> Pairing | None:
    found = tx.connection.scalar(sa.select(articles.c.pairing).where(articles.c.id == article_id))
    return Pairing(found) if found else None


def named(tx: Tx, name: str) -> Known | None:
    """The article with this id or key."""
    at_key = sa.select(article_keys.c.article_id).where(article_keys.c.key == name)
    found = _known(tx, (articles.c.id == name) | articles.c.id.in_(at_key))
    return found[0] if found else None


def _has_articles(tx: Tx, story: int) -> bool:
    return bool(tx.connection.scalar(sa.select(sa.exists().where(articles.c.story_id == story))))


def _move_ledger(tx: Tx, before: int, article_id: str | None, new: int) -> None:
    """Move what is written of a story, or of one article of it, to another. Where a digest has used
    both in one language, the new story's own entry counts."""
    mine, other = edition_stories, edition_stories.alias()
    told = _told(mine, before, article_id)
    in_both = sa.exists().where(other.c.story_id == new, other.c.edition_id == mine.c.edition_id)
    used_both = sa.exists().where(
        other.c.story_id == new,
        other.c.digest == mine.c.digest,
        other.c.language == mine.c.language,
        other.c.rehearsal == mine.c.rehearsal,
        other.c.counts,
    )
    tx.run(sa.update(mine).where(told, ~in_both, used_both).values(counts=False))
    tx.run(sa.update(mine).where(told, ~in_both).values(story_id=new))
    shown, also = variant_stories, variant_stories.alias()
    twice = sa.exists().where(also.c.story_id == new, also.c.variant_id == shown.c.variant_id)
    moved = sa.update(shown).where(_told(shown, before, article_id), ~twice)
    tx.run(moved.values(story_id=new))


def _told(table: sa.Table, story: int, article_id: str | None) -> sa.ColumnElement[bool]:
    told = table.c.story_id == story
    return told if article_id is None else told & (table.c.article_id == article_id)


def story_of(tx: Tx, article_id: str) -> int | None:
    return tx.connection.scalar(sa.select(articles.c.story_id).where(articles.c.id == article_id))


def known_since(tx: Tx, since: datetime) -> list[Known]:
    """Every story of which an article is news since `since` or later, with all its articles."""
    fresh = sa.select(articles.c.story_id).where(articles.c.news_since >= since)
    return _known(tx, articles.c.story_id.in_(fresh))


def of_stories(tx: Tx, numbers: Collection[int]) -> list[Known]:
    """All articles of these stories."""
    return _known(tx, articles.c.story_id.in_(numbers))


def newest(tx: Tx, limit: int) -> list[Known]:
    """The stories seen last, whatever became of them."""
    last = (
        sa.select(articles.c.story_id)
        .group_by(articles.c.story_id)
        .order_by(sa.func.max(articles.c.first_seen).desc(), articles.c.story_id.desc())
        .limit(limit)
    )
    return _known(tx, articles.c.story_id.in_(last))


def held(tx: Tx) -> list[Known]:
    """The articles that wait for an editor, by their sources, the longest waiting first."""
    found = _known(tx, articles.c.held.is_not(None))
    return sorted(found, key=lambda known: (known.article.source, known.first_seen))


def release(tx: Tx, ids: Collection[str], now: datetime) -> None:
    """Let held articles go: they are news from now on. The next reading looks at them again, for
    of a flood no pages were read."""
    tx.run(
        sa.update(articles)
        .where(articles.c.id.in_(ids))
        .values(held=None, news_since=sa.bindparam("now", now, Utc))
    )
    named = sa.select(article_keys.c.key).where(article_keys.c.article_id.in_(ids))
    tx.run(sa.delete(drafts).where(drafts.c.key.in_(named)))


def dismiss(tx: Tx, ids: Collection[str]) -> None:
    """Count held articles as old: they are known, and never mailed."""
    tx.run(sa.update(articles).where(articles.c.id.in_(ids)).values(held=None, baseline=True))


def withdraw(tx: Tx, article_id: str, reason: str) -> None:
    """Remember that an article is no longer published. It is again once its source changes it."""
    tx.run(sa.update(articles).where(articles.c.id == article_id).values(withdrawn=reason))


def read_since(tx: Tx, ids: Collection[str], since: datetime) -> set[str]:
    """Those of the articles that were read at this time or later."""
    fresh = sa.select(articles.c.id).where(articles.c.id.in_(ids), articles.c.changed_at >= since)
    return set(tx.run(fresh).scalars())


def all_baseline(tx: Tx) -> None:
    """Count everything that is there as old."""
    tx.run(sa.update(articles).values(baseline=True))


def _known(tx: Tx, where: sa.ColumnElement[bool]) -> list[Known]:
    order = (articles.c.story_id, articles.c.first_seen, articles.c.id)
    rows: Iterable[Any] = tx.run(sa.select(*_KNOWN).where(where).order_by(*order))
    sources = _sources_of(tx, where)
    return [_as_known(row, sources) for row in rows]


def _as_known(row: Any, sources: Mapping[str, set[str]]) -> Known:
    article = _ARTICLE.validate_python(row.content)
    return Known(
        article=article,
        story=row.story_id,
        first_seen=row.first_seen,
        news_since=row.news_since,
        baseline=row.baseline,
        pairing=Pairing(row.pairing) if row.pairing else None,
        sources=frozenset({article.source, *sources[article.id]}),
        held=row.held,
        withdrawn=row.withdrawn,
    )


def _sources_of(tx: Tx, where: sa.ColumnElement[bool]) -> Mapping[str, set[str]]:
    """All sources that brought the articles."""
    found: Mapping[str, set[str]] = defaultdict(set)
    rows: Iterable[Any] = tx.run(
        sa.select(article_keys.c.article_id, article_keys.c.source)
        .join(articles, articles.c.id == article_keys.c.article_id)
        .where(where)
        .distinct()
    )
    for row in rows:
        found[row.article_id].add(row.source)
    return found


def _columns(article: Article, stamp: Stamp) -> dict[str, Any]:
    return {
        **{name: getattr(stamp, name) for name in _OWN if name != "id"},
        "language": article.language,
        "published_at": article.published.instant if article.published else None,
        "content": _ARTICLE.dump_python(article, mode="json"),
    }


def _name_translations(tx: Tx, article_id: str, named: Collection[str]) -> None:
    rows = [{"article_id": article_id, "key": key} for key in sorted(set(named))]
    tx.insert_new(translations, rows)
