"""A ticket's page, and what comes of sending a form of it: whatever acts on a ticket answers with these."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from supportdesk import audit, clock
from supportdesk.agents import auth
from supportdesk.agents.drafts.queries import drafts_below
from supportdesk.agents.models import Agent
from supportdesk.agents.queries import active_agents
from supportdesk.agents.teams.queries import teams_in_use
from supportdesk.exceptions import TicketChanged, TicketClosed
from supportdesk.opening import today
from supportdesk.tickets import oversharing, queries
from supportdesk.tickets.bulk.queries import solved_just_now
from supportdesk.tickets.desk_pages import page
from supportdesk.tickets.forms import (
    ActForm,
    AddressForm,
    DetailsForm,
    RedactForm,
    ReplyForm,
    SolveForm,
    TicketForm,
)
from supportdesk.tickets.mentions.forms import MentioningForm
from supportdesk.tickets.mentions.queries import is_watching, unseen
from supportdesk.tickets.merging.forms import MergeForm
from supportdesk.tickets.merging.queries import conversation_of, could_be_merged, history_of, parts_of
from supportdesk.tickets.models import Message, Ticket
from supportdesk.tickets.own_page.queries import link_works_until
from supportdesk.tickets.presence.queries import in_words, others_here
from supportdesk.tickets.related.forms import LinkForm
from supportdesk.tickets.related.queries import related_to
from supportdesk.tickets.replies.picking import picker
from supportdesk.tickets.satisfaction.queries import opinion_of
from supportdesk.tickets.splitting.forms import SplitForm
from supportdesk.tickets.tags.forms import TagsForm
from supportdesk.tickets.tags.queries import all_tags, tags_on
from supportdesk.tickets.waiting.forms import WaitForm


def act(
    reference: str,
    form: TicketForm,
    service: Callable[..., Ticket],
    button: str,
    what: audit.What = audit.What.ACTED,
) -> ResponseReturnValue:
    """One act on a ticket; what was typed comes back where it is not right, or where someone else was faster."""
    if not form.validate_on_submit():
        return ticket_page(reference, form), 422
    try:
        changed = service(reference, form.seen_version, auth.current_agent(), **form.answers())
    except (TicketChanged, TicketClosed):
        return changed_page(reference, form, button), 409
    audit.note(what, changed.reference, f"{request.endpoint}")
    return redirect(url_for("desk.ticket", reference=changed.reference), code=303)


def changed_page(reference: str, form: TicketForm, button: str) -> str:
    found = queries.ticket_for_agent(reference)
    arrived = form.arrived(found)
    form.show(found)
    audit.note(audit.What.LOOKED, found.reference, "changed")
    return page("desk/changed.html", ticket=found, form=form, button=button, arrived=arrived)


def ticket_page(reference: str, refused: TicketForm | None = None, looked: int | None = None) -> str:
    """The whole ticket; `refused` is the form that was just sent and needs mending.

    `looked` is the newest message of those that a watcher has seen already.
    """
    found, me, at = queries.ticket_for_agent(reference), auth.current_agent(), clock.now()
    if found.is_erased:
        return page("desk/erased.html", ticket=found)
    around = _handed_on(found, me)
    forms, drafts = (
        _forms_of(found, around["messages"]),
        drafts_below(me, url_for("desk.ticket", reference=found.reference)),
    )
    for name, form in forms.items():
        form.show(found)
        if name in drafts:
            form.body.data = drafts[name].body
        if type(form) is type(refused):
            forms[name] = refused
    audit.note(audit.What.LOOKED, found.reference)
    return page(
        "desk/ticket.html",
        ticket=found,
        forms=forms,
        drafts=drafts,
        picker=picker(found, me, request.form.get("words", "")),
        is_picking="pick" in request.form,
        refused=refused,
        fresh=_written_since(looked, around["messages"], me),
        here=in_words(others_here(found.reference, me, at)),
        unreached=queries.unreached_at(found),
        solved_by_act=solved_just_now(found, me, at),
        link_until=link_works_until(found, at),
        opinion=opinion_of(found, around["parts"]),
        **around,
    )


def _forms_of(found: Ticket, messages: Sequence[Message]) -> dict[str, TicketForm]:
    agents = active_agents()
    return {
        "reply": ReplyForm(formdata=None),
        "note": MentioningForm(formdata=None).offer(agents),
        "act": ActForm(formdata=None),
        "address": AddressForm(formdata=None),
        "solve": SolveForm(formdata=None),
        "redact": RedactForm(formdata=None),
        "tags": TagsForm(formdata=None).offer(all_tags(), tags_on(found)),
        "link": LinkForm(formdata=None),
        "merge": MergeForm(formdata=None),
        "split": SplitForm(formdata=None).offer(found, messages),
        "wait": WaitForm(formdata=None).offer(today()),
        "details": DetailsForm.of(found).offer(agents, teams_in_use(), auth.current_agent(), found),
    }


def _written_since(looked: int | None, messages: Sequence[Message], me: Agent) -> Sequence[int]:
    """The numbers of the messages that are new to a watcher: their own never are."""
    after = [message for message in messages if looked is not None and message.id > looked]
    return [message.id for message in after if message.author_id != me.id]


def _handed_on(found: Ticket, me: Agent) -> dict[str, Any]:
    """What stands around its words: other requests that belong to it, and who is to look at it."""
    parts = parts_of(found)
    messages = conversation_of(found, parts)
    return {
        "mentions": unseen(found, me),
        "watching": is_watching(found, me),
        "related": related_to(found),
        "parts": parts,
        "could_be_merged": could_be_merged(found),
        "messages": messages,
        "history": history_of(found, parts),
        "others": [other for other in queries.other_tickets_of(found) if other not in parts],
        "too_much": oversharing.passages_of([found.subject, *(message.body for message in messages if message.opens)]),
    }
