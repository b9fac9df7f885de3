"""Reading what teams have."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from supportdesk.agents.teams.models import Team
from supportdesk.database import db
from supportdesk.tickets import ranks
from supportdesk.tickets.models import Ticket


@dataclass(frozen=True)
class Has:
    """How many requests of a team are not over, and how many of those nobody has taken."""

    open: int = 0
    not_taken: int = 0


def what_teams_have() -> Mapping[int, Has]:
    """By the teams' numbers, read off their index: nothing that is over is looked at."""
    not_taken = func.sum((Ticket.assignee_id.is_(None)).cast(db.Integer))
    wanted = select(Ticket.team_id, func.count(), not_taken)
    rows = db.session.execute(
        wanted.where(Ticket.team_id.in_(select(Team.id)), Ticket.rank < ranks.OVER).group_by(Ticket.team_id)
    )
    return {row[0]: Has(row[1], row[2]) for row in rows}
