"""Up to which message a watcher has looked; of what was there before, they are taken to have seen everything."""

import sqlalchemy as sa
from alembic import op

revision = "0025_watchers_look"
down_revision = "0024_opinions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("watch") as table:
        table.add_column(sa.Column("seen_message_id", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "update watch set seen_message_id ="
        " coalesce((select max(id) from message where message.ticket_id = watch.ticket_id), 0)"
    )
    with op.batch_alter_table("watch") as table:
        table.alter_column("seen_message_id", existing_type=sa.Integer(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("watch") as table:
        table.drop_column("seen_message_id")
