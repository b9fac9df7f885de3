"""What a ticket's page says and asks every few seconds while somebody has it before them."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from supportdesk import clock
from supportdesk.access import Role, may
from supportdesk.agents import auth
from supportdesk.tickets.presence import queries, services

presence = may(Role.AGENT)(Blueprint("presence", __name__, url_prefix="/desk"))


@presence.post("/tickets/<reference>/here.json")
@auth.unattended
def here(reference: str) -> ResponseReturnValue:
    """`doing` is looking, writing or gone.  The answer: who else is here, and which version the ticket has now."""
    agent, doing = auth.current_agent(), request.form.get("doing")
    agent_id = agent.id
    if doing == "gone":
        services.note_gone(reference, agent_id)
    else:
        services.note_here(reference, agent_id, is_writing=doing == "writing")
    others = queries.others_here(reference, auth.current_agent(), clock.now())
    return jsonify(others=queries.in_words(others), version=queries.version_of(reference))
