"""Each ticket's rank in the queue, with an index for each way to narrow it; what a mail is about, and what waits."""

import sqlalchemy as sa
from alembic import op

revision = "0010_ranks"
down_revision = "0009_held_for_review"
branch_labels = None
depends_on = None

STRETCH = 10**16
NARROWED_BY = ("status", "topic", "assignee_id", "outcome")
WAITS, HAS_FAILED = sa.text("state IN ('queued', 'leased')"), sa.text("state = 'failed'")
MICROSECONDS = {
    "sqlite": "(CAST(strftime('%s', {0}) AS INTEGER) * 1000000 + CAST(substr({0} || '000000', 21, 6) AS INTEGER))",
    "postgresql": "CAST(extract(epoch FROM {0}) * 1000000 AS BIGINT)",
}
FIND_RANK = """
    UPDATE ticket SET rank = CASE
        WHEN status IN ('solved', 'closed') THEN {over} - {touched}
        WHEN status = 'pending' THEN {waiting} - {touched}
        WHEN emergency IS NOT NULL AND priority = 'urgent' THEN {due}
        ELSE {stretch} + {due}
    END
"""


def upgrade() -> None:
    microseconds = MICROSECONDS[op.get_bind().dialect.name]
    with op.batch_alter_table("ticket") as table:
        table.drop_index("ix_ticket_status_reply_due_at")
        table.drop_index("ix_ticket_assignee_id_status")
        table.add_column(sa.Column("rank", sa.BigInteger(), nullable=False, server_default="0"))
    values = {"over": 4 * STRETCH, "waiting": 3 * STRETCH, "stretch": STRETCH}
    values |= {"touched": microseconds.format("updated_at")}
    values |= {"due": microseconds.format("coalesce(reply_due_at, updated_at)")}
    op.execute(FIND_RANK.format(**values))
    with op.batch_alter_table("ticket") as table:
        table.alter_column("rank", existing_type=sa.BigInteger(), server_default=None)
        table.create_index("ix_ticket_rank", ["rank", "id"])
        for column in NARROWED_BY:
            table.create_index(f"ix_ticket_{column}_rank", [column, "rank", "id"])
    op.add_column("outbox", sa.Column("about", sa.String(40), nullable=True))
    op.drop_index("ix_outbox_state_next_attempt_at", "outbox")
    op.create_index("ix_outbox_state", "outbox", ["state"])
    waiting = ["is_urgent", "id"]
    op.create_index("ix_outbox_waiting", "outbox", waiting, sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_index("ix_outbox_about", "outbox", ["about"], sqlite_where=HAS_FAILED, postgresql_where=HAS_FAILED)


def downgrade() -> None:
    op.drop_index("ix_outbox_about", "outbox")
    op.drop_index("ix_outbox_waiting", "outbox")
    op.drop_index("ix_outbox_state", "outbox")
    op.create_index("ix_outbox_state_next_attempt_at", "outbox", ["state", "next_attempt_at"])
    op.drop_column("outbox", "about")
    with op.batch_alter_table("ticket") as table:
        for column in NARROWED_BY:
            table.drop_index(f"ix_ticket_{column}_rank")
        table.drop_index("ix_ticket_rank")
        table.drop_column("rank")
        table.create_index("ix_ticket_status_reply_due_at", ["status", "reply_due_at"])
        table.create_index("ix_ticket_assignee_id_status", ["assignee_id", "status"])
