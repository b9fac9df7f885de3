"""What agents do with a ticket: each function is one act, one commit, and leaves an event.

Each takes the reference and the `version` that the agent's page showed, and raises NotFound, TicketChanged where
someone else was faster, or TicketClosed.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import current_app

from supportdesk.agents.models import Agent
from supportdesk.agents.teams.models import Team
from supportdesk.database import db
from supportdesk.exceptions import NotFound
from supportdesk.mail.compose import queue_mail
from supportdesk.mail.models import OutboxMail
from supportdesk.tickets.changing.services import commit, ticket_to_change
from supportdesk.tickets.clocks.targets import due
from supportdesk.tickets.intake import announce
from supportdesk.tickets.models import Act, Kind, Message, Outcome, Priority, Status, Ticket
from supportdesk.tickets.own_page.models import Link
from supportdesk.tickets.replies.services import count_uses
from supportdesk.tickets.topics import Topic
from supportdesk.tickets.undoing.services import keep_unsent, time_to_undo
from supportdesk.tickets.undoing.snapshots import snapshot

Sent = tuple[Message, OutboxMail, Link]


def take_ticket(reference: str, version: int, agent: Agent) -> Ticket:
    """The agent is its assignee, and it is open."""
    ticket, at = ticket_to_change(reference, version)
    ticket.assignee = agent
    if ticket.status is Status.NEW:
        ticket.open(due(ticket, at), at)
    ticket.record(Act.TAKEN, at, agent)
    commit()
    return ticket


def reply_to_ticket(
    reference: str, version: int, agent: Agent, body: str, then: Status = Status.PENDING, *, used: Sequence[str] = ()
) -> Ticket:
    """Send the agent's words to the requester; afterwards the ticket is `then`: pending, open or solved.

    `used` are the names of the canned replies in it.
    """
    ticket, at = ticket_to_change(reference, version)
    before = snapshot(ticket) | {"used": list(used)}
    sent = _say(ticket, agent, body, at, "reply")
    count_uses(used, at)
    ticket.record(Act.REPLIED, at, agent, due=before["reply_due_at"])
    if then is Status.SOLVED:
        ticket.solve(Outcome.ANSWERED, at)
        ticket.record(Act.SOLVED, at, agent, outcome=Outcome.ANSWERED)
    elif then is Status.OPEN:
        ticket.open(due(ticket, at), at)
    else:
        ticket.wait()
    _commit(sent, before)
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
    team_id: int | None,
) -> Ticket:
    """Triage: whatever differs from the ticket is changed, each with an event of its own."""
    ticket, at = ticket_to_change(reference, version)
    before = due(ticket, at)
    if topic is not ticket.topic:
        ticket.record(Act.TOPIC, at, agent, before=ticket.topic, after=topic)
        ticket.topic = topic
    if priority is not ticket.priority:
        ticket.record(Act.PRIORITY, at, agent, before=ticket.priority, after=priority)
        ticket.priority = priority
    if ticket.reply_due_at and ticket.reply_since and due(ticket, at) != before:  # Another target.
        ticket.reply_due_at = due(ticket, ticket.reply_since)
    if (assignee_id, team_id) != (ticket.assignee_id, ticket.team_id):
        _assign(ticket, assignee_id, team_id, agent, at)
    if status is not ticket.status:
        _set_status(ticket, status, agent, at)
    commit()
    return ticket


def send_to_clinic(reference: str, version: int, agent: Agent, topic: Topic, body: str) -> Ticket:
    """Tell the requester, kindly, that only their clinic can do this; the ticket is solved as sent to the clinic."""
    ticket, at = ticket_to_change(reference, version)
    before = snapshot(ticket)
    if topic is not ticket.topic:
        ticket.record(Act.TOPIC, at, agent, before=ticket.topic, after=topic)
        ticket.topic = topic
    sent = _say(ticket, agent, body, at, "clinic")
    ticket.solve(Outcome.SENT_TO_CLINIC, at)
    ticket.record(Act.SENT_TO_CLINIC, at, agent, topic=topic, due=before["reply_due_at"])
    _commit(sent, before)
    return ticket


def solve_ticket(reference: str, version: int, agent: Agent, outcome: Outcome = Outcome.ANSWERED) -> Ticket:
    ticket, at = ticket_to_change(reference, version)
    ticket.solve(outcome, at)
    ticket.record(Act.SOLVED, at, agent, outcome=outcome)
    commit()
    return ticket


def reopen_ticket(reference: str, version: int, agent: Agent) -> Ticket:
    """It is our turn again, with a new deadline."""
    ticket, at = ticket_to_change(reference, version)
    ticket.open(due(ticket, at), at)
    ticket.record(Act.REOPENED, at, agent)
    commit()
    return ticket


def let_in(reference: str, version: int, agent: Agent) -> Ticket:
    """It was held for review, and a person sent it: into the queue with it, and the mails of its arrival go out."""
    ticket, at = ticket_to_change(reference, version)
    if ticket.held_because:
        ticket.held_because = None
        ticket.record(Act.LET_IN, at, agent)
        announce(ticket, ticket.email, at)
    commit()
    return ticket


def _commit(sent: Sent, before: Mapping[str, Any]) -> None:
    """What was `sent` can be taken back for a while; then the ticket is as it was `before`."""
    commit(lambda: keep_unsent(*sent, before))


def _say(ticket: Ticket, agent: Agent, body: str, at: datetime, template: str) -> Sent:
    """Keep a reply and mail a new link to it; the words themselves only where a setting says so.

    An agent who answers a ticket nobody has, has it.
    """
    message = ticket.add_message(Kind.REPLY, body, at, seal_id=secrets.token_hex(16), author=agent)
    ticket.answered(at)
    ticket.assignee = ticket.assignee or agent
    link, token = Link.fresh(ticket, at)
    db.session.add(link)
    words = {"body": body} if current_app.config["MAIL_REPLY_TEXT"] else {}
    mail = queue_mail(template, ticket.email, at, reference=ticket.reference, link_token=token, **words)
    mail.next_attempt_at = at + time_to_undo()
    return message, mail, link


def _assign(ticket: Ticket, assignee_id: int | None, team_id: int | None, agent: Agent, at: datetime) -> None:
    """To somebody, to a team until one of them takes it, or to no one.  What it was before it can stay."""
    assignee = db.session.get(Agent, assignee_id) if assignee_id is not None else None
    team = db.session.get(Team, team_id) if team_id is not None else None
    if assignee_id not in (None, ticket.assignee_id) and (assignee is None or not assignee.is_active):
        raise NotFound("There is no such agent.")
    if team_id not in (None, ticket.team_id) and (team is None or not team.is_in_use):
        raise NotFound("There is no such team.")
    handed = {"team": team.name} if team and not assignee else {}
    ticket.record(Act.ASSIGNED, at, agent, to=assignee.name if assignee else None, **handed)
    ticket.assignee, ticket.team = assignee, team


def _set_status(ticket: Ticket, status: Status, agent: Agent, at: datetime) -> None:
    ticket.record(Act.STATUS, at, agent, before=ticket.status, after=status)
    if status is Status.PENDING:
        ticket.wait()
    elif status in (Status.SOLVED, Status.CLOSED):
        ticket.solve(ticket.outcome or Outcome.ANSWERED, at)
        ticket.status = status
    else:
        ticket.open(due(ticket, at), at)
        ticket.status = status
