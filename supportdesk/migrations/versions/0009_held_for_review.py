"""Why a request is held for review; and a name of its own for each draft, so that its key can be changed."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0009_held_for_review"
down_revision = "0008_keeping"
branch_labels = None
depends_on = None

KEPT = ("agent_id", "address", "key_id", "sealed_key", "sealed_body", "kept_at")


def upgrade() -> None:
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("held_because", sa.String(20), nullable=True))
    _make_anew(
        sa.Column("id", sa.Integer(), nullable=False),
        *_columns(),
        sa.Column("box", sa.String(length=140), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.UniqueConstraint("box", name="uq_draft_box"),
        box="agent_id || '|' || address",
    )
    op.create_index("ix_draft_agent_id", "draft", ["agent_id"])
    op.create_index("ix_draft_address", "draft", ["address"])


def downgrade() -> None:
    op.drop_index("ix_draft_address", "draft")
    op.drop_index("ix_draft_agent_id", "draft")
    _make_anew(*_columns(), sa.PrimaryKeyConstraint("agent_id", "address", name="pk_draft"))
    with op.batch_alter_table("ticket") as table:
        table.drop_column("held_because")


def _columns() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_draft_agent_id_agent"),
    ]


def _make_anew(*columns: sa.schema.SchemaItem, **computed: str) -> None:
    """The table with another key; what is in it stays, and `computed` columns are filled from it."""
    op.drop_index("ix_draft_kept_at", "draft")
    op.execute("create table draft_before as select * from draft")
    op.drop_table("draft")
    op.create_table("draft", *columns)
    op.create_index("ix_draft_kept_at", "draft", ["kept_at"])
    into, of = ", ".join((*KEPT, *computed)), ", ".join((*KEPT, *computed.values()))
    op.execute(f"insert into draft ({into}) select {of} from draft_before")  # noqa: S608  Names of columns.
    op.execute("drop table draft_before")
