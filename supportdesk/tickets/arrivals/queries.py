"""Counting what came in since a page was made: requests, and patients who wrote again in one of theirs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select

from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.tickets.models import Act, Event, Priority, Ticket
from supportdesk.tickets.narrowing.queries import Filters, matching
from supportdesk.tickets.queries import MANY

_may_be_emergency = and_(Ticket.emergency.is_not(None), Ticket.priority == Priority.URGENT)


@dataclass(frozen=True)
class Arrived:
    requests: int = 0
    answers: int = 0  # Requests from before in which the patient wrote since.
    emergencies: int = 0  # How many of both may be one.

    @property
    def in_words(self) -> str:
        """“2 new requests, 1 new answer; 1 may be an emergency”; empty where nothing came in."""
        counted = ((self.requests, "request"), (self.answers, "answer"))
        said = ", ".join(f"{number} new {what}{'' if number == 1 else 's'}" for number, what in counted if number)
        if not self.emergencies:
            return said
        return f"{said}; {self.emergencies} may be {'an emergency' if self.emergencies == 1 else 'emergencies'}"


def arrived_since(filters: Filters, agent: Agent, moment: datetime, due: datetime | None) -> Arrived:
    """What came after that moment into what the agent looks at, MANY at most, in one query.

    Whatever comes in changes its ticket: so only those are looked at that changed since, however many there are.
    """
    is_new = Ticket.created_at > moment
    wrote = exists().where(Event.ticket_id == Ticket.id, Event.act == Act.WROTE, Event.created_at > moment)
    urgently = wrote.where(Event.detail["emergency"].as_string().is_not(None))
    some = (
        matching(filters, agent, due)
        .where(Ticket.updated_at > moment, or_(is_new, wrote))
        .order_by(None)
        .with_only_columns(is_new.label("is_new"), (_may_be_emergency & or_(is_new, urgently)).label("is_urgent"))
        .limit(MANY)
        .subquery()
    )
    counted = select(some.c.is_new, some.c.is_urgent, func.count()).group_by(some.c.is_new, some.c.is_urgent)
    found = [(bool(new), bool(urgent), number) for new, urgent, number in db.session.execute(counted)]
    return Arrived(
        requests=sum(number for new, _, number in found if new),
        answers=sum(number for new, _, number in found if not new),
        emergencies=sum(number for _, urgent, number in found if urgent),
    )
