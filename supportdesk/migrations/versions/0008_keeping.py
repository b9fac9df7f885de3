"""When a ticket's words were erased, and its receipt, sealed for whoever sends the same request again."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0008_keeping"
down_revision = "0007_terms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("erased_at", UTCDateTime(), nullable=True))
        table.add_column(sa.Column("sealed_receipt", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("ticket") as table:
        table.drop_column("sealed_receipt")
        table.drop_column("erased_at")
