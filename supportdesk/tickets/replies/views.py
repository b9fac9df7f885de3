"""The leads' pages about canned replies: all of them, one to change, and back to what its file says."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportdesk.access import Role, may
from supportdesk.agents import auth
from supportdesk.exceptions import TicketChanged
from supportdesk.tickets.replies import services
from supportdesk.tickets.replies.canned import CannedReply, is_name
from supportdesk.tickets.replies.forms import CannedForm
from supportdesk.tickets.replies.picking import all_canned, files
from supportdesk.tickets.replies.queries import edited_names, edited_text, uses_of_each

replies = may(Role.LEAD)(Blueprint("replies", __name__, url_prefix="/desk/replies"))

_MADE_UP = {"first_name": "Walter", "reference": "NC-7HK4-92QX"}


@replies.get("/")
def page() -> str:
    uses, edited, named = uses_of_each(), edited_names(), {reply.name for reply in files()}
    return render_template("desk/replies.html", replies=all_canned(), uses=uses, edited=edited, files=named)


@replies.get("/new")
def new() -> str:
    return _form_page(CannedForm(formdata=None))


@replies.post("/")
def add() -> ResponseReturnValue:
    form = CannedForm()
    if not form.validate():
        return _form_page(form), 422
    if any(reply.name == form.reply().name for reply in all_canned()):
        return _form_page(form, wrong="There is a canned reply with this title already. Choose another"), 422
    return _save(form, form.reply())


@replies.get("/<name>")
def edit(name: str) -> str:
    row = edited_text(name)
    return _form_page(CannedForm.of(_reply(name), row.version if row else 0), name)


@replies.post("/<name>")
def save(name: str) -> ResponseReturnValue:
    if not is_name(name):
        abort(404)
    form = CannedForm()
    if not form.validate():
        return _form_page(form, name), 422
    return _save(form, form.reply(name), name)


@replies.get("/<name>/put-back")
def ask(name: str) -> ResponseReturnValue:
    row = edited_text(name)
    if row is None:
        return redirect(url_for(".edit", name=name), code=303)
    file = next((reply for reply in files() if reply.name == name), None)
    return render_template("desk/reply-back.html", row=row, file=file, name=name)


@replies.post("/<name>/put-back")
def put_back(name: str) -> ResponseReturnValue:
    try:
        services.put_back(name, CannedForm().seen, auth.acting())
    except TicketChanged:
        return redirect(url_for(".ask", name=name), code=303)  # Which shows what it is now.
    return redirect(url_for(".page"), code=303)


def _save(form: CannedForm, reply: CannedReply, name: str = "") -> ResponseReturnValue:
    if request.form.get("then") == "preview":
        gaps = _MADE_UP | {"agent": auth.current_agent().first_name}
        return _form_page(form, name, preview=reply.filled(gaps))
    try:
        services.write(reply, form.seen, auth.acting())
    except TicketChanged:
        row = edited_text(reply.name)
        form.version.data = str(row.version if row else 0)
        return _form_page(form, name, changed=_or_none(reply.name)), 409
    return redirect(url_for(".page"), code=303)


def _form_page(
    form: CannedForm, name: str = "", wrong: str = "", preview: str = "", changed: CannedReply | None = None
) -> str:
    row = edited_text(name) if name else None
    context = {"wrong": wrong, "preview": preview, "changed": changed, "is_edited": row is not None}
    return render_template("desk/reply-form.html", form=form, name=name, **context)


def _or_none(name: str) -> CannedReply | None:
    return next((reply for reply in all_canned() if reply.name == name), None)


def _reply(name: str) -> CannedReply:
    return _or_none(name) or abort(404)
