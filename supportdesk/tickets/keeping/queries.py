"""What is old enough to go, and what one person sent.  Writes nothing."""

import calendar
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from supportdesk.database import db
from supportdesk.tickets.merging.queries import belongs_to_a_younger
from supportdesk.tickets.models import OUR_TURN, Message, Ticket
from supportdesk.tickets.queries import email_hash


def months_before(at: datetime, months: int) -> datetime:
    """The same day so many months earlier; the last one of that month where there is no such day."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))


def old_tickets(before: datetime, size: int) -> Sequence[tuple[int, int]]:
    """Ids and versions of tickets which nobody touched since, and on which the requester waits for nothing."""
    rows = db.session.execute(
        select(Ticket.id, Ticket.version)
        .where(Ticket.updated_at < before, Ticket.erased_at.is_(None), Ticket.status.not_in(OUR_TURN))
        .where(~belongs_to_a_younger(before))
        .order_by(Ticket.id)
        .limit(size)
    )
    return [(row[0], row[1]) for row in rows]


def references_of(email: str) -> Sequence[str]:
    """Of every ticket that came under an address, oldest first."""
    wanted = select(Ticket.reference).where(Ticket.email_hash == email_hash(email)).order_by(Ticket.id)
    return db.session.scalars(wanted).all()


def number_of_messages(ticket_id: int) -> int:
    return len(db.session.scalars(select(Message.id).where(Message.ticket_id == ticket_id)).all())
