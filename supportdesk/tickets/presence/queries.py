"""Reading who is at a ticket, and which one to do next so that no two people do the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from supportdesk.agents.models import Agent
from supportdesk.agents.teams.queries import ids_of_teams_of
from supportdesk.database import db
from supportdesk.tickets.models import Ticket
from supportdesk.tickets.narrowing.queries import Filters, matching
from supportdesk.tickets.presence.models import Presence

LOOKING = timedelta(minutes=2)  # So long without a sign, and somebody has gone; scripts give one every 15 seconds.
WRITING = timedelta(seconds=40)


@dataclass(frozen=True)
class Here:
    name: str
    is_writing: bool


def others_here(reference: str, agent: Agent, at: datetime) -> Sequence[Here]:
    """Everybody else at a ticket, who writes first."""
    rows = db.session.execute(
        select(Agent.name, Presence.wrote_at)
        .join(Agent, Agent.id == Presence.agent_id)
        .join(Ticket, Ticket.id == Presence.ticket_id)
        .where(Ticket.reference == reference, Presence.agent_id != agent.id, Presence.seen_at > at - LOOKING)
        .order_by(Agent.name)
    )
    found = [Here(name, wrote_at is not None and wrote_at > at - WRITING) for name, wrote_at in rows]
    return sorted(found, key=lambda here: not here.is_writing)


def in_words(others: Sequence[Here]) -> str:
    """“Priya Nair is writing. Sam Ortiz is looking at this too.”"""
    return " ".join(
        f"{here.name} is writing." if here.is_writing else f"{here.name} is looking at this too." for here in others
    )


def version_of(reference: str) -> int | None:
    return db.session.scalar(select(Ticket.version).where(Ticket.reference == reference))


def next_ticket(reference: str, agent: Agent, at: datetime) -> str | None:
    """What to do after this one: the agent's own, or nobody's, first in the queue, with nobody else at it.

    What was handed to a team that they are not in is for others to take.
    """
    taken = select(Presence.ticket_id).where(Presence.agent_id != agent.id, Presence.seen_at > at - LOOKING)
    for_me = or_(Ticket.team_id.is_(None), Ticket.team_id.in_(ids_of_teams_of(agent)))
    mine = or_(Ticket.assignee_id.is_(None) & for_me, Ticket.assignee_id == agent.id)
    wanted = matching(Filters("open"), agent).where(mine, Ticket.reference != reference, Ticket.id.not_in(taken))
    found = db.session.scalar(wanted.limit(1))
    return found.reference if found else None
