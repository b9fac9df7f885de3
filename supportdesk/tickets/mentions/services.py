"""A note that mentions colleagues; saying that one has seen it; watching, and looking at what is watched.

What changes nothing of a ticket takes no notice of its version, and makes no page of a colleague's old.
"""

import secrets
from collections.abc import Sequence

from sqlalchemy import delete, select, update

from supportdesk import clock
from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.tickets.changing.services import commit, ticket_to_change
from supportdesk.tickets.mentions.models import Mention, Watch
from supportdesk.tickets.mentions.queries import is_watching, newest_message
from supportdesk.tickets.merging.parts import together
from supportdesk.tickets.models import Act, Kind, Ticket
from supportdesk.tickets.queries import ticket_for_agent
from supportdesk.tickets.references import read_reference


def add_note(reference: str, version: int, agent: Agent, body: str, mentioned: Sequence[int] = ()) -> Ticket:
    """Words for the other agents, which the requester never sees; those who are `mentioned` find it in their view."""
    ticket, at = ticket_to_change(reference, version)
    ticket.add_message(Kind.NOTE, body, at, seal_id=secrets.token_hex(16), author=agent)
    ticket.record(Act.NOTED, at, agent)
    for agent_id in mentioned:
        db.session.add(Mention(ticket_id=ticket.id, agent_id=agent_id, by_id=agent.id, created_at=at))
    if names := [db.session.get_one(Agent, agent_id).name for agent_id in mentioned]:
        ticket.record(Act.MENTIONED, at, agent, names=names)
    commit()
    return ticket


def see_mentions(reference: str, _version: int, agent: Agent) -> Ticket:
    ticket, at = ticket_for_agent(reference), clock.now()
    mine = update(Mention).where(
        Mention.ticket_id.in_(together(ticket.id)), Mention.agent_id == agent.id, Mention.seen_at.is_(None)
    )
    if db.session.execute(mine.values(seen_at=at)).rowcount:  # type: ignore[attr-defined]
        ticket.witness(Act.MENTION_SEEN, at, agent)
    commit()
    return ticket


def watch(reference: str, _version: int, agent: Agent, *, on: bool) -> Ticket:
    ticket, at = ticket_for_agent(reference), clock.now()
    if is_watching(ticket, agent) is not on:
        if on:
            seen = newest_message(ticket.id)
            db.session.add(Watch(ticket_id=ticket.id, agent_id=agent.id, created_at=at, seen_message_id=seen))
        else:
            db.session.execute(delete(Watch).where(Watch.ticket_id == ticket.id, Watch.agent_id == agent.id))
        ticket.witness(Act.WATCHED if on else Act.UNWATCHED, at, agent)
    commit()
    return ticket


def look(reference: str, agent: Agent) -> int | None:
    """A watcher has the ticket before them.  Returns up to which message they had seen it; None: they do not watch it.

    Where somebody stops watching at that very moment, there is nothing to write down.
    """
    watched = select(Watch).join(Ticket, Ticket.id == Watch.ticket_id)
    this = Ticket.reference == (read_reference(reference) or "")
    watch = db.session.scalar(watched.where(this, Watch.agent_id == agent.id))
    if watch is None:
        return None
    before, newest = watch.seen_message_id, newest_message(watch.ticket_id)
    if newest > before:
        row = (Watch.ticket_id == watch.ticket_id, Watch.agent_id == agent.id)
        db.session.execute(update(Watch).where(*row).values(seen_message_id=newest))
        db.session.commit()
    return before
