"""Tags of the desk's own, and which ticket carries which."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0015_tags"
down_revision = "0014_held_in_order"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("retired_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tag"),
        sa.UniqueConstraint("name", name="uq_tag_name"),
    )
    op.create_table(
        "ticket_tag",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name="fk_ticket_tag_ticket_id_ticket", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name="fk_ticket_tag_tag_id_tag"),
        sa.PrimaryKeyConstraint("ticket_id", "tag_id", name="pk_ticket_tag"),
    )
    op.create_index("ix_ticket_tag_tag_id", "ticket_tag", ["tag_id"])


def downgrade() -> None:
    op.drop_table("ticket_tag")
    op.drop_table("tag")
