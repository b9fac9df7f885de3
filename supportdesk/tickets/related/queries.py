"""Which tickets are linked to one."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from supportdesk.database import db
from supportdesk.tickets.models import Ticket
from supportdesk.tickets.queries import unlock_each
from supportdesk.tickets.related.models import Relation


def related_to(ticket: Ticket) -> Sequence[Ticket]:
    """From either side, newest first, unlocked."""
    pairs = select(Relation).where(or_(Relation.first_id == ticket.id, Relation.second_id == ticket.id))
    ids = [pair.second_id if pair.first_id == ticket.id else pair.first_id for pair in db.session.scalars(pairs)]
    found = db.session.scalars(select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.created_at.desc())).all()
    unlock_each(found)
    return found


def relation_of(one: Ticket, other: Ticket) -> Relation | None:
    return db.session.get(Relation, (min(one.id, other.id), max(one.id, other.id)))
