"""Views of the queue under a name."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0021_saved"
down_revision = "0020_clocks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["agent.id"], name="fk_saved_view_owner_id_agent"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
    )
    op.create_index("ix_saved_view_owner_id", "saved_view", ["owner_id"])
    op.create_index("ix_saved_view_is_shared", "saved_view", ["is_shared"])


def downgrade() -> None:
    op.drop_table("saved_view")
