"""Until when a ticket rests."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0016_waiting"
down_revision = "0015_tags"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("waits_until", UTCDateTime(), nullable=True))
    op.create_index("ix_ticket_waits_until", "ticket", ["waits_until"])


def downgrade() -> None:
    op.drop_index("ix_ticket_waits_until", "ticket")
    with op.batch_alter_table("ticket") as table:
        table.drop_column("waits_until")
