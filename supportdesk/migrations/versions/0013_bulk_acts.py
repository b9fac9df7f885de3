"""What was done to many tickets at once, and whether an agent wants keyboard shortcuts."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0013_bulk_acts"
down_revision = "0012_unsent_replies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_bulk_act_agent_id_agent"),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_act"),
    )
    op.create_index("ix_bulk_act_at", "bulk_act", ["at"])
    op.create_table(
        "bulk_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bulk_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bulk_id"], ["bulk_act.id"], name="fk_bulk_change_bulk_id_bulk_act", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_change"),
    )
    op.create_index("ix_bulk_change_bulk_id", "bulk_change", ["bulk_id"])
    with op.batch_alter_table("agent") as table:
        table.add_column(sa.Column("has_shortcuts", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table("agent") as table:
        table.drop_column("has_shortcuts")
    op.drop_table("bulk_change")
    op.drop_table("bulk_act")
