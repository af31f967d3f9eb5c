"""Which pictures the articles of a source name, and how many articles name the same."""

from collections.abc import Collection

import sqlalchemy as sa

from newsletter.store.database import Tx
from newsletter.store.tables import article_pictures, articles


def name_pictures(tx: Tx, article_id: str, source: str, keys: Collection[str]) -> None:
    """Remember which pictures an article names, in the place of those that it named before."""
    tx.run(sa.delete(article_pictures).where(article_pictures.c.article_id == article_id))
    rows = [{"article_id": article_id, "key": key, "source": source} for key in sorted(set(keys))]
    tx.insert_new(article_pictures, rows)


def naming(tx: Tx, source: str, language: str, key: str, *, most: int) -> set[str]:
    """The articles of a source in a language that name a picture; no more than `most` of them:
    whether there are a hundred or a hundred thousand makes no difference."""
    same = (
        (article_pictures.c.source == source)
        & (article_pictures.c.key == key)
        & (articles.c.language == language)
    )
    joined = article_pictures.join(articles, articles.c.id == article_pictures.c.article_id)
    found = sa.select(article_pictures.c.article_id).select_from(joined).where(same).limit(most)
    return set(tx.run(found).scalars())
