"""Seeing where one was mentioned, and watching a request.  The note itself is one of the ticket's own pages."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from supportdesk.access import Role, may
from supportdesk.tickets.forms import ActForm
from supportdesk.tickets.mentions import services
from supportdesk.tickets.mentions.forms import WatchForm
from supportdesk.tickets.ticket_page import act

mentions = may(Role.AGENT)(Blueprint("mentions", __name__, url_prefix="/desk"))


@mentions.post("/tickets/<reference>/mentions/seen")
def seen(reference: str) -> ResponseReturnValue:
    return act(reference, ActForm(), services.see_mentions, "I have seen it")


@mentions.post("/tickets/<reference>/watch")
def watch(reference: str) -> ResponseReturnValue:
    return act(reference, WatchForm(), services.watch, "Watch")
