"""Undo: a button on every page for as long as there is something to take back."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from supportdesk import audit
from supportdesk.access import Role, may
from supportdesk.agents import auth
from supportdesk.exceptions import TooLate
from supportdesk.tickets.undoing import services

undoing = may(Role.AGENT)(Blueprint("undoing", __name__, url_prefix="/desk"))


@undoing.post("/tickets/<reference>/undo/<int:message_id>")
def reply(reference: str, message_id: int) -> ResponseReturnValue:
    draft_address = url_for("desk.reply", reference=reference)
    try:
        ticket = services.take_back(reference, auth.current_agent(), message_id, draft_address)
    except TooLate:
        return render_template("desk/too-late.html", reference=reference), 409
    audit.note(audit.What.ACTED, ticket.reference, "undoing.reply")
    return redirect(url_for("desk.ticket", reference=ticket.reference, _anchor="reply-heading"), code=303)
