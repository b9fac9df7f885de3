"""Which tickets are to come back, and from when on one rests until.  Nothing here unseals a word."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from supportdesk.database import db
from supportdesk.hours import BusinessHours
from supportdesk.tickets.models import Ticket

# What is enough to bring one back: the database user of the delivery process reads no more of a ticket.
NEEDED = (
    Ticket.id,
    Ticket.version,
    Ticket.status,
    Ticket.emergency,
    Ticket.priority,
    Ticket.topic,
    Ticket.reply_due_at,
    Ticket.reply_since,
    Ticket.first_replied_at,
)


def morning_of(hours: BusinessHours, day: date) -> datetime:
    """When the desk opens on that day; on the next working day where it stays closed."""
    return hours.next_open(datetime.combine(day, time(), hours.zone))


def to_come_back(at: datetime, size: int) -> list[Any]:
    wanted = select(*NEEDED).where(Ticket.waits_until <= at).order_by(Ticket.waits_until, Ticket.id)
    return [*db.session.execute(wanted.limit(size))]
