"""Merging two tickets of one person, and taking them apart again.

One merge is done after the other, so that of two people who merge crosswise the second one sees what the first one did.
"""

from datetime import datetime

from sqlalchemy import select

from supportdesk.agents.models import Agent
from supportdesk.database import db, take_turn
from supportdesk.exceptions import CannotMerge, NotFound
from supportdesk.tickets.changing.services import commit, ticket_to_change
from supportdesk.tickets.clocks.targets import due
from supportdesk.tickets.mentions.models import Watch
from supportdesk.tickets.mentions.queries import newest_message
from supportdesk.tickets.merging.models import Merged
from supportdesk.tickets.merging.parts import together
from supportdesk.tickets.merging.queries import merged_row, target_of
from supportdesk.tickets.models import OUR_TURN, Act, Outcome, Priority, Status, Ticket
from supportdesk.tickets.queries import ticket_for_agent
from supportdesk.tickets.undoing.queries import still_held_back
from supportdesk.tickets.undoing.snapshots import restore, snapshot


def merge(reference: str, version: int, agent: Agent, *, other: str, other_version: int) -> Ticket:
    """`other` becomes a part of this ticket: shown in its conversation, closed itself, and found under both references.

    Raises CannotMerge, which says why, and nothing is done.
    """
    take_turn(db.session, "merging")
    target, at = ticket_to_change(reference, version)
    source = ticket_for_agent(other)
    _refuse(target, source, other_version)
    _refuse_while_replying(target, source, at)
    row = Merged(
        source_id=source.id,
        target_id=target.id,
        agent_id=agent.id,
        created_at=at,
        source_before=snapshot(source),
        target_before=snapshot(target) | {"emergency": target.emergency},
    )
    _take_over(target, source, at)
    source.solve(Outcome.DUPLICATE, at)
    source.status = Status.CLOSED
    source.record(Act.MERGED, at, agent, into=target.reference)
    took = target.emergency != row.target_before["emergency"]  # The report asks what its own first message was.
    of_its_own = {"emergency_before": row.target_before["emergency"]} if took else {}
    target.record(Act.MERGED_IN, at, agent, other=source.reference, after=target.status, **of_its_own)
    db.session.add(row)
    commit(lambda: _note_version(row, target))
    return target


def take_apart(reference: str, version: int, agent: Agent, *, other: str) -> Ticket:
    """`other` is a ticket of its own again, as it was; so is this one, unless somebody changed it since.

    What was written meanwhile stays here.  Raises NotFound where `other` is no part of it.
    """
    take_turn(db.session, "merging")
    target, at = ticket_to_change(reference, version)
    source = ticket_for_agent(other)
    row = merged_row(source)
    if row is None or row.target_id != target.id:
        raise NotFound("That request is no part of this one.")
    restore(source, row.source_before)
    put_back = target.version == row.target_version
    if put_back:
        restore(target, row.target_before)
        target.emergency = row.target_before["emergency"]
    source.record(Act.TAKEN_APART, at, agent, other=target.reference)
    target.record(Act.TAKEN_APART, at, agent, other=source.reference, put_back=put_back)
    db.session.delete(row)
    commit()
    return target


def _refuse(target: Ticket, source: Ticket, source_version: int) -> None:
    if source.id == target.id:
        raise CannotMerge("This is the same request. Choose another one.")
    if (into := target_of(source)) is not None:
        raise CannotMerge(f"Someone merged {source.reference} into {into.reference} meanwhile.")
    if len(together(source.id)) > 1:
        raise CannotMerge(f"Someone merged another request into {source.reference}. Merge this one into it instead.")
    if source.email_hash != target.email_hash or source.is_erased or target.is_erased:
        raise CannotMerge("Only requests from one email address can be merged.")
    if source.version != source_version or source.status is Status.CLOSED:
        raise CannotMerge(f"Someone changed {source.reference} meanwhile. Look at it, then merge it.")
    if source.held_because or target.held_because:
        raise CannotMerge("One of them is held for review. Let it in first.")


def _refuse_while_replying(target: Ticket, source: Ticket, at: datetime) -> None:
    """Whose turn it is stands only when the reply is out."""
    for one in (target, source):
        if still_held_back(one.id, at):
            raise CannotMerge(f"A reply to {one.reference} can still be taken back. Merge in a few seconds.")


def _take_over(target: Ticket, source: Ticket, at: datetime) -> None:
    """What waits on us still does, by the earlier of both deadlines; and whoever watches goes on watching."""
    if source.status in OUR_TURN:
        theirs, since = source.reply_due_at or due(source, at), source.reply_since or at
        if target.status not in OUR_TURN:
            target.open(theirs, since)
        if target.reply_due_at is None or theirs < target.reply_due_at:
            target.reply_due_at, target.reply_since = theirs, since
        target.waits_until = None
    if source.may_be_emergency and not target.may_be_emergency:
        target.emergency, target.priority = source.emergency, Priority.URGENT
    watching = set(db.session.scalars(select(Watch.agent_id).where(Watch.ticket_id == target.id)))
    for agent_id in set(db.session.scalars(select(Watch.agent_id).where(Watch.ticket_id == source.id))) - watching:
        seen = newest_message(target.id)
        db.session.add(Watch(ticket_id=target.id, agent_id=agent_id, created_at=at, seen_message_id=seen))


def _note_version(row: Merged, target: Ticket) -> None:
    db.session.flush()  # Now the version is the one that everybody sees afterwards.
    row.target_version = target.version
