"""Noting that an agent is at a ticket, or has gone."""

from contextlib import suppress
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from supportdesk import clock
from supportdesk.database import own_transaction
from supportdesk.tickets.models import Ticket
from supportdesk.tickets.presence.models import Presence

_OLD = timedelta(days=1)


def note_here(reference: str, agent_id: int, *, is_writing: bool = False) -> None:
    """In a transaction of its own, before anything is read; where it can't be noted now, nothing is lost."""
    at = clock.now()
    with suppress(SQLAlchemyError), own_transaction() as session:  # Two tabs of one agent may be first at once.
        ticket_id = session.scalar(select(Ticket.id).where(Ticket.reference == reference))
        if ticket_id is None:
            return
        row = session.get(Presence, (ticket_id, agent_id)) or Presence(ticket_id=ticket_id, agent_id=agent_id)
        row.seen_at = at
        row.wrote_at = at if is_writing else row.wrote_at
        session.add(row)
        session.execute(delete(Presence).where(Presence.seen_at < at - _OLD))


def note_gone(reference: str, agent_id: int) -> None:
    of_ticket = select(Ticket.id).where(Ticket.reference == reference).scalar_subquery()
    with suppress(SQLAlchemyError), own_transaction() as session:
        session.execute(delete(Presence).where(Presence.ticket_id == of_ticket, Presence.agent_id == agent_id))
