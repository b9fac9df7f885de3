"""Which tickets are one: those merged into a ticket, the one it was merged into, and their conversation."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from supportdesk.database import db
from supportdesk.tickets.merging.models import Merged
from supportdesk.tickets.merging.parts import together
from supportdesk.tickets.models import OUR_TURN, Act, Event, Message, Status, Ticket
from supportdesk.tickets.queries import ticket_for_agent, unlock_each
from supportdesk.tickets.references import read_reference


def target_of(ticket: Ticket) -> Ticket | None:
    """The ticket it was merged into, still locked."""
    return db.session.scalar(
        select(Ticket).join(Merged, Merged.target_id == Ticket.id).where(Merged.source_id == ticket.id)
    )


def own_target(ticket: Ticket) -> Ticket:
    """What the requester's page of a ticket shows: the ticket it was merged into, as long as both have one address."""
    target = target_of(ticket)
    return target if target and target.email_hash == ticket.email_hash else ticket


def parts_of(ticket: Ticket) -> Sequence[Ticket]:
    """The tickets that were merged into it, oldest first, unlocked, with their messages and history."""
    parts = db.session.scalars(
        select(Ticket)
        .join(Merged, Merged.source_id == Ticket.id)
        .where(Merged.target_id == ticket.id)
        .options(
            selectinload(Ticket.messages).joinedload(Message.author),
            selectinload(Ticket.events).joinedload(Event.agent),
        )
        .order_by(Ticket.id)
    ).all()
    unlock_each(parts)
    return parts


def conversation_of(ticket: Ticket, parts: Sequence[Ticket]) -> list[Message]:
    """Every message of a ticket and its parts, in the order of time; none of a part that does not open."""
    messages = [message for one in (ticket, *parts) if one is ticket or one.opens for message in one.messages]
    return sorted(messages, key=lambda message: (message.created_at, message.id))


def history_of(ticket: Ticket, parts: Sequence[Ticket]) -> list[Event]:
    """Of all of them, in the order of time; that a part became one is told once."""
    events = [event for part in parts for event in part.events if event.act is not Act.MERGED]
    return sorted([*ticket.events, *events], key=lambda event: (event.created_at, event.id))


def merged_into(reference: str) -> str | None:
    """The reference of the ticket that this one was merged into."""
    source = aliased(Ticket)
    wanted = select(Ticket.reference).join(Merged, Merged.target_id == Ticket.id)
    wanted = wanted.join(source, source.id == Merged.source_id)
    return db.session.scalar(wanted.where(source.reference == (read_reference(reference) or "")))


def merged_row(source: Ticket) -> Merged | None:
    return db.session.get(Merged, source.id)


def could_be_merged(ticket: Ticket) -> Sequence[Ticket]:
    """The same person's other tickets that can become a part of this one, newest first, unlocked."""
    others = db.session.scalars(
        select(Ticket)
        .where(
            Ticket.email_hash == ticket.email_hash,
            Ticket.id != ticket.id,
            Ticket.status != Status.CLOSED,
            Ticket.held_because.is_(None),
            Ticket.erased_at.is_(None),
            Ticket.id.not_in(select(Merged.target_id)),
        )
        .options(joinedload(Ticket.assignee))
        .order_by(Ticket.created_at.desc())
        .limit(10)
    ).all()
    unlock_each(others)
    return [other for other in others if other.opens]


def belongs_to_a_younger(before: datetime) -> ColumnElement[bool]:
    """Of a ticket: it was merged into one that somebody touched since, or that waits for us."""
    target = aliased(Ticket)
    alive = target.erased_at.is_(None) & or_(target.updated_at >= before, target.status.in_(OUR_TURN))
    return Ticket.id.in_(
        select(Merged.source_id).join(target, target.id == Merged.target_id).where(alive),
    )


def references_with(reference: str) -> list[str]:
    """A reference, and those of the tickets merged into it.  Raises NotFound."""
    ticket = ticket_for_agent(reference)
    parts = select(Ticket.reference).where(Ticket.id.in_(together(ticket.id)), Ticket.id != ticket.id)
    return [ticket.reference, *db.session.scalars(parts.order_by(Ticket.id))]
