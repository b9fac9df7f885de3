"""Replies that can still be taken back, and who is at which ticket."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0012_unsent_replies"
down_revision = "0011_canned_uses"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unsent_reply",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("mail", sa.String(length=120), nullable=False),
        sa.Column("link_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name="fk_unsent_reply_message_id_message", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name="fk_unsent_reply_ticket_id_ticket", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_unsent_reply_agent_id_agent"),
        sa.PrimaryKeyConstraint("message_id", name="pk_unsent_reply"),
    )
    for column in ("ticket_id", "agent_id", "until"):
        op.create_index(f"ix_unsent_reply_{column}", "unsent_reply", [column])
    op.create_table(
        "presence",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("wrote_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_presence_ticket_id_ticket", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_presence_agent_id_agent"),
        sa.PrimaryKeyConstraint("ticket_id", "agent_id", name="pk_presence"),
    )
    op.create_index("ix_presence_seen_at", "presence", ["seen_at"])


def downgrade() -> None:
    op.drop_table("presence")
    op.drop_table("unsent_reply")
