"""Reading teams: which there are, who is in them, and in which an agent is."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from supportdesk.agents.models import Agent
from supportdesk.agents.teams.models import Team, TeamMember
from supportdesk.database import db


def all_teams() -> Sequence[Team]:
    """With their members; those in use first."""
    wanted = select(Team).order_by(Team.retired_at.is_not(None), Team.name).options(selectinload(Team.members))
    return db.session.scalars(wanted).all()


def teams_in_use() -> Sequence[Team]:
    return db.session.scalars(select(Team).where(Team.retired_at.is_(None)).order_by(Team.name)).all()


def teams_by_id() -> Mapping[int, Team]:
    return {team.id: team for team in db.session.scalars(select(Team))}


def team_with(team_id: int) -> Team | None:
    return db.session.get(Team, team_id)


def team_named(name: str) -> Team | None:
    """Whatever its letters' case: two teams that sound alike are one too many."""
    named = (team for team in db.session.scalars(select(Team)) if team.name.casefold() == name.casefold())
    return next(named, None)


def teams_of(agent: Agent) -> Sequence[Team]:
    return db.session.scalars(select(Team).where(Team.id.in_(ids_of_teams_of(agent))).order_by(Team.name)).all()


def ids_of_teams_of(agent: Agent) -> Select[int]:
    """For the statement of another query.  Retired ones too: what they have is still their members' work."""
    return select(TeamMember.team_id).where(TeamMember.agent_id == agent.id)
