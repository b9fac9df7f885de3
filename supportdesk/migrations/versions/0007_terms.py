"""The hashed words of every ticket."""

import sqlalchemy as sa
from alembic import op

revision = "0007_terms"
down_revision = "0006_own_page"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "term",
        sa.Column("word_hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_term_ticket_id_ticket", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("word_hash", "ticket_id", name="pk_term"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_term_ticket_id", "term", ["ticket_id"])


def downgrade() -> None:
    op.drop_table("term")
