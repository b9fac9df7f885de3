"""Linking two tickets, and taking them apart: an event in both histories, and only one of them changes."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.exceptions import NotFound, TicketChanged
from supportdesk.tickets.changing.services import commit, ticket_to_change
from supportdesk.tickets.models import Act, Ticket
from supportdesk.tickets.queries import ticket_for_agent
from supportdesk.tickets.related.models import Relation
from supportdesk.tickets.related.queries import relation_of


def link(reference: str, version: int, agent: Agent, *, other: str) -> Ticket:
    """Raises NotFound where `other` is no other ticket."""
    ticket, at = ticket_to_change(reference, version)
    second = _other(ticket, other)
    if relation_of(ticket, second) is None:
        relate(ticket, second, at)
        ticket.record(Act.LINKED, at, agent, other=second.reference)
        second.witness(Act.LINKED, at, agent, other=ticket.reference)
    try:
        commit()
    except IntegrityError:  # Somebody linked them at the same moment, from the other side.
        db.session.rollback()
        raise TicketChanged(reference) from None
    return ticket


def unlink(reference: str, version: int, agent: Agent, *, other: str) -> Ticket:
    ticket, at = ticket_to_change(reference, version)
    second = _other(ticket, other)
    if relation := relation_of(ticket, second):
        db.session.delete(relation)
        ticket.record(Act.UNLINKED, at, agent, other=second.reference)
        second.witness(Act.UNLINKED, at, agent, other=ticket.reference)
    commit()
    return ticket


def relate(one: Ticket, other: Ticket, at: datetime) -> None:
    """For the transaction of an act."""
    db.session.add(Relation(first_id=min(one.id, other.id), second_id=max(one.id, other.id), created_at=at))


def _other(ticket: Ticket, reference: str) -> Ticket:
    second = ticket_for_agent(reference)
    if second.id == ticket.id:
        raise NotFound("A ticket is not linked to itself.")
    return second
