"""Messages and history by their moments, so that a report reads the days it is about and no others."""

from alembic import op

revision = "0029_read_by_moment"
down_revision = "0028_dropped_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_message_created_at", "message", ["created_at"])
    op.create_index("ix_event_act_created_at", "event", ["act", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_event_act_created_at", "event")
    op.drop_index("ix_message_created_at", "message")
