"""The figures of a span, from columns that stand in clear; nothing is unsealed.  Reads only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from supportdesk.database import db
from supportdesk.hours import BusinessHours
from supportdesk.tickets.flow import figures
from supportdesk.tickets.flow.figures import Came, OfAgent, Said, Times
from supportdesk.tickets.flow.span import Span
from supportdesk.tickets.flow.turns import turns
from supportdesk.tickets.models import Event, Kind, Message, Outcome, Ticket
from supportdesk.tickets.satisfaction.queries import said_between
from supportdesk.tickets.topics import Topic


@dataclass(frozen=True)
class Flow:
    span: Span
    total: int
    topics: Sequence[tuple[Topic, int]]  # Most first.
    routes: Mapping[str, int]
    heat: Sequence[Sequence[int]]
    first: Times
    next: Times
    backlog: Sequence[tuple[date, int]]
    reopened: int
    agents: Mapping[int, OfAgent]
    helped: tuple[int, int]  # How many said yes, and how many no.


def flow(span: Span, hours: BusinessHours, promise: int) -> Flow:
    """Spam and what is held for review is in none of it.  `promise` is in business minutes."""
    came, said, changed = _came(span.ends), _said(span.ends), turns(_events(span.ends))
    new = [one for one in came if span.holds(one.at)]
    ended = [wait for wait in figures.waits(said, hours) if span.holds(wait.replied_at)]
    topics = Counter(one.topic for one in new)
    return Flow(
        span=span,
        total=len(new),
        topics=[(Topic(topic), number) for topic, number in sorted(topics.items(), key=lambda t: (-t[1], t[0]))],
        routes=Counter(one.route for one in new),
        heat=figures.heat(new, span),
        first=figures.times([wait for wait in ended if wait.is_first], promise),
        next=figures.times([wait for wait in ended if not wait.is_first], promise),
        backlog=figures.backlog(came, changed, span),
        reopened=figures.reopened(changed, span),
        agents=figures.by_agent(said, changed, ended, span, promise),
        helped=said_between(span.starts, span.ends),
    )


_COUNTS = ((Ticket.outcome == Outcome.SPAM).is_not(True), Ticket.held_because.is_(None))


def _came(until: datetime) -> list[Came]:
    columns = (Ticket.id, Ticket.created_at, Ticket.topic, Ticket.route)
    rows = db.session.execute(select(*columns).where(Ticket.created_at < until, *_COUNTS).order_by(Ticket.id))
    return [Came(*row) for row in rows]


def _said(until: datetime) -> list[Said]:
    columns = (Message.ticket_id, Message.created_at, Message.author_id, Message.kind)
    kinds = Message.kind.in_((Kind.REQUEST, Kind.REPLY))
    rows = db.session.execute(
        select(*columns).join(Ticket).where(Message.created_at < until, kinds, *_COUNTS).order_by(Message.id)
    )
    return [Said(ticket, at, (author or 0) if kind is Kind.REPLY else None) for ticket, at, author, kind in rows]


def _events(until: datetime) -> Sequence[Any]:
    columns = (Event.ticket_id, Event.act, Event.agent_id, Event.created_at, Event.detail)
    return db.session.execute(
        select(*columns).join(Ticket).where(Event.created_at < until, *_COUNTS).order_by(Event.id)
    ).all()
