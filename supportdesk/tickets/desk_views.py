"""The agents' page of a ticket, and what can be done with it."""

from flask import request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response
from werkzeug.utils import redirect

from supportdesk import audit, clock
from supportdesk.access import Role, may
from supportdesk.agents import auth
from supportdesk.agents.drafts.queries import drafts_below
from supportdesk.agents.models import Draft
from supportdesk.agents.queries import active_agents
from supportdesk.agents.teams.queries import teams_in_use
from supportdesk.exceptions import NotFound
from supportdesk.tickets import queries, services, wording
from supportdesk.tickets.bulk.services import solve_one
from supportdesk.tickets.desk_pages import desk, page
from supportdesk.tickets.forms import (
    ActForm,
    AddressForm,
    ClinicForm,
    DetailsForm,
    RedactForm,
    ReplyForm,
    SolveForm,
)
from supportdesk.tickets.mentions.forms import MentioningForm
from supportdesk.tickets.mentions.services import add_note, look
from supportdesk.tickets.merging.queries import merged_into
from supportdesk.tickets.models import Ticket
from supportdesk.tickets.own_page import door
from supportdesk.tickets.presence.queries import next_ticket
from supportdesk.tickets.presence.services import note_here
from supportdesk.tickets.reaching import services as reaching
from supportdesk.tickets.redacting.services import redact_passage
from supportdesk.tickets.replies.picking import picked
from supportdesk.tickets.ticket_page import act, ticket_page
from supportdesk.tickets.topics import CLINIC_TOPICS, Topic


@desk.get("/tickets/<reference>")
def ticket(reference: str) -> ResponseReturnValue:
    note_here(reference, auth.current_agent().id)
    if into := merged_into(reference):
        return redirect(url_for(".ticket", reference=into))
    return ticket_page(reference, looked=look(reference, auth.current_agent()))


@desk.post("/tickets/<reference>/reply")
@auth.keeps_draft
def reply(reference: str) -> ResponseReturnValue:
    """Send it; or, by a button of the picker, put something into it, and send nothing."""
    form = ReplyForm()
    if "pick" in request.form:
        return _insert(reference, form)
    answer = act(reference, form, services.reply_to_ticket, "Send to patient")
    return _next(reference) if form.onward.data == "next" and isinstance(answer, Response) else answer


def _next(reference: str) -> Response:
    """On to what is to be done after this ticket; to the agent's own view where nothing is."""
    found = next_ticket(reference, auth.current_agent(), clock.now())
    onward = url_for(".ticket", reference=found) if found else url_for(".queue", view="mine")
    return redirect(onward, code=303)


@desk.post("/tickets/<reference>/note")
@auth.keeps_draft
def note(reference: str) -> ResponseReturnValue:
    return act(reference, MentioningForm().offer(active_agents()), add_note, "Save note")


@desk.post("/tickets/<reference>/redact")
@may(Role.LEAD)
def redact(reference: str) -> ResponseReturnValue:
    form = RedactForm()
    try:
        return act(reference, form, redact_passage, "Remove it for good", audit.What.REDACTED)
    except NotFound:
        form.passage.errors = ["These words stand nowhere in this request. Copy them from the message"]
        return ticket_page(reference, form), 422


@desk.post("/tickets/<reference>/take")
def take(reference: str) -> ResponseReturnValue:
    return act(reference, ActForm(), services.take_ticket, "Take it")


@desk.post("/tickets/<reference>/solve")
def solve(reference: str) -> ResponseReturnValue:
    return act(reference, SolveForm(), solve_one, "Solve it")


@desk.post("/tickets/<reference>/reopen")
def reopen(reference: str) -> ResponseReturnValue:
    return act(reference, ActForm(), services.reopen_ticket, "Open it again")


@desk.post("/tickets/<reference>/let-in")
def let_in(reference: str) -> ResponseReturnValue:
    return act(reference, ActForm(), services.let_in, "Let it in")


@desk.post("/tickets/<reference>/links/off")
def revoke_links(reference: str) -> ResponseReturnValue:
    return act(reference, ActForm(), door.revoke_links, "Turn the links off")


@desk.post("/tickets/<reference>/mail/retry")
def retry_mail(reference: str) -> ResponseReturnValue:
    return act(reference, ActForm(), reaching.retry_mail, "Try again")


@desk.post("/tickets/<reference>/mail/address")
def correct_address(reference: str) -> ResponseReturnValue:
    return act(reference, AddressForm(), reaching.correct_address, "Correct and send")


@desk.post("/tickets/<reference>/mail/reached")
def reached_by_phone(reference: str) -> ResponseReturnValue:
    return act(reference, ActForm(), reaching.reached_by_phone, "Reached by phone")


@desk.post("/tickets/<reference>/details")
def details(reference: str) -> ResponseReturnValue:
    form = DetailsForm().offer(
        active_agents(), teams_in_use(), auth.current_agent(), queries.ticket_for_agent(reference)
    )
    return act(reference, form, services.change_details, "Save details")


@desk.get("/tickets/<reference>/clinic")
def clinic(reference: str) -> ResponseReturnValue:
    found = queries.ticket_for_agent(reference)
    form = ClinicForm(request.args, meta={"csrf": True}) if "topic" in request.args else ClinicForm(formdata=None)
    drafts = _clinic_drafts(found)
    topic = _clinic_topic(request.args.get("topic") or next(iter(drafts), ""), found)
    form.topic.data = topic
    form.show(found)
    draft = drafts.get(topic)
    form.body.data = draft.body if draft else wording.clinic_note(found, topic, auth.current_agent())
    audit.note(audit.What.LOOKED, found.reference, "clinic")
    return page("desk/clinic.html", ticket=found, form=form, topic=topic, draft=draft)


@desk.post("/tickets/<reference>/clinic")
@auth.keeps_draft
def send_to_clinic(reference: str) -> ResponseReturnValue:
    form = ClinicForm()
    if not form.validate_on_submit():
        found = queries.ticket_for_agent(reference)
        return page("desk/clinic.html", ticket=found, form=form, topic=form.topic.data, draft=None), 422
    return act(reference, form, services.send_to_clinic, "Send note to patient")


def _clinic_drafts(found: Ticket) -> dict[str, Draft]:
    """What the agent was writing instead of our notes, by topic, newest first: each form's address says which it is."""
    below = drafts_below(auth.current_agent(), url_for(".ticket", reference=found.reference))
    newest_first = sorted(below.items(), key=lambda item: item[1].kept_at, reverse=True)
    return {name.removeprefix("clinic?topic="): draft for name, draft in newest_first if name.startswith("clinic?")}


def _clinic_topic(asked: str, found: Ticket) -> Topic:
    """The topic asked for, else the ticket's own, else the one it was guided to, else the first of the clinic's."""
    for topic in (asked, found.topic, found.guided_topic):
        if topic in CLINIC_TOPICS:
            return Topic(topic)
    return CLINIC_TOPICS[0]


def _insert(reference: str, form: ReplyForm) -> str:
    """What a button of the picker stands for goes into the reply; where it was only a search, nothing does."""
    pick = picked(request.form["pick"], queries.ticket_for_agent(reference), auth.current_agent())
    if pick:
        form.insert(pick.text, pick.name if pick.uses is not None else "")
    return ticket_page(reference, form)
