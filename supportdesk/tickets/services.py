"""What agents do with a ticket: each function is one act, one commit, and leaves an event.

Each takes the reference and the `version` that the agent's page showed, and raises NotFound, TicketChanged where
someone else was faster, or TicketClosed.
"""

import secrets
from datetime import datetime

from flask import current_app
from sqlalchemy.orm.exc import StaleDataError

from supportdesk import clock
from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.exceptions import NotFound, TicketChanged, TicketClosed
from supportdesk.mail.compose import queue_mail
from supportdesk.opening import hours
from supportdesk.tickets import sla
from supportdesk.tickets.models import Act, Kind, Outcome, Priority, Status, Ticket
from supportdesk.tickets.queries import ticket_for_agent
from supportdesk.tickets.topics import Topic


def take_ticket(reference: str, version: int, agent: Agent) -> Ticket:
    """The agent is its assignee, and it is open."""
    ticket, at = _ticket_to_change(reference, version)
    ticket.assignee = agent
    if ticket.status is Status.NEW:
        ticket.open(_due(at))
    ticket.record(Act.TAKEN, at, agent)
    _commit()
    return ticket


def reply_to_ticket(reference: str, version: int, agent: Agent, body: str, then: Status = Status.PENDING) -> Ticket:
    """Send the agent's words to the requester; afterwards the ticket is `then`: pending, open or solved."""
    ticket, at = _ticket_to_change(reference, version)
    _say(ticket, agent, body, at, "reply")
    ticket.record(Act.REPLIED, at, agent)
    if then is Status.SOLVED:
        ticket.solve(Outcome.ANSWERED, at)
        ticket.record(Act.SOLVED, at, agent, outcome=Outcome.ANSWERED)
    elif then is Status.OPEN:
        ticket.open(_due(at))
    else:
        ticket.wait()
    _commit()
    return ticket


def add_note(reference: str, version: int, agent: Agent, body: str) -> Ticket:
    """Words for the other agents; the requester never sees them."""
    ticket, at = _ticket_to_change(reference, version)
    ticket.add_message(Kind.NOTE, body, at, seal_id=secrets.token_hex(16), author=agent)
    ticket.record(Act.NOTED, at, agent)
    _commit()
    return ticket


def change_details(
    reference: str,
    version: int,
    agent: Agent,
    *,
    status: Status,
    priority: Priority,
    topic: Topic,
    assignee_id: int | None,
) -> Ticket:
    """Triage: whatever differs from the ticket is changed, each with an event of its own."""
    ticket, at = _ticket_to_change(reference, version)
    if topic is not ticket.topic:
        ticket.record(Act.TOPIC, at, agent, before=ticket.topic, after=topic)
        ticket.topic = topic
    if priority is not ticket.priority:
        ticket.record(Act.PRIORITY, at, agent, before=ticket.priority, after=priority)
        ticket.priority = priority
    if assignee_id != ticket.assignee_id:
        _assign(ticket, assignee_id, agent, at)
    if status is not ticket.status:
        _set_status(ticket, status, agent, at)
    _commit()
    return ticket


def send_to_clinic(reference: str, version: int, agent: Agent, topic: Topic, body: str) -> Ticket:
    """Tell the requester, kindly, that only their clinic can do this; the ticket is solved as sent to the clinic."""
    ticket, at = _ticket_to_change(reference, version)
    if topic is not ticket.topic:
        ticket.record(Act.TOPIC, at, agent, before=ticket.topic, after=topic)
        ticket.topic = topic
    _say(ticket, agent, body, at, "clinic")
    ticket.solve(Outcome.SENT_TO_CLINIC, at)
    ticket.record(Act.SENT_TO_CLINIC, at, agent, topic=topic)
    _commit()
    return ticket


def solve_ticket(reference: str, version: int, agent: Agent, outcome: Outcome = Outcome.ANSWERED) -> Ticket:
    ticket, at = _ticket_to_change(reference, version)
    ticket.solve(outcome, at)
    ticket.record(Act.SOLVED, at, agent, outcome=outcome)
    _commit()
    return ticket


def reopen_ticket(reference: str, version: int, agent: Agent) -> Ticket:
    """It is our turn again, with a new deadline."""
    ticket, at = _ticket_to_change(reference, version)
    ticket.open(_due(at))
    ticket.record(Act.REOPENED, at, agent)
    _commit()
    return ticket


def _ticket_to_change(reference: str, version: int) -> tuple[Ticket, datetime]:
    ticket = ticket_for_agent(reference)
    ticket.expect(version)
    if ticket.status is Status.CLOSED:
        raise TicketClosed(ticket.reference)
    return ticket, clock.now()


def _commit() -> None:
    try:
        db.session.commit()
    except StaleDataError:  # Someone committed between our look and our write.
        db.session.rollback()
        raise TicketChanged from None


def _due(at: datetime) -> datetime:
    return sla.reply_due(hours(), at, current_app.config["REPLY_MINUTES"])


def _say(ticket: Ticket, agent: Agent, body: str, at: datetime, template: str) -> None:
    """Keep a reply and queue its mail.  An agent who answers a ticket nobody has, has it."""
    ticket.add_message(Kind.REPLY, body, at, seal_id=secrets.token_hex(16), author=agent)
    ticket.answered(at)
    ticket.assignee = ticket.assignee or agent
    queue_mail(template, ticket.email, at, reference=ticket.reference, body=body)


def _assign(ticket: Ticket, assignee_id: int | None, agent: Agent, at: datetime) -> None:
    assignee = db.session.get(Agent, assignee_id) if assignee_id is not None else None
    if assignee_id is not None and (assignee is None or not assignee.is_active):
        raise NotFound("There is no such agent.")
    ticket.record(Act.ASSIGNED, at, agent, to=assignee.name if assignee else None)
    ticket.assignee = assignee


def _set_status(ticket: Ticket, status: Status, agent: Agent, at: datetime) -> None:
    ticket.record(Act.STATUS, at, agent, before=ticket.status, after=status)
    if status is Status.PENDING:
        ticket.wait()
    elif status in (Status.SOLVED, Status.CLOSED):
        ticket.solve(ticket.outcome or Outcome.ANSWERED, at)
        ticket.status = status
    else:
        ticket.open(_due(at))
        ticket.status = status
