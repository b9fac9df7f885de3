"""Reading who was mentioned, who watches, and what is new to them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.tickets.mentions.models import Mention, Watch
from supportdesk.tickets.merging.parts import together
from supportdesk.tickets.models import Message, Ticket


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


def newest_message(ticket_id: int) -> int:
    return db.session.scalar(select(func.max(Message.id)).where(Message.ticket_id == ticket_id)) or 0


def news_in(ticket_ids: Sequence[int], agent: Agent) -> Mapping[int, int]:
    """Of the tickets that the agent watches and that have something new for them: how many messages and notes."""
    wanted = (
        select(Watch.ticket_id, func.count())
        .join(Message, _is_new_to(agent))
        .where(Watch.agent_id == agent.id, Watch.ticket_id.in_(ticket_ids))
        .group_by(Watch.ticket_id)
    )
    return {row[0]: row[1] for row in db.session.execute(wanted)}


def watched_with_news(agent: Agent, most: int) -> int:
    """How many of the tickets that the agent watches have something new for them, `most` at most."""
    some = select(Watch.ticket_id).where(Watch.agent_id == agent.id, exists().where(_is_new_to(agent))).limit(most)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _is_new_to(agent: Agent) -> ColumnElement[bool]:
    """What somebody else wrote after the agent last looked."""
    by_another = or_(Message.author_id.is_(None), Message.author_id != agent.id)
    return and_(Message.ticket_id == Watch.ticket_id, Message.id > Watch.seen_message_id, by_another)
