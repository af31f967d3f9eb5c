"""Every key that an article ever had; articles that are held, withdrawn, announced."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_LONG_AGO = "1970-01-01 00:00:00.000000"  # SQLite adds no column without a value for its rows


def upgrade() -> None:
    _make_article_keys()
    _move_keys()
    # No batch: SQLite would drop the old table, and with it whatever refers to its rows.
    for name in ("source_guid_key", "url_key", "canonical_key", "first_seen"):
        op.drop_index(op.f(f"ix_articles_{name}"), "articles")
    for name in ("guid_key", "url_key", "canonical_key"):
        op.drop_column("articles", name)
    # Headlines and openings of what is there are not known here: "" is for too few words.
    for name in ("title_key", "opening_key"):
        op.add_column("articles", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    for name in ("held", "withdrawn"):
        op.add_column("articles", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("articles", sa.Column("published_at", sa.DateTime(), nullable=True))
    op.add_column(
        "articles",
        sa.Column("news_since", sa.DateTime(), nullable=False, server_default=_LONG_AGO),
    )
    op.execute("UPDATE articles SET news_since = first_seen")
    for name in ("title_key", "opening_key", "news_since"):
        op.create_index(op.f(f"ix_articles_{name}"), "articles", [name])
    op.add_column("sources", sa.Column("learned", sa.JSON(), nullable=True))
    op.create_index(op.f("ix_articles_source_published_at"), "articles", ["source", "published_at"])


def _make_article_keys() -> None:
    op.create_table(
        "article_keys",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_article_keys_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_article_keys")),
    )
    op.create_index(op.f("ix_article_keys_key"), "article_keys", ["key"])
    op.create_index(op.f("ix_article_keys_article_id"), "article_keys", ["article_id"])


def _move_keys() -> None:
    for kind, column in (("id:", "guid_key"), ("at:", "url_key"), ("at:", "canonical_key")):
        op.execute(
            sa.text(
                "INSERT INTO article_keys (source, key, article_id) "  # noqa: S608 - no input
                f"SELECT source, '{kind}' || {column}, min(id) FROM articles "
                f"WHERE {column} IS NOT NULL GROUP BY source, {column} "
                "ON CONFLICT DO NOTHING"
            )
        )
    op.execute("UPDATE translations SET key = 'at:' || key")
    op.execute("DELETE FROM drafts")  # under other keys now: all is looked at once more
