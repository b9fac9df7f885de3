"""What may be an emergency in words that come after the first message: the ticket is marked, and first in line."""

from datetime import datetime

from supportdesk.tickets.clocks.targets import due
from supportdesk.tickets.models import Priority, Ticket


def mark(ticket: Ticket, card: str, at: datetime) -> None:
    """Its deadline only ever comes nearer by it."""
    ticket.emergency, ticket.priority = card, Priority.URGENT
    urgent = due(ticket, at)
    if ticket.reply_due_at is None or urgent < ticket.reply_due_at:
        ticket.reply_due_at, ticket.reply_since = urgent, at
