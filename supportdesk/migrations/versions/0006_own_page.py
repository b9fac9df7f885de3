"""The requester's own page: the links of our mails, and the visits that a code opens."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0006_own_page"
down_revision = "0005_audit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_link",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("asked_with", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_own_link_ticket_id_ticket", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_own_link"),
    )
    op.create_index("ix_own_link_ticket_id", "own_link", ["ticket_id"])
    op.create_index("ix_own_link_ends_at", "own_link", ["ends_at"])
    op.create_index("ix_own_link_asked_with", "own_link", ["asked_with"])
    op.create_table(
        "own_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("cookie_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=True),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("seal_id", sa.String(length=32), nullable=False),
        sa.Column("sealed_draft", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_own_visit_ticket_id_ticket", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_own_visit"),
        sa.UniqueConstraint("cookie_hash", name="uq_own_visit_cookie_hash"),
    )
    op.create_index("ix_own_visit_link_hash", "own_visit", ["link_hash"])
    op.create_index("ix_own_visit_ticket_id", "own_visit", ["ticket_id"])
    op.create_index("ix_own_visit_created_at", "own_visit", ["created_at"])


def downgrade() -> None:
    op.drop_table("own_visit")
    op.drop_table("own_link")
