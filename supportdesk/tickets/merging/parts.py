"""Which tickets are one, by their ids alone: for whoever reads what is kept beside tickets."""

from sqlalchemy import select

from supportdesk.database import db
from supportdesk.tickets.merging.models import Merged


def together(ticket_id: int) -> list[int]:
    """The id of a ticket, and of those merged into it."""
    parts = select(Merged.source_id).where(Merged.target_id == ticket_id)
    return [ticket_id, *db.session.scalars(parts)]
