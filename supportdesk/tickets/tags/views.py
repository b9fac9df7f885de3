"""Ticking the tags of a ticket, and the page where leads make and retire them."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from supportdesk import audit
from supportdesk.access import Role, may
from supportdesk.tickets.desk_pages import page
from supportdesk.tickets.queries import ticket_for_agent
from supportdesk.tickets.tags import queries, services
from supportdesk.tickets.tags.forms import NewTagForm, TagsForm
from supportdesk.tickets.ticket_page import act

tags = may(Role.AGENT)(Blueprint("tags", __name__, url_prefix="/desk"))


@tags.post("/tickets/<reference>/tags")
def put(reference: str) -> ResponseReturnValue:
    return act(
        reference,
        TagsForm().offer(queries.all_tags(), queries.tags_on(ticket_for_agent(reference))),
        services.set_tags,
        "Save tags",
    )


@tags.get("/tags")
@may(Role.LEAD)
def every() -> str:
    return _page(NewTagForm(formdata=None))


@tags.post("/tags")
@may(Role.LEAD)
def make() -> ResponseReturnValue:
    form = NewTagForm()
    if not form.validate_on_submit():
        return _page(form), 422
    made = services.make_tag(form.name.data or "")
    audit.note(audit.What.ACTED, detail=f"tags.make,tag={made.id}")
    return redirect(url_for(".every"), code=303)


@tags.post("/tags/<int:tag_id>/retire")
@may(Role.LEAD)
def retire(tag_id: int) -> ResponseReturnValue:
    retired = services.retire_tag(tag_id)
    audit.note(audit.What.ACTED, detail=f"tags.retire,tag={retired.id}")
    return redirect(url_for(".every"), code=303)


def _page(form: NewTagForm) -> str:
    return page("desk/tags.html", tags=queries.all_tags(), used=queries.times_used(), form=form, view="tags")
