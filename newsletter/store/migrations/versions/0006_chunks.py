"""Ranges of deliveries that senders share, instead of an index over states."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "chunks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_chunks_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chunks")),
    )
    op.create_index(op.f("ix_chunks_edition_id_next_at"), "chunks", ["edition_id", "next_at"])
    # What is still owed is one chunk for each edition: it is worked off as before.
    op.execute(
        "INSERT INTO chunks (edition_id, first_id, last_id, next_at) "
        "SELECT e.id, min(d.id), max(d.id), e.frozen_at "
        "FROM editions e JOIN deliveries d ON d.edition_id = e.id "
        "WHERE e.state IN ('held', 'frozen', 'sending', 'paused') GROUP BY e.id, e.frozen_at"
    )
    op.drop_index(op.f("ix_deliveries_edition_id_state_next_try_at_id"), "deliveries")
