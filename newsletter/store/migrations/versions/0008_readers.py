"""Readers: what they are like, what they agreed to, what came back; variants of editions."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _describe_subscribers()
    _make_consents()
    _make_feedback()
    _make_variants()


def _describe_subscribers() -> None:
    op.add_column("subscribers", sa.Column("timezone", sa.Text(), nullable=True))
    op.add_column("subscribers", sa.Column("heir", sa.Integer(), nullable=True))
    op.add_column(
        "subscriptions", sa.Column("cadence", sa.Text(), nullable=False, server_default="every")
    )
    op.add_column("subscriptions", sa.Column("paused_until", sa.DateTime(), nullable=True))
    _make_beside_subscribers("subscriber_tags", ["tag"], [])
    op.create_index(op.f("ix_subscriber_tags_tag"), "subscriber_tags", ["tag"])
    _make_beside_subscribers("subscriber_attributes", ["name"], ["value"])
    op.create_index(
        op.f("ix_subscriber_attributes_name_value"), "subscriber_attributes", ["name", "value"]
    )
    _make_beside_subscribers("further_languages", ["digest", "language"], [])
    op.create_index(
        op.f("ix_further_languages_digest_language"), "further_languages", ["digest", "language"]
    )


def _make_beside_subscribers(table: str, keys: list[str], values: list[str]) -> None:
    op.create_table(
        table,
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in (*keys, *values)),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f(f"fk_{table}_subscriber_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscriber_id", *keys, name=op.f(f"pk_{table}")),
    )


def _make_consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False, server_default=""),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_address_hash"), "consents", ["address_hash"])
    op.create_index(op.f("ix_consents_subscriber_id"), "consents", ["subscriber_id"])
    op.create_index(op.f("ix_events_subscriber_id"), "events", ["subscriber_id"])
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_try_at", sa.DateTime(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_state_next_try_at"), "notices", ["state", "next_try_at"])
    op.create_index(op.f("ix_notices_address_hash"), "notices", ["address_hash"])


def _make_feedback() -> None:
    op.create_table(
        "failures",
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False, server_default=""),
        sa.Column("detail", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_failures_subscriber_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_failures_edition_id")
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "edition_id", name=op.f("pk_failures")),
    )
    op.create_index(op.f("ix_failures_edition_id"), "failures", ["edition_id"])
    op.create_table(
        "reports",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reports")),
    )
    op.create_index(op.f("ix_reports_at"), "reports", ["at"])
    op.create_index(op.f("ix_events_kind_digest"), "events", ["kind", "digest"])


def _make_variants() -> None:
    op.create_table(
        "variants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_variants_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variants")),
    )
    op.create_index(op.f("ix_variants_edition_id"), "variants", ["edition_id"])
    op.create_table(
        "variant_stories",
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_variant_stories_variant_id")
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_variant_stories_story_id")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_variant_stories_article_id")
        ),
        sa.PrimaryKeyConstraint("variant_id", "story_id", name=op.f("pk_variant_stories")),
    )
    op.create_index(op.f("ix_variant_stories_story_id"), "variant_stories", ["story_id"])
    op.create_index(op.f("ix_edition_stories_story_id"), "edition_stories", ["story_id"])
    op.add_column("editions", sa.Column("roundups", sa.Text(), nullable=False, server_default=""))
    op.add_column("deliveries", sa.Column("variant_id", sa.Integer(), nullable=True))
