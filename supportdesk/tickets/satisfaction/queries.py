"""Reading what requesters said of our help: of one request for its page, of many as two counts.

What was merged is one request, so its latest answer counts, whichever part it was given on.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from supportdesk.database import db
from supportdesk.tickets.merging.models import Merged
from supportdesk.tickets.models import Ticket
from supportdesk.tickets.satisfaction.models import Opinion


def opinion_of(ticket: Ticket, parts: Sequence[Ticket]) -> Opinion | None:
    """The latest on it and on its `parts`, all of them unlocked; none on what does not open."""
    readable = [ticket.id, *(part.id for part in parts if part.opens)]
    wanted = select(Opinion).where(Opinion.ticket_id.in_(readable)).order_by(Opinion.given_at.desc())
    return db.session.scalars(wanted.limit(1)).first()


def said_between(start: datetime, end: datetime) -> tuple[int, int]:
    """How many said yes, and how many no."""
    whole = func.coalesce(Merged.target_id, Opinion.ticket_id)
    newest = func.row_number().over(partition_by=whole, order_by=(Opinion.given_at.desc(), Opinion.ticket_id.desc()))
    said = select(Opinion.helped, Opinion.given_at, newest.label("place"))
    each = said.outerjoin(Merged, Merged.source_id == Opinion.ticket_id).subquery()
    latest = (each.c.place == 1, each.c.given_at >= start, each.c.given_at < end)
    rows = db.session.execute(select(each.c.helped, func.count()).where(*latest).group_by(each.c.helped))
    counted = {helped: int(number) for helped, number in rows}
    return counted.get(True, 0), counted.get(False, 0)
