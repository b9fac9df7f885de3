"""Letting a ticket rest, and ending that."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from supportdesk.access import Role, may
from supportdesk.opening import today
from supportdesk.tickets.forms import ActForm
from supportdesk.tickets.ticket_page import act
from supportdesk.tickets.waiting import services
from supportdesk.tickets.waiting.forms import WaitForm

waiting = may(Role.AGENT)(Blueprint("waiting", __name__, url_prefix="/desk"))


@waiting.post("/tickets/<reference>/wait")
def wait(reference: str) -> ResponseReturnValue:
    return act(reference, WaitForm().offer(today()), services.wait_until, "Let it wait")


@waiting.post("/tickets/<reference>/wait/end")
def end(reference: str) -> ResponseReturnValue:
    return act(reference, ActForm(), services.end_wait, "Bring it back")
