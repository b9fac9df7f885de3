"""Linking a request to another one, and taking that back."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from supportdesk.access import Role, may
from supportdesk.exceptions import NotFound
from supportdesk.tickets.queries import there_is_ticket
from supportdesk.tickets.related import services
from supportdesk.tickets.related.forms import LinkForm
from supportdesk.tickets.ticket_page import act, ticket_page

related = may(Role.AGENT)(Blueprint("related", __name__, url_prefix="/desk"))


@related.post("/tickets/<reference>/links")
def link(reference: str) -> ResponseReturnValue:
    form = LinkForm()
    try:
        return act(reference, form, services.link, "Link it")
    except NotFound:
        if not there_is_ticket(reference):
            raise
        form.other.errors = ["There is no other request with this reference"]
        return ticket_page(reference, form), 422


@related.post("/tickets/<reference>/links/remove")
def unlink(reference: str) -> ResponseReturnValue:
    return act(reference, LinkForm(), services.unlink, "Remove the link")
