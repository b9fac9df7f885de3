"""What is counted about searches, and the hashes that tell when words are asked by many."""

import sqlalchemy as sa
from alembic import op

revision = "0002_search_counts"
down_revision = "0001_first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("detail", sa.String(length=80), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "what", "detail", name="pk_search_count"),
    )
    op.create_table(
        "search_salt",
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "day", name="pk_search_salt"),
    )
    op.create_table(
        "search_asker",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("visitor_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("day", "words_hash", "visitor_hash", name="pk_search_asker"),
    )
    op.create_index("ix_search_asker_words_hash", "search_asker", ["words_hash"])
    op.create_table(
        "search_words",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("visitors", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "words", name="pk_search_words"),
    )


def downgrade() -> None:
    op.drop_table("search_words")
    op.drop_table("search_asker")
    op.drop_table("search_salt")
    op.drop_table("search_count")
