"""Making a new ticket of one message: its words are there as well, and stay where they were."""

import secrets

from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.exceptions import NotFound
from supportdesk.tickets import guiding
from supportdesk.tickets.changing.services import commit, ticket_to_change
from supportdesk.tickets.intake import guide, sealed_ticket
from supportdesk.tickets.merging.queries import conversation_of, parts_of
from supportdesk.tickets.models import Act, Kind, Ticket
from supportdesk.tickets.related.services import relate
from supportdesk.tickets.shown import NOTHING
from supportdesk.tickets.topics import Topic


def split(reference: str, version: int, agent: Agent, *, message_id: int, subject: str, topic: Topic) -> Ticket:
    """The new ticket: of the same person, due as if it had come by itself, and linked to this one.

    Raises NotFound where that is no message of the requester's here.
    """
    ticket, at = ticket_to_change(reference, version)
    parts = parts_of(ticket)  # Held by a name: a message opens only as long as its ticket is held, unlocked.
    message = next((one for one in conversation_of(ticket, parts) if one.id == message_id), None)
    if message is None or message.kind is not Kind.REQUEST or not message.opens:
        raise NotFound("That is no message of theirs.")
    new = sealed_ticket(
        secrets.token_hex(32),
        topic,
        message.created_at,
        name=ticket.name,
        email=ticket.email,
        subject=subject,
        message=message.body,
    )
    guide(new, guiding.advice(subject, message.body, topic.value), NOTHING)
    db.session.add(new)
    db.session.flush()
    new.record(Act.SPLIT_FROM, at, agent, other=ticket.reference)
    ticket.record(Act.SPLIT, at, agent, other=new.reference)
    relate(ticket, new, at)
    commit()
    return new
