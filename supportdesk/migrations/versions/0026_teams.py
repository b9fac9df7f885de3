"""Teams, who is in them, and to which one a ticket was handed."""

import sqlalchemy as sa
from alembic import op

from supportdesk.database import UTCDateTime

revision = "0026_teams"
down_revision = "0025_watchers_look"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("retired_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_team"),
        sa.UniqueConstraint("name", name="uq_team_name"),
    )
    op.create_table(
        "team_member",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_team_member_team_id_team"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_team_member_agent_id_agent"),
        sa.PrimaryKeyConstraint("team_id", "agent_id", name="pk_team_member"),
    )
    op.create_index("ix_team_member_agent_id", "team_member", ["agent_id"])
    # As one statement that both engines know: Alembic would write every ticket anew on SQLite to add the key.
    op.execute("alter table ticket add column team_id integer constraint fk_ticket_team_id_team references team (id)")
    op.create_index("ix_ticket_team_id_rank", "ticket", ["team_id", "rank", "id"])


def downgrade() -> None:
    op.drop_index("ix_ticket_team_id_rank", "ticket")
    with op.batch_alter_table("ticket") as table:
        table.drop_column("team_id")
    op.drop_table("team_member")
    op.drop_table("team")
