"""Which deadlines are near or past, whom to tell, and which ones a new calendar moves.  Nothing here unseals a word."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from supportdesk.access import Role
from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.tickets import ranks
from supportdesk.tickets.clocks.models import Calendar, Notice, Warned
from supportdesk.tickets.models import OUR_TURN, Priority, Ticket

OLD = timedelta(days=7)  # A deadline that passed so long ago is no news.
_maybe_emergency = Ticket.emergency.is_not(None) & (Ticket.priority == Priority.URGENT)
_counts = Ticket.status.in_(OUR_TURN) & Ticket.held_because.is_(None) & Ticket.reply_due_at.is_not(None)
_NEEDED = (Ticket.id, Ticket.reference, Ticket.reply_due_at, Ticket.assignee_id, _maybe_emergency.label("emergency"))


def to_be_told(kind: Warned, horizon: datetime, now: datetime, *, is_open: bool) -> list[Any]:
    """Tickets due by `horizon` of which nobody was told; while the desk is closed, only what may be an emergency.

    Both stretches of the queue's order are read off its index; what rests stands in neither and is few.
    """
    edge = ranks.rank(is_ours=True, is_over=False, may_be_emergency=False, reply_due_at=horizon, updated_at=horizon)
    ordinary: ColumnElement[bool] = (Ticket.rank >= ranks.ORDINARY) & (Ticket.rank <= edge)
    near = or_(Ticket.rank < ranks.ORDINARY, ordinary, Ticket.waits_until.is_not(None))
    in_time = Ticket.reply_due_at > now if kind is Warned.SOON else Ticket.reply_due_at > now - OLD
    told = exists().where(Notice.ticket_id == Ticket.id, Notice.due_at == Ticket.reply_due_at, Notice.kind == kind)
    wanted = select(*_NEEDED).where(near, _counts, Ticket.reply_due_at <= horizon, in_time, ~told)
    if not is_open:
        wanted = wanted.where(_maybe_emergency)
    return [*db.session.execute(wanted.order_by(Ticket.rank).limit(500))]


def address_of(agent_id: int | None) -> str | None:
    """Of an agent who is here."""
    if agent_id is None:
        return None
    return db.session.scalar(select(Agent.email).where(Agent.id == agent_id, Agent.deactivated_at.is_(None)))


def addresses_of_leads() -> list[str]:
    """Of everybody who is a lead; of the admins where nobody is."""
    for role in (Role.LEAD, Role.ADMIN):
        wanted = select(Agent.email).where(Agent.role == role, Agent.deactivated_at.is_(None)).order_by(Agent.id)
        if found := db.session.scalars(wanted).all():
            return list(found)
    return []


def worked_out_by() -> str | None:
    """The fingerprint of what running deadlines were last worked out by; None where nobody has looked yet."""
    return db.session.scalar(select(Calendar.fingerprint).where(Calendar.id == 1))


def with_a_deadline(after: int, size: int) -> list[Any]:
    """Those whose clock runs, and which we know when it began, by their ids; held ones too, as they may come in."""
    columns = (Ticket.id, Ticket.version, Ticket.priority, Ticket.topic, Ticket.emergency, Ticket.waits_until)
    columns_too = (Ticket.first_replied_at, Ticket.reply_since, Ticket.reply_due_at, Ticket.updated_at)
    held = Ticket.held_because
    wanted = select(*columns, *columns_too, held).where(
        Ticket.id > after,
        Ticket.reply_due_at.is_not(None),
        Ticket.reply_since.is_not(None),
        Ticket.status.in_(OUR_TURN),
    )
    return [*db.session.execute(wanted.order_by(Ticket.id).limit(size))]
