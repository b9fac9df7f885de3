"""Reading who was mentioned, and who watches."""

from collections.abc import Sequence

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload

from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.tickets.mentions.models import Mention, Watch
from supportdesk.tickets.merging.parts import together
from supportdesk.tickets.models import Ticket


def mentions_of(agent: Agent) -> Select[int]:
    """The ids of the tickets in whose notes somebody waits for them."""
    return select(Mention.ticket_id).where(Mention.agent_id == agent.id, Mention.seen_at.is_(None))


def watched_by(agent: Agent) -> Select[int]:
    return select(Watch.ticket_id).where(Watch.agent_id == agent.id)


def unseen(ticket: Ticket, agent: Agent) -> Sequence[Mention]:
    """The agent's own, oldest first."""
    wanted = select(Mention).where(
        Mention.ticket_id.in_(together(ticket.id)), Mention.agent_id == agent.id, Mention.seen_at.is_(None)
    )
    return db.session.scalars(wanted.order_by(Mention.id).options(joinedload(Mention.by))).all()


def is_watching(ticket: Ticket, agent: Agent) -> bool:
    mine = exists().where(Watch.ticket_id == ticket.id, Watch.agent_id == agent.id)
    return db.session.scalar(select(mine)) is True
