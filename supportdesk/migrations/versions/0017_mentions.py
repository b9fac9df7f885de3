"""Who was mentioned in a note, and who watches which ticket."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0017_mentions"
down_revision = "0016_waiting"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_mention_ticket_id_ticket", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_mention_agent_id_agent"),
        sa.ForeignKeyConstraint(["by_id"], ["agent.id"], name="fk_mention_by_id_agent"),
        sa.PrimaryKeyConstraint("id", name="pk_mention"),
    )
    op.create_index("ix_mention_ticket_id", "mention", ["ticket_id"])
    op.create_index("ix_mention_agent_id_seen_at", "mention", ["agent_id", "seen_at"])
    op.create_table(
        "watch",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_watch_ticket_id_ticket", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_watch_agent_id_agent"),
        sa.PrimaryKeyConstraint("ticket_id", "agent_id", name="pk_watch"),
    )
    op.create_index("ix_watch_agent_id", "watch", ["agent_id"])


def downgrade() -> None:
    op.drop_table("watch")
    op.drop_table("mention")
