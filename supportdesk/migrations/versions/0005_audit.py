"""The audit: who looked at what and when, in a table that takes rows and gives none back."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0005_audit"
down_revision = "0004_people"
branch_labels = None
depends_on = None

SQLITE = (
    """create trigger audit_is_not_changed before update on audit
    begin select raise(abort, 'the audit is append-only'); end""",
    """create trigger audit_is_not_shortened before delete on audit
    begin select raise(abort, 'the audit is append-only'); end""",
    # “insert or replace” would delete without asking the trigger above.
    """create trigger audit_is_not_replaced before insert on audit
    when exists (select 1 from audit where id = new.id)
    begin select raise(abort, 'the audit is append-only'); end""",
)
POSTGRESQL = (
    """create function audit_is_append_only() returns trigger language plpgsql
    as $$ begin raise exception 'the audit is append-only'; end $$""",
    """create trigger audit_is_not_changed before update or delete or truncate on audit
    for each statement execute function audit_is_append_only()""",
)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=16), nullable=True),
        sa.Column("reference", sa.String(length=12), nullable=True),
        sa.Column("detail", sa.String(length=80), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_agent_id_at", "audit", ["agent_id", "at"])
    op.create_index("ix_audit_reference", "audit", ["reference"])
    for trigger in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(trigger)


def downgrade() -> None:
    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function audit_is_append_only()")
