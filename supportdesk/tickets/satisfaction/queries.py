"""Reading what requesters said of our help: of one request for its page, of many as two counts.

What was merged is one request, so its latest answer counts, whichever part it was given on.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, union

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
    """How many said yes, and how many no; nothing counts where a later one, also of another day, took its place."""
    said = select(Opinion.ticket_id, Opinion.helped, Opinion.given_at, _whole().label("whole")).outerjoin(*_MERGED)
    rows = db.session.execute(said.where(Opinion.given_at >= start, Opinion.given_at < end)).all()
    # Of those same requests: whatever was said afterwards, on any of their parts.
    here = said.where(Opinion.given_at >= start, Opinion.given_at < end).subquery()
    family = union(select(here.c.whole), select(Merged.source_id).where(Merged.target_id.in_(select(here.c.whole))))
    later = said.where(Opinion.ticket_id.in_(family), Opinion.given_at >= end)
    taken = {row.whole for row in db.session.execute(later)}
    latest = {row.whole: row.helped for row in sorted(rows, key=lambda row: (row.given_at, row.ticket_id))}
    counted = Counter(helped for whole, helped in latest.items() if whole not in taken)
    return counted[True], counted[False]


def _whole() -> ColumnElement[int]:
    return func.coalesce(Merged.target_id, Opinion.ticket_id)


_MERGED = (Merged, Merged.source_id == Opinion.ticket_id)
