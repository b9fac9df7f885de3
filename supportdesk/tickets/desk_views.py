"""The agents' pages: the queue, a ticket, and what can be done with it."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportdesk import clock
from supportdesk.agents import auth
from supportdesk.agents.queries import active_agents
from supportdesk.exceptions import NotFound, TicketChanged, TicketClosed
from supportdesk.opening import hours
from supportdesk.tickets import queries, services, sla, wording
from supportdesk.tickets.forms import (
    ActForm,
    ClinicForm,
    DetailsForm,
    NoteForm,
    ReplyForm,
    SolveForm,
    TicketForm,
)
from supportdesk.tickets.models import STATUS_NAMES, Ticket
from supportdesk.tickets.topics import CLINIC_TOPICS, DESK_TOPICS, Topic

desk = Blueprint("desk", __name__, url_prefix="/desk")
desk.before_request(auth.guard)
desk.guarded = True  # type: ignore[attr-defined]  # tests/test_access.py asks.


@desk.get("/")
def queue() -> ResponseReturnValue:
    agent = auth.current_agent()
    asked = {name: request.args.get(name, "")[:300] for name in ("view", "status", "topic", "assignee", "person")}
    filters = queries.Filters(**(asked | {"view": asked["view"] if asked["view"] in queries.VIEWS else "open"}))
    page = queries.queue_page(
        filters, agent, request.args.get("page", 1, type=int), current_app.config["QUEUE_PAGE_SIZE"]
    )
    return _page(
        "desk/queue.html",
        page=page,
        filters=filters,
        link=lambda number: url_for(".queue", page=number, **_given(filters)),
        agents=active_agents(),
        statuses=STATUS_NAMES,
        desk_topics=DESK_TOPICS,
        all_clinic_topics=CLINIC_TOPICS,
    )


@desk.post("/find")
def find() -> ResponseReturnValue:
    """What was typed goes no further than here: the address of what is shown holds a reference, or a keyed hash."""
    typed = request.form.get("find", "")[:300]
    try:
        found = queries.ticket_for_agent(typed)
    except NotFound:
        return redirect(url_for(".queue", view="all", person=queries.email_hash(typed).hex()), code=303)
    return redirect(url_for(".ticket", reference=found.reference), code=303)


def _given(filters: queries.Filters) -> dict[str, Any]:
    return {name: value for name, value in asdict(filters).items() if value}


@desk.get("/tickets/<reference>")
def ticket(reference: str) -> ResponseReturnValue:
    return _ticket_page(reference)


@desk.post("/tickets/<reference>/reply")
def reply(reference: str) -> ResponseReturnValue:
    return _act(reference, ReplyForm(), services.reply_to_ticket, "Send to patient")


@desk.post("/tickets/<reference>/note")
def note(reference: str) -> ResponseReturnValue:
    return _act(reference, NoteForm(), services.add_note, "Save note")


@desk.post("/tickets/<reference>/take")
def take(reference: str) -> ResponseReturnValue:
    return _act(reference, ActForm(), services.take_ticket, "Take it")


@desk.post("/tickets/<reference>/solve")
def solve(reference: str) -> ResponseReturnValue:
    return _act(reference, SolveForm(), services.solve_ticket, "Solve it")


@desk.post("/tickets/<reference>/reopen")
def reopen(reference: str) -> ResponseReturnValue:
    return _act(reference, ActForm(), services.reopen_ticket, "Open it again")


@desk.post("/tickets/<reference>/details")
def details(reference: str) -> ResponseReturnValue:
    form = DetailsForm().offer(active_agents(), auth.current_agent(), queries.ticket_for_agent(reference))
    return _act(reference, form, services.change_details, "Save details")


@desk.get("/tickets/<reference>/clinic")
def clinic(reference: str) -> ResponseReturnValue:
    found = queries.ticket_for_agent(reference)
    form = ClinicForm(request.args, meta={"csrf": True}) if "topic" in request.args else ClinicForm(formdata=None)
    topic = _clinic_topic(request.args.get("topic", ""), found)
    form.topic.data, form.version.data = topic, found.version
    form.body.data = wording.clinic_note(found, topic, auth.current_agent())
    return _page("desk/clinic.html", ticket=found, form=form, topic=topic)


@desk.post("/tickets/<reference>/clinic")
def send_to_clinic(reference: str) -> ResponseReturnValue:
    form = ClinicForm()
    if not form.validate_on_submit():
        found = queries.ticket_for_agent(reference)
        return _page("desk/clinic.html", ticket=found, form=form, topic=form.topic.data), 422
    return _act(reference, form, services.send_to_clinic, "Send note to patient")


def _clinic_topic(asked: str, found: Ticket) -> Topic:
    """The topic asked for, else the ticket's own, else the first of the clinic's."""
    for topic in (asked, found.topic):
        if topic in CLINIC_TOPICS:
            return Topic(topic)
    return CLINIC_TOPICS[0]


def _act(reference: str, form: TicketForm, service: Callable[..., Ticket], button: str) -> ResponseReturnValue:
    """One act on a ticket; what was typed comes back where it is not right, or where someone else was faster."""
    if not form.validate_on_submit():
        return _ticket_page(reference, form), 422
    try:
        service(reference, form.seen_version, auth.current_agent(), **form.answers())
    except (TicketChanged, TicketClosed):
        return _changed_page(reference, form, button), 409
    return redirect(url_for(".ticket", reference=reference), code=303)


def _changed_page(reference: str, form: TicketForm, button: str) -> str:
    found = queries.ticket_for_agent(reference)
    form.version.data = found.version
    return _page("desk/changed.html", ticket=found, form=form, button=button)


def _ticket_page(reference: str, refused: TicketForm | None = None) -> str:
    """The whole ticket; `refused` is the form that was just sent and needs mending."""
    found = queries.ticket_for_agent(reference)
    forms: dict[str, TicketForm] = {
        "reply": ReplyForm(formdata=None),
        "note": NoteForm(formdata=None),
        "act": ActForm(formdata=None),
        "solve": SolveForm(formdata=None),
        "details": DetailsForm.of(found).offer(active_agents(), auth.current_agent(), found),
    }
    for name, form in forms.items():
        form.version.data = found.version
        if type(form) is type(refused):
            forms[name] = refused
    return _page("desk/ticket.html", ticket=found, forms=forms, refused=refused, others=queries.other_tickets_of(found))


@desk.app_template_global()
def badge(found: Ticket) -> sla.Badge:
    return sla.badge(hours(), found.reply_due_at, clock.now(), is_over=found.is_over)


def _page(template: str, **context: Any) -> str:
    """A page of the desk, with what its frame shows."""
    return render_template(
        template,
        counts=queries.view_counts(auth.current_agent()),
        now=clock.now(),
        wording=wording,
        **context,
    )
