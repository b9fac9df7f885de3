"""Reading what can still be taken back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.tickets.undoing.models import UnsentReply


def unsent_replies(agent: Agent, at: datetime) -> Sequence[UnsentReply]:
    """The agent's own, newest first, with their tickets."""
    wanted = select(UnsentReply).where(UnsentReply.agent_id == agent.id, UnsentReply.until > at)
    return db.session.scalars(
        wanted.order_by(UnsentReply.message_id.desc()).options(joinedload(UnsentReply.ticket))
    ).all()


def still_held_back(ticket_id: int, at: datetime) -> set[int]:
    """The ids of a ticket's messages that may still be taken back: the requester is not shown them yet."""
    held = select(UnsentReply.message_id).where(UnsentReply.ticket_id == ticket_id, UnsentReply.until > at)
    return set(db.session.scalars(held))
