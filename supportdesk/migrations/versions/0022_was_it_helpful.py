"""Who said today whether an article helped, as a hash; and comments on articles, sealed."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0022_was_it_helpful"
down_revision = "0021_saved"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "article_voter",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visitor_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("day", "visitor_hash", name="pk_article_voter"),
    )
    op.create_table(
        "article_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("seal_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_article_comment"),
        sa.UniqueConstraint("seal_id", name="uq_article_comment_seal_id"),
    )
    op.create_index("ix_article_comment_slug", "article_comment", ["slug"])
    op.create_index("ix_article_comment_created_at", "article_comment", ["created_at"])


def downgrade() -> None:
    op.drop_table("article_comment")
    op.drop_table("article_voter")
