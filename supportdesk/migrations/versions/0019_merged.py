"""Which ticket was merged into which, and what both were before."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0019_merged"
down_revision = "0018_relations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merged",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("target_version", sa.Integer(), nullable=False),
        sa.Column("source_before", sa.JSON(), nullable=False),
        sa.Column("target_before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["ticket.id"], name="fk_merged_source_id_ticket", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["target_id"], ["ticket.id"], name="fk_merged_target_id_ticket", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_merged_agent_id_agent"),
        sa.PrimaryKeyConstraint("source_id", name="pk_merged"),
    )
    op.create_index("ix_merged_target_id", "merged", ["target_id"])


def downgrade() -> None:
    op.drop_table("merged")
