"""Keeping what a reply can be taken back with, and taking it back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, select

from supportdesk import clock
from supportdesk.agents.drafts import services as drafts
from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.exceptions import NotFound, TooLate
from supportdesk.mail.models import MailState, OutboxMail
from supportdesk.tickets.models import Act, Message, Ticket
from supportdesk.tickets.own_page.models import Link
from supportdesk.tickets.queries import ticket_for_agent
from supportdesk.tickets.undoing.models import UnsentReply
from supportdesk.tickets.undoing.snapshots import restore


def time_to_undo() -> timedelta:
    return timedelta(seconds=current_app.config["UNDO_SECONDS"])


def keep_unsent(message: Message, mail: OutboxMail, link: Link, before: Mapping[str, Any]) -> None:
    """Within the reply's transaction, as its last step: what it takes to take it back.  `before`: see snapshots.py."""
    if not time_to_undo():
        return
    db.session.execute(delete(UnsentReply).where(UnsentReply.until < message.created_at))
    db.session.flush()  # Now the version is the one that everybody sees afterwards.
    unsent = UnsentReply(
        message=message,
        ticket=message.ticket,
        agent_id=message.author_id,
        mail=mail.message_id,
        link_hash=link.token_hash,
        until=message.created_at + time_to_undo(),
        version=message.ticket.version,
        before=dict(before),
    )
    db.session.add(unsent)


def take_back(reference: str, agent: Agent, message_id: int, draft_address: str) -> Ticket:
    """The reply is the agent's draft again, and the ticket as it was before, unless somebody changed it since.

    Raises NotFound, or TooLate where its time is over or its mail has left.
    """
    at = clock.now()
    ticket = ticket_for_agent(reference)
    unsent = db.session.get(UnsentReply, message_id)
    if unsent is None:
        raise TooLate(ticket.reference)
    if (unsent.ticket_id, unsent.agent_id) != (ticket.id, agent.id):
        raise NotFound("That is not a reply of yours to this ticket.")
    mail = db.session.scalar(select(OutboxMail).where(OutboxMail.message_id == unsent.mail).with_for_update())
    if at >= unsent.until or mail is None or mail.state is not MailState.QUEUED or mail.attempts:
        raise TooLate(ticket.reference)
    drafts.put(agent.id, draft_address, unsent.message.body, at)
    if ticket.version == unsent.version:
        restore(ticket, unsent.before)
    _drop(unsent, mail)
    ticket.record(Act.UNDONE, at, agent)
    db.session.commit()
    return ticket


def _drop(unsent: UnsentReply, mail: OutboxMail) -> None:
    """The message, its mail and the link that stands in it."""
    link = db.session.get(Link, unsent.link_hash)
    for row in (unsent, unsent.message, mail, link):
        if row is not None:
            db.session.delete(row)
