"""Since when a ticket's clock runs, who was told of which deadline, and by which calendar they were worked out."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0020_clocks"
down_revision = "0019_merged"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("reply_since", UTCDateTime(), nullable=True))
    op.execute("update ticket set reply_since = created_at where reply_due_at = first_reply_due_at")
    op.create_table(
        "deadline_notice",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name="fk_deadline_notice_ticket_id_ticket", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "due_at", "kind", name="pk_deadline_notice"),
    )
    op.create_table(
        "calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calendar"),
    )


def downgrade() -> None:
    op.drop_table("calendar")
    op.drop_table("deadline_notice")
    with op.batch_alter_table("ticket") as table:
        table.drop_column("reply_since")
