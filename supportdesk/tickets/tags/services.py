"""Making and retiring tags, and putting them on a ticket: each is one act and one commit."""

from collections.abc import Collection

from sqlalchemy import delete

from supportdesk import clock
from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.exceptions import NotFound
from supportdesk.tickets.changing.services import commit, ticket_to_change
from supportdesk.tickets.models import Act, Ticket
from supportdesk.tickets.tags.models import Tag, TicketTag
from supportdesk.tickets.tags.queries import all_tags, tag_named, tags_on


def make_tag(name: str) -> Tag:
    """A new tag, or the one of that name, in use again."""
    tag = tag_named(name) or Tag(name=name, created_at=clock.now())
    tag.retired_at = None
    db.session.add(tag)
    db.session.commit()
    return tag


def retire_tag(tag_id: int) -> Tag:
    """It is not offered any more; tickets that carry it keep it.  Raises NotFound."""
    tag = db.session.get(Tag, tag_id)
    if tag is None:
        raise NotFound("There is no such tag.")
    tag.retired_at = tag.retired_at or clock.now()
    db.session.commit()
    return tag


def set_tags(reference: str, version: int, agent: Agent, *, tag_ids: Collection[int]) -> Ticket:
    """From now on the ticket carries these, and no others.  Of a retired tag nothing new is made."""
    ticket, at = ticket_to_change(reference, version)
    known = {tag.id: tag for tag in all_tags()}
    before = {tag.id for tag in tags_on(ticket)}
    after = {tag_id for tag_id in known.keys() & set(tag_ids) if known[tag_id].retired_at is None or tag_id in before}
    if after != before:
        carry(ticket, after)
        put, taken = (sorted(known[tag_id].name for tag_id in ids) for ids in (after - before, before - after))
        ticket.record(Act.TAGGED, at, agent, put=put, taken=taken)
    commit()
    return ticket


def carry(ticket: Ticket, tag_ids: Collection[int]) -> None:
    """A step of another act: the ticket carries these tags, and no others."""
    before = {tag.id for tag in tags_on(ticket)}
    gone, new = before - set(tag_ids), set(tag_ids) - before
    db.session.execute(delete(TicketTag).where(TicketTag.ticket_id == ticket.id, TicketTag.tag_id.in_(gone)))
    db.session.add_all(TicketTag(ticket_id=ticket.id, tag_id=tag_id) for tag_id in sorted(new))
