"""Keeping what a reply can be taken back with, and taking it back."""

from collections.abc import Mapping, Sequence
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
from supportdesk.tickets.changing.services import commit
from supportdesk.tickets.clocks.targets import due
from supportdesk.tickets.models import Act, Kind, Message, Ticket
from supportdesk.tickets.own_page.models import Link
from supportdesk.tickets.queries import ticket_for_agent
from supportdesk.tickets.replies.services import forget_uses
from supportdesk.tickets.undoing.models import UnsentReply
from supportdesk.tickets.undoing.snapshots import State, restore, snapshot
from supportdesk.tickets.undoing.without import without_reply


def time_to_undo() -> timedelta:
    return timedelta(seconds=current_app.config["UNDO_SECONDS"])


def keep_unsent(message: Message, mail: OutboxMail, link: Link, before: Mapping[str, Any]) -> None:
    """Within the reply's transaction, as its last step: what it takes to take it back.

    `before` is a snapshot; where canned replies stand in the reply, it names them as `used`.
    """
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
        before={**before, "after": snapshot(message.ticket)},
    )
    db.session.add(unsent)


def take_back(reference: str, agent: Agent, message_id: int, draft_address: str) -> Ticket:
    """The reply is the agent's draft again, and the ticket as it was before, but for what somebody set anew since.

    Raises NotFound, TooLate where its time is over or its mail has left, or TicketChanged.
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
    else:
        _restore_the_rest(ticket, unsent)
    forget_uses(unsent.before.get("used", ()))
    _drop(unsent, mail)
    ticket.record(Act.UNDONE, at, agent)
    commit()
    return ticket


def _restore_the_rest(ticket: Ticket, unsent: UnsentReply) -> None:
    """Somebody changed it since: what they did not set anew is as before, and no patient waits for an unsent reply."""
    before, after = unsent.before, unsent.before.get("after")
    if after is None:  # Of a desk that did not keep it yet.
        return
    left = [one for one in ticket.messages if one.kind is Kind.REPLY and one is not unsent.message]
    later = [one for one in left if one.id > unsent.message_id]
    if later:  # What another reply made of the ticket stands; taken back as well, that one leaves nothing of this one.
        _forget_in(later, before, after)
    else:
        restore(ticket, without_reply(snapshot(ticket), before, after))
    ticket.first_replied_at = min((one.created_at for one in left), default=None)
    is_other_target = (ticket.priority, ticket.topic) != (before["priority"], before["topic"])
    if is_other_target and not later and ticket.reply_due_at and ticket.reply_since:
        ticket.reply_due_at = due(ticket, ticket.reply_since)


def _forget_in(later: Sequence[Message], before: State, after: State) -> None:
    for one in db.session.scalars(select(UnsentReply).where(UnsentReply.message_id.in_([one.id for one in later]))):
        one.before = without_reply(one.before, before, after)


def _drop(unsent: UnsentReply, mail: OutboxMail) -> None:
    """The message, its mail and the link that stands in it."""
    link = db.session.get(Link, unsent.link_hash)
    for row in (unsent, unsent.message, mail, link):
        if row is not None:
            db.session.delete(row)
