"""What happened in a span: along the indexes of its moments, and of what came before only what bears on it.

Spam, and what is held for review, is in none of it.  Columns that stand in clear; nothing is unsealed.  Reads only.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, Subquery, or_, select, union

from supportdesk.database import db
from supportdesk.tickets.clocks.policy import Policy
from supportdesk.tickets.flow.figures import Came, Joined, Said, Turn
from supportdesk.tickets.flow.span import Span
from supportdesk.tickets.flow.turns import BRINGS_BACK, PUTS_AWAY, SAYS, TAKES_BACK, TOLD, turns
from supportdesk.tickets.merging.models import Merged
from supportdesk.tickets.models import OVER, Event, Kind, Message, Outcome, Status, Ticket

COUNTS = ((Ticket.outcome == Outcome.SPAM).is_not(True), Ticket.held_because.is_(None))
_UNSOLVED = [status for status in Status if status not in OVER]
_TURNS = sorted(PUTS_AWAY | BRINGS_BACK | SAYS | TAKES_BACK)
_Ids = Select[Any]


def came_in(span: Span) -> list[Came]:
    return _came(select(Ticket.id).where(*_in(Ticket.created_at, span)))


def not_solved_in(span: Span) -> tuple[list[Came], list[Turn]]:
    """Whatever was not solved at some moment of the span, and each turn of it, those of other days among them."""
    open_all_along = (
        select(Ticket.id).where(Ticket.created_at < span.starts, Ticket.status.in_(_UNSOLVED)),
        select(Ticket.id).where(
            Ticket.created_at < span.starts,
            Ticket.updated_at >= span.ends,  # For its index: whatever is solved was touched then.
            or_(Ticket.solved_at.is_(None), Ticket.solved_at >= span.ends),
        ),
        # What was taken back later is as if it had not been.
        select(Event.ticket_id).where(Event.act.in_(sorted(TAKES_BACK)), Event.created_at >= span.ends),
    )
    ids = union(*open_all_along, select(Ticket.id).where(*_in(Ticket.created_at, span)), _turned(span)).subquery()
    return _came(ids.select()), _turns(ids)


def turned(span: Span, agent_id: int) -> list[Turn]:
    """Each turn of what an agent put away or brought back in the span, those of other days among them."""
    return _turns(_turned(span).where(Event.agent_id == agent_id).subquery())


def said(span: Span, policy: Policy, agent_id: int | None = None) -> list[Said | Joined]:
    """Each message up to the end of the span in what was replied to within it, by this agent where one is named."""
    replied = select(Message.ticket_id).where(Message.kind == Kind.REPLY, *_in(Message.created_at, span))
    if agent_id is not None:
        replied = replied.where(Message.author_id == agent_id)
    merged = db.session.execute(
        select(Merged.source_id, Merged.created_at, Merged.target_id).where(Merged.target_id.in_(replied))
    )
    found: list[tuple[datetime, float, Said | Joined]] = _messages(span, policy, replied)
    found += [(at, float("inf"), Joined(source, at, target)) for source, at, target in merged]
    return [one for _at, _number, one in sorted(found, key=lambda each: each[:2])]


def _messages(span: Span, policy: Policy, replied: _Ids) -> list[tuple[datetime, float, Said | Joined]]:
    """Of the tickets that were replied to and of their parts, with what puts them in order."""
    parts = select(Merged.source_id).where(Merged.target_id.in_(replied))
    columns = (Message.id, Message.ticket_id, Message.created_at, Message.author_id, Message.kind)
    rows = db.session.execute(
        select(*columns, Ticket.first_reply_due_at, Ticket.priority, Ticket.topic)
        .join(Ticket)
        .where(Message.ticket_id.in_(union(replied, parts).subquery().select()), Message.created_at < span.ends)
        .where(Message.kind.in_((Kind.REQUEST, Kind.REPLY)), *COUNTS)
    )
    met, found = _deadlines_met(span), []
    for number, ticket, at, author, kind, promised, priority, topic in rows:
        one: Said | Joined = Said(ticket, at, None, promised)
        if kind is Kind.REPLY:
            further = policy.minutes(priority, topic, has_replied=True)
            one = Said(ticket, at, author or 0, met.get((ticket, at)), further)
        found.append((at, float(number), one))
    return found


def _in(column: Any, span: Span) -> tuple[Any, Any]:
    return column >= span.starts, column < span.ends


def _turned(span: Span) -> _Ids:
    return select(Event.ticket_id).where(Event.act.in_(_TURNS), *_in(Event.created_at, span))


def _came(ids: _Ids) -> list[Came]:
    columns = (Ticket.id, Ticket.created_at, Ticket.topic, Ticket.route)
    rows = db.session.execute(select(*columns).where(Ticket.id.in_(ids), *COUNTS).order_by(Ticket.id))
    return [Came(*row) for row in rows]


def _turns(ids: Subquery) -> list[Turn]:
    columns = (Event.ticket_id, Event.act, Event.agent_id, Event.created_at, Event.detail)
    events: Sequence[Any] = db.session.execute(
        select(*columns).join(Ticket).where(Event.ticket_id.in_(ids.select()), *COUNTS).order_by(Event.id)
    ).all()
    return turns(events)


def _deadlines_met(span: Span) -> dict[tuple[int, datetime], datetime]:
    """Of the replies of the span: the deadline that each met; older histories do not tell."""
    columns = (Event.ticket_id, Event.created_at, Event.detail)
    rows = db.session.execute(select(*columns).where(Event.act.in_(sorted(TOLD)), *_in(Event.created_at, span)))
    return {
        (ticket, at): datetime.fromisoformat(detail["due"]).astimezone(UTC)
        for ticket, at, detail in rows
        if detail.get("due")
    }
