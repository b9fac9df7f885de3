"""How often each canned reply went out."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0011_canned_uses"
down_revision = "0010_ranks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "canned_use",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_canned_use"),
    )


def downgrade() -> None:
    op.drop_table("canned_use")
