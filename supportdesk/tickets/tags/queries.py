"""Reading tags: which there are, and which a ticket carries."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from supportdesk.database import db
from supportdesk.tickets.models import Ticket
from supportdesk.tickets.tags.models import Tag, TicketTag


def all_tags() -> Sequence[Tag]:
    return db.session.scalars(select(Tag).order_by(Tag.name)).all()


def tag_named(name: str) -> Tag | None:
    return db.session.scalar(select(Tag).where(Tag.name == name))


def times_used() -> Mapping[int, int]:
    rows = db.session.execute(select(TicketTag.tag_id, func.count()).group_by(TicketTag.tag_id))
    return {row[0]: row[1] for row in rows}


def tags_on(ticket: Ticket) -> Sequence[Tag]:
    return tags_of([ticket.id])[ticket.id]


def tags_of(ticket_ids: Sequence[int]) -> Mapping[int, Sequence[Tag]]:
    """By the ids of the tickets, in one query however many they are; each in alphabetical order."""
    wanted = (
        select(TicketTag.ticket_id, Tag)
        .join(Tag, Tag.id == TicketTag.tag_id)
        .where(TicketTag.ticket_id.in_(ticket_ids))
        .order_by(Tag.name)
    )
    found: dict[int, list[Tag]] = {ticket_id: [] for ticket_id in ticket_ids}
    for ticket_id, tag in db.session.execute(wanted):
        found[ticket_id].append(tag)
    return found
