"""What an agent does where our mail failed for good: each function is one act, one commit, and leaves an event.

Each raises NotFound, or TicketChanged where someone else was faster.
"""

from datetime import datetime

from sqlalchemy.orm.exc import StaleDataError

from supportdesk import clock
from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.exceptions import TicketChanged
from supportdesk.mail.services import drop_failed_mail_about, retry_mail_about
from supportdesk.tickets.models import Act, Ticket
from supportdesk.tickets.queries import email_hash, ticket_for_agent


def retry_mail(reference: str, version: int, agent: Agent) -> Ticket:
    """Everything that failed goes out again, from the start."""
    ticket, at = _ticket_to_change(reference, version)
    _expect(retry_mail_about(ticket.reference, at), ticket)
    ticket.record(Act.MAIL_RETRIED, at, agent)
    _commit()
    return ticket


def correct_address(reference: str, version: int, agent: Agent, email: str) -> Ticket:
    """The patient mistyped it: the ticket has another address from now on, and what failed goes there.

    Links that are out open nothing at the old address: the code they ask for is mailed to the new one.
    """
    ticket, at = _ticket_to_change(reference, version)
    _expect(retry_mail_about(ticket.reference, at, email), ticket)
    ticket.email, ticket.email_hash = email, email_hash(email)
    ticket.record(Act.ADDRESS_CORRECTED, at, agent)
    _commit()
    return ticket


def reached_by_phone(reference: str, version: int, agent: Agent) -> Ticket:
    """The patient knows what our mail would have told them; it is tried no more."""
    ticket, at = _ticket_to_change(reference, version)
    _expect(drop_failed_mail_about(ticket.reference), ticket)
    ticket.record(Act.REACHED_BY_PHONE, at, agent)
    _commit()
    return ticket


def _commit() -> None:
    try:
        db.session.commit()
    except StaleDataError:  # Someone committed between our look and our write.
        db.session.rollback()
        raise TicketChanged from None


def _ticket_to_change(reference: str, version: int) -> tuple[Ticket, datetime]:
    ticket = ticket_for_agent(reference)
    ticket.expect(version)
    return ticket, clock.now()


def _expect(failed: int, ticket: Ticket) -> None:
    """Raises TicketChanged where nothing has failed any more: somebody saw to it already."""
    if not failed:
        raise TicketChanged(ticket.reference)
