"""A team, and who is in it.  Neither is ever deleted, so that what was handed to a team is found for good."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.agents.models import Agent
from supportdesk.database import Model, UTCDateTime

TEAM_LENGTH = 40


class Team(Model):
    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(TEAM_LENGTH), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # Then it keeps what it has, and is given no more.
    version: Mapped[int] = mapped_column(default=1)  # One more with each change, by which an old page is known.

    members: Mapped[list[Agent]] = relationship(secondary="team_member", order_by=Agent.name)

    def __repr__(self) -> str:
        return f"<Team {self.id}>"

    @property
    def is_in_use(self) -> bool:
        return self.retired_at is None

    @property
    def here(self) -> list[Agent]:
        """Its members who can sign in: a deactivated one stays on the list, for when they come back."""
        return [agent for agent in self.members if agent.is_active]


class TeamMember(Model):
    __tablename__ = "team_member"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True, index=True)
