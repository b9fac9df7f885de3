"""Canned replies that leads wrote in the desk."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0023_canned_texts"
down_revision = "0022_was_it_helpful"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "canned_text",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["written_by"], ["agent.id"], name="fk_canned_text_written_by_agent"),
        sa.PrimaryKeyConstraint("name", name="pk_canned_text"),
    )


def downgrade() -> None:
    op.drop_table("canned_text")
