"""The page of saved views: name what one is looking at, and remove what nobody needs."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from supportdesk import audit
from supportdesk.access import Role, may
from supportdesk.agents import auth
from supportdesk.tickets.desk_pages import page
from supportdesk.tickets.queue_views import given, read_filters
from supportdesk.tickets.views_saved import queries, services
from supportdesk.tickets.views_saved.forms import ViewForm

views_saved = may(Role.AGENT)(Blueprint("views_saved", __name__, url_prefix="/desk/views"))


@views_saved.get("/")
def every() -> str:
    return _page(ViewForm(formdata=None))


@views_saved.post("/")
def save() -> ResponseReturnValue:
    """What the address of this form asks for, under a name."""
    form, wanted = ViewForm(), _wanted()
    mine = [view for view in queries.views_for(auth.current_agent()) if view.owner_id == auth.current_agent().id]
    if not form.validate_on_submit():
        return _page(form), 422
    taken = {view.name.casefold() for view in mine}
    if len(mine) >= queries.MOST and (form.name.data or "").casefold() not in taken:
        most = f"You have {queries.MOST} saved views, and that is the most one can have."
        form.name.errors = [f"{most} Remove one of yours below, or use the name of one: this view takes its place"]
        return _page(form), 422
    saved = services.save_view(auth.current_agent(), form.name.data or "", wanted, shared=bool(form.shared.data))
    audit.note(audit.What.ACTED, detail=f"views_saved.save,view={saved.id}")
    return redirect(url_for("desk.queue", **wanted), code=303)


@views_saved.post("/<int:view_id>/remove")
def remove(view_id: int) -> ResponseReturnValue:
    services.remove_view(auth.current_agent(), view_id)
    audit.note(audit.What.ACTED, detail=f"views_saved.remove,view={view_id}")
    return redirect(url_for(".every", **(_wanted() if request.args else {})), code=303)


def _wanted() -> dict[str, Any]:
    """What the queue was asked for; never one person’s requests: a view is for many."""
    return {name: value for name, value in given(read_filters()).items() if name != "person"}


def _page(form: ViewForm) -> str:
    me = auth.current_agent()
    asked: Mapping[str, Any] = _wanted() if request.args else {}
    return page(
        "desk/views.html",
        form=form,
        asked=asked,
        views=queries.views_for(me),
        is_theirs=queries.is_theirs,
        view="views",
    )
