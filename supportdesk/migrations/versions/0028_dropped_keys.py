"""The ids of keys that were dropped, so that no machine that did not hear of it seals to one."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0028_dropped_keys"
down_revision = "0027_sorted_by_updated"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dropped_key",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("dropped_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="pk_dropped_key"),
    )


def downgrade() -> None:
    op.drop_table("dropped_key")
