"""What is not over and still assigned to somebody, read off the index of assignees."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.tickets import ranks
from supportdesk.tickets.models import Ticket
from supportdesk.tickets.queries import MANY


@dataclass(frozen=True)
class Left:
    ours: int  # Where it is our turn; MANY at most, as all counts.
    waiting: int  # Where it is the patient's, or a day is waited for.


def left_by(agent: Agent) -> Left:
    return Left(_count(agent, Ticket.rank < ranks.WAITING), _count(agent, Ticket.rank >= ranks.WAITING))


def first_left_by(agent: Agent, most: int) -> Sequence[tuple[str, int]]:
    """References and versions, in the order of the queue."""
    wanted = select(Ticket.reference, Ticket.version).where(*_theirs(agent)).order_by(Ticket.rank, Ticket.id)
    return [(reference, version) for reference, version in db.session.execute(wanted.limit(most))]


def _theirs(agent: Agent) -> tuple[ColumnElement[bool], ...]:
    return Ticket.assignee_id == agent.id, Ticket.rank < ranks.OVER


def _count(agent: Agent, part: ColumnElement[bool]) -> int:
    some = select(Ticket.id).where(*_theirs(agent), part).limit(MANY).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0
