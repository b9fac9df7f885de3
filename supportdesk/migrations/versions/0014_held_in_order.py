"""The few tickets that are held for review, in an index of their own: the queue counts them on each of its pages."""

import sqlalchemy as sa
from alembic import op

revision = "0014_held_in_order"
down_revision = "0013_bulk_acts"
branch_labels = None
depends_on = None

HELD = sa.text("held_because IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_ticket_held_rank", "ticket", ["rank", "id"], sqlite_where=HELD, postgresql_where=HELD)


def downgrade() -> None:
    op.drop_index("ix_ticket_held_rank", "ticket")
