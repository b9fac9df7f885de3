"""What requesters say of our help, sealed."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0024_opinions"
down_revision = "0023_canned_texts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opinion",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_opinion_ticket_id_ticket", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_opinion"),
    )
    op.create_index("ix_opinion_given_at", "opinion", ["given_at"])


def downgrade() -> None:
    op.drop_table("opinion")
