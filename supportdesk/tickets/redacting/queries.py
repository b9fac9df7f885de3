"""Which requests hold the same words: merged into one another, or split off one another, however often."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from supportdesk.database import db
from supportdesk.tickets.merging.models import Merged
from supportdesk.tickets.models import Act, Event, Ticket
from supportdesk.tickets.queries import unlock_each
from supportdesk.tickets.satisfaction.models import Opinion


def family(ticket: Ticket) -> list[Ticket]:
    """The ticket first; unlocked, without those whose words are gone or do not open."""
    known, fresh = {ticket.id}, {ticket.id}
    while fresh:
        fresh = (_merged_with(fresh) | _split_with(fresh)) - known
        known |= fresh
    others = db.session.scalars(select(Ticket).where(Ticket.id.in_(known - {ticket.id})).order_by(Ticket.id)).all()
    unlock_each(others)
    return [ticket, *(other for other in others if other.opens)]


def _merged_with(ids: set[int]) -> set[int]:
    rows = db.session.execute(
        select(Merged.source_id, Merged.target_id).where(or_(Merged.source_id.in_(ids), Merged.target_id.in_(ids)))
    )
    return {each for row in rows for each in row}


def _split_with(ids: set[int]) -> set[int]:
    """Both tell it of each other in their history."""
    told = select(Event.detail).where(Event.ticket_id.in_(ids), Event.act.in_((Act.SPLIT, Act.SPLIT_FROM)))
    references = [detail["other"] for detail in db.session.scalars(told)]
    return set(db.session.scalars(select(Ticket.id).where(Ticket.reference.in_(references))))


def opinions_on(tickets: Sequence[Ticket]) -> list[Opinion]:
    given = db.session.scalars(select(Opinion).where(Opinion.ticket_id.in_([one.id for one in tickets])))
    return [opinion for opinion in given if opinion.opens]
