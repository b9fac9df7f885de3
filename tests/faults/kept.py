"""What a desk that was hurt still has of what patients were told it has."""

from supportdesk.database import db
from supportdesk.keys import keyring
from supportdesk.tickets.queries import ticket_for_agent


def whole_texts(app, references):
    """The first message of each ticket, unsealed, by its reference."""
    kept = {}
    with app.app_context():
        for reference in references:
            ticket = ticket_for_agent(reference)
            ticket.unlock(keyring())
            kept[reference] = ticket.messages[0].body
            db.session.expunge_all()
        db.session.remove()
    return kept
