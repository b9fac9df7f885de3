"""Roles of agents, one-time codes, sign-ins that end by themselves, tries that failed, drafts."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0004_people"
down_revision = "0003_guided_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("agent") as table:
        table.add_column(sa.Column("role", sa.String(20), nullable=False, server_default="agent"))
        table.add_column(sa.Column("key_id", sa.String(length=16), nullable=True))
        table.add_column(sa.Column("sealed_key", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("sealed_code_secret", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("code_step", sa.BigInteger(), nullable=True))
    # Somebody has to be able to make others more than agents; who was there first is asked first.
    op.execute("update agent set role = 'admin' where id = (select min(id) from agent where deactivated_at is null)")
    with op.batch_alter_table("agent") as table:
        table.alter_column("role", existing_type=sa.String(20), existing_nullable=False, server_default=None)

    # Nobody who is signed in has typed a code: they sign in again.
    op.execute("update sign_in set ended_at = created_at where ended_at is null")
    with op.batch_alter_table("sign_in") as table:
        table.add_column(sa.Column("last_seen_at", UTCDateTime(), nullable=True))
        table.add_column(sa.Column("code_passed_at", UTCDateTime(), nullable=True))
        table.add_column(sa.Column("wrong_codes", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("browser", sa.String(length=40), nullable=False, server_default=""))
        table.add_column(sa.Column("device_hash", sa.LargeBinary(length=32), nullable=True))
    op.execute("update sign_in set last_seen_at = created_at")
    with op.batch_alter_table("sign_in") as table:
        table.alter_column("last_seen_at", existing_type=UTCDateTime(), nullable=False)
        table.alter_column("wrong_codes", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        table.alter_column("browser", existing_type=sa.String(40), existing_nullable=False, server_default=None)
        table.create_index("ix_sign_in_device_hash", ["device_hash"])
    _create_tables()


def _create_tables() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_recovery_code_agent_id_agent"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
        sa.UniqueConstraint("code_hash", name="uq_recovery_code_code_hash"),
    )
    op.create_index("ix_recovery_code_agent_id", "recovery_code", ["agent_id"])
    op.create_table(
        "sign_in_try",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.Column("wait_until", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_try"),
    )
    op.create_index("ix_sign_in_try_last_at", "sign_in_try", ["last_at"])
    op.create_table(
        "draft",
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_draft_agent_id_agent"),
        sa.PrimaryKeyConstraint("agent_id", "address", name="pk_draft"),
    )
    op.create_index("ix_draft_kept_at", "draft", ["kept_at"])


def downgrade() -> None:
    op.drop_table("draft")
    op.drop_table("sign_in_try")
    op.drop_table("recovery_code")
    with op.batch_alter_table("sign_in") as table:
        table.drop_index("ix_sign_in_device_hash")
        for column in ("device_hash", "browser", "wrong_codes", "code_passed_at", "last_seen_at"):
            table.drop_column(column)
    with op.batch_alter_table("agent") as table:
        for column in ("code_step", "sealed_code_secret", "sealed_key", "key_id", "role"):
            table.drop_column(column)
