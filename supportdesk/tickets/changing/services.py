"""The first step and the last of every act: the ticket as the agent saw it, and one commit."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm.exc import StaleDataError

from supportdesk import clock
from supportdesk.database import db
from supportdesk.exceptions import TicketChanged, TicketClosed
from supportdesk.tickets.models import Status, Ticket
from supportdesk.tickets.queries import ticket_for_agent


def ticket_to_change(reference: str, version: int) -> tuple[Ticket, datetime]:
    """The ticket, unlocked, and the time.  Raises NotFound, TicketChanged or TicketClosed."""
    ticket = ticket_for_agent(reference)
    ticket.expect(version)
    if ticket.status is Status.CLOSED:
        raise TicketClosed(ticket.reference)
    return ticket, clock.now()


def commit(last: Callable[[], None] | None = None) -> None:
    """With `last` as the last step of the transaction.  Raises TicketChanged, and nothing is done."""
    try:
        if last:
            last()
        db.session.commit()
    except StaleDataError:  # Someone committed between our look and our write.
        db.session.rollback()
        raise TicketChanged from None
