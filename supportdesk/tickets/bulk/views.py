"""The bulk bar of the queue: do it, see what came of each ticket, undo it."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportdesk import audit
from supportdesk.access import Role, may
from supportdesk.agents import auth
from supportdesk.agents.queries import agents_by_id
from supportdesk.agents.teams.queries import teams_by_id
from supportdesk.exceptions import NotFound
from supportdesk.tickets import wording
from supportdesk.tickets.bulk import acts, queries, services
from supportdesk.tickets.narrowing.queries import Filters
from supportdesk.tickets.queue_views import Refusal, queue_page
from supportdesk.tickets.tags.queries import all_tags

bulk = may(Role.AGENT)(Blueprint("bulk", __name__, url_prefix="/desk"))


@bulk.post("/bulk")
def do() -> ResponseReturnValue:
    verb, chosen = acts.read_verb(request.form.get("act", "")), acts.read_chosen(request.form)
    if not chosen:
        return _refuse("Choose at least one request", "Tick the boxes before them, then choose what to do.")
    if len(chosen) > acts.MOST:
        return _refuse(
            f"{len(chosen)} requests are too many",
            f"They are all still ticked. Choose {acts.MOST} at most, so that you can check them.",
        )
    if verb is None:
        return _refuse(
            "Choose what to do", "Those you ticked are still ticked. Choose it beside “Apply”, then press that."
        )
    if verb.verb == "clinic" and request.form.get("then") != "send":
        return _preview(chosen)
    try:
        bulk_id = services.do_to_many(auth.current_agent().id, verb, chosen)
    except NotFound:
        return _refuse(*_what_is_gone(verb))
    for reference, _version in chosen:
        audit.note(audit.What.ACTED, reference, f"bulk.{verb.verb}")
    return redirect(_url(".result", bulk_id=bulk_id), code=303)


def _preview(chosen: Sequence[tuple[str, int]]) -> str:
    """What would go out, to how many, before it does: nothing is changed yet."""
    found, agent = queries.to_clinics(chosen), auth.current_agent()
    audit.note(audit.What.LISTED, detail=f"bulk.clinic,found={len(chosen)}")
    notes = {topic: wording.clinic_note_to("(first name)", topic, agent) for topic in found.sent}
    return render_template("desk/bulk-preview.html", found=found, notes=notes, chosen=chosen, url=_url)


@bulk.get("/bulk/<int:bulk_id>")
def result(bulk_id: int) -> str:
    found = queries.bulk_act(bulk_id, auth.current_agent())
    tickets = queries.tickets_by_reference([change.reference for change in found.changes])
    audit.note(audit.What.LISTED, detail=f"bulk={bulk_id},found={len(tickets)}")
    return render_template(
        "desk/bulk.html",
        bulk=found,
        tickets=tickets,
        moved=[tickets[reference] for reference in found.changed_before if reference in tickets],
        verb=acts.read_verb(found.act),
        agents=agents_by_id(),
        teams=teams_by_id(),
        tags={tag.id: tag.name for tag in all_tags()},
        url=_url,
    )


@bulk.post("/bulk/<int:bulk_id>/undo")
def undo(bulk_id: int) -> ResponseReturnValue:
    found = queries.bulk_act(bulk_id, auth.current_agent())
    for change in found.changes:
        audit.note(audit.What.ACTED, change.reference, "bulk.undo")
    services.undo_many(auth.current_agent().id, bulk_id, lambda reference: url_for("desk.reply", reference=reference))
    if "ticket" in request.args and len(found.changes) == 1:  # From its own page, and back there.
        return redirect(url_for("desk.ticket", reference=found.changes[0].reference), code=303)
    return redirect(_url(".result", bulk_id=bulk_id), code=303)


def _what_is_gone(verb: acts.BulkVerb) -> tuple[str, str]:
    if verb.is_of_tags:
        return "That tag is no longer in use", "Choose another one."
    if verb.value.startswith("team-"):
        return "That team is no longer in use", "Choose another team, or a colleague."
    return "That colleague is no longer here", "Choose somebody else."


def _refuse(heading: str, cure: str) -> ResponseReturnValue:
    """The queue as it was before them, with what they chose; nothing was changed."""
    chosen = acts.read_chosen(request.form)
    return queue_page(Refusal(heading, cure, request.form.get("act", ""), dict(chosen))), 422


def _url(endpoint: str, **values: Any) -> str:
    """An address that still says what of the queue the agent was looking at."""
    names = {"beside", *(field.name for field in fields(Filters))}
    return url_for(endpoint, **({name: value for name, value in request.args.items() if name in names} | values))
