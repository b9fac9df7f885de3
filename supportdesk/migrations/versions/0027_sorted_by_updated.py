"""The queue sorted by when a request was touched last, read along an index."""

from alembic import op

revision = "0027_sorted_by_updated"
down_revision = "0026_teams"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_ticket_updated_at", "ticket", ["updated_at"])


def downgrade() -> None:
    op.drop_index("ix_ticket_updated_at", "ticket")
