"""Merging requests and taking them apart: for leads."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from supportdesk.access import Role, may
from supportdesk.exceptions import CannotMerge
from supportdesk.tickets.merging import services
from supportdesk.tickets.merging.forms import MergeForm, PartForm
from supportdesk.tickets.ticket_page import act, ticket_page

merging = may(Role.LEAD)(Blueprint("merging", __name__, url_prefix="/desk"))


@merging.post("/tickets/<reference>/merge")
def merge(reference: str) -> ResponseReturnValue:
    form = MergeForm()
    try:
        return act(reference, form, services.merge, "Merge it into this one")
    except CannotMerge as error:
        form.other.errors = [str(error)]
        return ticket_page(reference, form), 409


@merging.post("/tickets/<reference>/merge/undo")
def take_apart(reference: str) -> ResponseReturnValue:
    return act(reference, PartForm(), services.take_apart, "Take it out again")
