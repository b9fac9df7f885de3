"""Taking a passage out of a ticket and of those that hold the same words, whether they are closed or not."""

from collections.abc import Iterable
from typing import Any

from supportdesk import clock
from supportdesk.agents.drafts.services import rewrite_below
from supportdesk.agents.models import Agent
from supportdesk.exceptions import NotFound
from supportdesk.mail.compose import rewrite_mail
from supportdesk.tickets import oversharing
from supportdesk.tickets.changing.services import commit
from supportdesk.tickets.models import Act, Ticket
from supportdesk.tickets.own_page.queries import visits_with_draft
from supportdesk.tickets.queries import ticket_for_agent
from supportdesk.tickets.redacting.queries import family, opinions_on


def redact_passage(reference: str, version: int, agent: Agent, passage: str, kind: oversharing.Kind) -> Ticket:
    """Take `passage` out of every word the desk keeps of the ticket and its family, and out of mail that still waits.

    The history says what kind was removed and by whom, never the text.  Raises NotFound where no word holds it, or
    TicketChanged.
    """
    ticket, at = ticket_for_agent(reference), clock.now()
    ticket.expect(version)
    together = family(ticket)
    instead = f"[{kind.label} removed]"
    held = {one.id for one in together if _rewrite(one, passage, instead)}
    beside = [_replace([("words", opinion)], passage, instead) for opinion in opinions_on(together)]
    typed = [visit for one in together for visit in visits_with_draft(one) if visit.kept]
    beside += [_replace([("draft", visit)], passage, instead) for visit in typed]
    beside += [rewrite_below(f"/desk/tickets/{one.reference}", passage, instead) for one in together]
    if not held and not any(beside):
        raise NotFound("That passage stands nowhere in this request.")
    for other in together[1:]:
        if other.id in held:
            other.witness(Act.REDACTED, at, agent, kind=kind)
    ticket.record(Act.REDACTED, at, agent, kind=kind)
    commit()
    return ticket


def _rewrite(ticket: Ticket, passage: str, instead: str) -> bool:
    """The person's name, the subject, every message and note, and the mail that was to bring one."""
    said = [message for message in ticket.messages if message.opens and passage in message.body]
    for message in said:
        message.body = message.body.replace(passage, instead)
        rewrite_mail(message.created_at, ticket.reference, passage, instead)
    return _replace([("name", ticket), ("subject", ticket)], passage, instead) or bool(said)


def _replace(places: Iterable[tuple[str, Any]], passage: str, instead: str) -> bool:
    found = [(name, row) for name, row in places if passage in getattr(row, name)]
    for name, row in found:
        setattr(row, name, getattr(row, name).replace(passage, instead))
    return bool(found)
