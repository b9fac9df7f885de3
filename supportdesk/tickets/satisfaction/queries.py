"""Reading what requesters said of our help: of one ticket for its page, of many as two counts."""

from datetime import datetime

from sqlalchemy import func, select

from supportdesk.database import db
from supportdesk.tickets.models import Ticket
from supportdesk.tickets.satisfaction.models import Opinion


def opinion_of(ticket: Ticket) -> Opinion | None:
    return db.session.get(Opinion, ticket.id)


def said_between(start: datetime, end: datetime) -> tuple[int, int]:
    """How many said yes, and how many no."""
    rows = db.session.execute(
        select(Opinion.helped, func.count())
        .where(Opinion.given_at >= start, Opinion.given_at < end)
        .group_by(Opinion.helped)
    )
    counted = {helped: int(number) for helped, number in rows}
    return counted.get(True, 0), counted.get(False, 0)
