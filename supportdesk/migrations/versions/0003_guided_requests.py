"""What a patient was told before they sent a request, in names; and which mail goes before all other."""

import sqlalchemy as sa
from alembic import op

revision = "0003_guided_requests"
down_revision = "0002_search_counts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket", sa.Column("guided_topic", sa.String(20), nullable=True))
    op.add_column("ticket", sa.Column("emergency", sa.String(length=40), nullable=True))
    op.add_column("ticket", sa.Column("shown", sa.JSON(), nullable=True))
    op.add_column("outbox", sa.Column("is_urgent", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("outbox", "is_urgent")
    op.drop_column("ticket", "shown")
    op.drop_column("ticket", "emergency")
    op.drop_column("ticket", "guided_topic")
