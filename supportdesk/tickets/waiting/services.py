"""Letting a ticket rest until a day, and bringing it back: by an agent, or by itself when the day has come."""

from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import Row, insert, update

from supportdesk import clock
from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.opening import hours
from supportdesk.tickets import ranks
from supportdesk.tickets.changing.services import commit, ticket_to_change
from supportdesk.tickets.clocks.targets import due, due_at
from supportdesk.tickets.models import OUR_TURN, Act, Event, Priority, Status, Ticket
from supportdesk.tickets.waiting.queries import morning_of, to_come_back

AT_ONCE = 200


def wait_until(reference: str, version: int, agent: Agent, *, day: date) -> Ticket:
    """It rests until the desk opens on that day.  Where it is our turn, the time to reply runs on meanwhile."""
    ticket, at = ticket_to_change(reference, version)
    if ticket.is_over:
        ticket.wait()
    elif ticket.status is Status.NEW:
        ticket.status = Status.OPEN
    ticket.waits_until = morning_of(hours(), day)
    ticket.record(Act.WAITS, at, agent, until=ticket.waits_until.isoformat())
    commit()
    return ticket


def end_wait(reference: str, version: int, agent: Agent) -> Ticket:
    """Back into the queue, now."""
    ticket, at = ticket_to_change(reference, version)
    if ticket.waits_until is not None:
        ticket.open(due(ticket, at), at)
        ticket.record(Act.CAME_BACK, at, agent)
    commit()
    return ticket


def bring_back(now: datetime) -> int:
    """Whatever was to rest until `now`, each in a commit of its own; returns how many tickets."""
    done = 0
    while rows := to_come_back(now, AT_ONCE):
        if not sum(_bring_back(row, now) for row in rows):
            break  # Somebody is at each of them: the next time, then.
        done += len(rows)
    if done:
        current_app.logger.info("Tickets that came back: %s", done)
    return done


def _bring_back(row: Row[Any], at: datetime) -> bool:
    """By its columns alone; whoever changed it at this moment was first."""
    new = due_at(row.priority, row.topic, at, has_replied=row.first_replied_at is not None)
    reply_due_at = row.reply_due_at or new
    values: dict[str, Any] = {"waits_until": None, "version": Ticket.version + 1, "updated_at": at}
    if row.status is Status.PENDING or row.status in OUR_TURN:
        values |= {"status": Status.OPEN, "reply_due_at": reply_due_at, "reply_since": row.reply_since or at}
        emergency = row.emergency is not None and row.priority is Priority.URGENT
        values["rank"] = ranks.rank(
            is_ours=True, is_over=False, may_be_emergency=emergency, reply_due_at=reply_due_at, updated_at=at
        )
    one = update(Ticket).where(Ticket.id == row.id, Ticket.version == row.version).values(values)
    changed = db.session.execute(one.execution_options(synchronize_session=False))
    if changed.rowcount:  # type: ignore[attr-defined]
        db.session.execute(insert(Event).values(ticket_id=row.id, act=Act.CAME_BACK, created_at=at, detail={}))
    db.session.commit()
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def every_minute() -> int:
    """What the delivery process does."""
    return bring_back(clock.now())
