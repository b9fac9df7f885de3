"""Which tickets belong together."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0018_relations"
down_revision = "0017_mentions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "relation",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["first_id"], ["ticket.id"], name="fk_relation_first_id_ticket", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["second_id"], ["ticket.id"], name="fk_relation_second_id_ticket", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("first_id", "second_id", name="pk_relation"),
    )
    op.create_index("ix_relation_second_id", "relation", ["second_id"])


def downgrade() -> None:
    op.drop_table("relation")
