"""Making a new request of one message."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from supportdesk.access import Role, may
from supportdesk.tickets.merging.queries import conversation_of, parts_of
from supportdesk.tickets.queries import ticket_for_agent
from supportdesk.tickets.splitting import services
from supportdesk.tickets.splitting.forms import SplitForm
from supportdesk.tickets.ticket_page import act

splitting = may(Role.AGENT)(Blueprint("splitting", __name__, url_prefix="/desk"))


@splitting.post("/tickets/<reference>/split")
def split(reference: str) -> ResponseReturnValue:
    ticket = ticket_for_agent(reference)
    parts = parts_of(ticket)  # Held by a name: a message opens only as long as its ticket is held, unlocked.
    form = SplitForm().offer(ticket, conversation_of(ticket, parts))
    return act(reference, form, services.split, "Make it a new request")
