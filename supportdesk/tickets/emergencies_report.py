"""How long whoever wrote of what may be an emergency waited for a person; nothing is unsealed.  Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from supportdesk.database import db
from supportdesk.tickets.models import Act, Event, Kind, Message, Outcome, Ticket

_COUNTS = ((Ticket.outcome == Outcome.SPAM).is_not(True), Ticket.held_because.is_(None))


@dataclass(frozen=True)
class Urgent:
    """What may have been an emergency."""

    reference: str
    name: str  # Of the card that was shown.
    came_in: datetime  # The message that reads like one: the first of a request, or one that was added.
    minutes: int | None  # To the first reply by a person, by day and by night; None where there is none yet.


def emergencies_between(start: datetime, end: datetime) -> list[Urgent]:
    """First messages, then what was added on a patient's own page; each in the order of their requests."""
    return [*_first_messages(start, end), *_added(start, end)]


def _first_messages(start: datetime, end: datetime) -> list[Urgent]:
    rows = db.session.execute(
        select(Ticket.id, Ticket.reference, Ticket.emergency, Ticket.created_at, Ticket.first_replied_at)
        .where(Ticket.created_at >= start, Ticket.created_at < end, Ticket.emergency.is_not(None), *_COUNTS)
        .order_by(Ticket.id)
    ).all()
    at_first = _names_at_first([row.id for row in rows])
    named = [(row, at_first.get(row.id, row.emergency)) for row in rows]
    return [_urgent(row.reference, name, row.created_at, row.first_replied_at) for row, name in named if name]


def _names_at_first(ids: Sequence[int]) -> Mapping[int, str | None]:
    """Of those tickets that got another card since: the one of their first message, if any."""
    rows = db.session.execute(
        select(Event.ticket_id, Event.detail)
        .where(Event.ticket_id.in_(ids), Event.act.in_((Act.WROTE, Act.MERGED_IN)))
        .order_by(Event.id.desc())
    )
    return {ticket: detail["emergency_before"] for ticket, detail in rows if "emergency_before" in detail}


def _added(start: datetime, end: datetime) -> list[Urgent]:
    """Whatever was added then changed its ticket then or later: so few are looked at, however old the desk is."""
    rows = db.session.execute(
        select(Ticket.reference, Event.ticket_id, Event.created_at, Event.detail)
        .join(Ticket)
        .where(Ticket.updated_at >= start, Event.act == Act.WROTE, *_COUNTS)
        .where(Event.created_at >= start, Event.created_at < end)
        .order_by(Event.id)
    ).all()
    return [
        _urgent(row.reference, row.detail["emergency"], row.created_at, _replied_after(row))
        for row in rows
        if row.detail.get("emergency")
    ]


def _replied_after(wrote: Any) -> datetime | None:
    replies = select(func.min(Message.created_at)).where(Message.kind == Kind.REPLY)
    return db.session.scalar(replies.where(Message.ticket_id == wrote.ticket_id, Message.created_at > wrote.created_at))


def _urgent(reference: str, name: str, came_in: datetime, replied: datetime | None) -> Urgent:
    return Urgent(reference, name, came_in, int((replied - came_in) / timedelta(minutes=1)) if replied else None)
