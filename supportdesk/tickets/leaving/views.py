"""On a colleague's page, for admins: how many requests are theirs, and a button that hands them on."""

from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from supportdesk import audit
from supportdesk.access import Role, may
from supportdesk.agents import auth
from supportdesk.agents.models import Agent
from supportdesk.agents.queries import active_agents, agent_with
from supportdesk.exceptions import NotFound
from supportdesk.tickets.bulk import acts
from supportdesk.tickets.bulk.services import do_to_many
from supportdesk.tickets.leaving.queries import first_left_by, left_by

leaving = may(Role.ADMIN)(Blueprint("leaving", __name__, url_prefix="/desk/people"))


@leaving.app_template_global()
def requests_of(agent: Agent) -> dict[str, Any]:
    """For the page of somebody: what is theirs, how much of it is handed on at once, and to whom it can be."""
    return {"left": left_by(agent), "at_once": acts.MOST, "people": active_agents()}


@leaving.post("/<int:agent_id>/requests")
def hand_on(agent_id: int) -> ResponseReturnValue:
    """As many as a bulk act takes, first in the queue first; the page that says what came of each can undo it."""
    agent, verb = agent_with(agent_id) or abort(404), acts.read_verb(request.form.get("act", ""))
    chosen = first_left_by(agent, acts.MOST)
    back = redirect(url_for("people.one", agent_id=agent.id), code=303)
    if agent.is_active or not chosen or verb is None or verb.verb not in {"release", "assign"}:
        return back  # Somebody else was faster; their page says so.
    try:
        bulk_id = do_to_many(auth.current_agent().id, verb, chosen)
    except NotFound:  # Whom they were to be given to has left too: they are offered no more.
        return back
    for reference, _version in chosen:
        audit.note(audit.What.ACTED, reference, f"bulk.{verb.verb}")
    return redirect(url_for("bulk.result", bulk_id=bulk_id), code=303)
