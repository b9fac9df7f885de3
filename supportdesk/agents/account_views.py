"""An agent's own page: where they are signed in, their codes, their password; and staying signed in."""

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportdesk import clock
from supportdesk.access import Role, may
from supportdesk.agents import auth, services
from supportdesk.agents.door import services as door
from supportdesk.agents.drafts import services as drafts
from supportdesk.agents.forms import OwnPasswordForm
from supportdesk.agents.models import ADDRESS_LENGTH
from supportdesk.agents.queries import open_sign_ins, recovery_codes_left
from supportdesk.audit.noting import place

account = may(Role.AGENT)(Blueprint("account", __name__, url_prefix="/desk/account"))


@account.get("/")
def page() -> str:
    this = auth.current_sign_in()
    now = clock.now()
    return render_template(
        "desk/account.html",
        this=this,
        sign_ins=[record for record in open_sign_ins(this.agent) if auth.lives(record, now)],
        with_codes=current_app.config["ONE_TIME_CODES"] == "required",
        left=recovery_codes_left(this.agent),
        form=OwnPasswordForm(formdata=None),
        wrong=request.args.get("wrong"),
        wait=request.args.get("wait", type=int),
    )


@account.post("/sign-ins/<int:sign_in_id>/end")
def end(sign_in_id: int) -> ResponseReturnValue:
    door.end_sign_in(auth.current_agent(), sign_in_id, place())
    return redirect(url_for(".page"), code=303)


@account.post("/sign-ins/end-others")
def end_others() -> ResponseReturnValue:
    services.end_other_sign_ins(auth.current_sign_in(), place())
    return redirect(url_for(".page"), code=303)


@account.post("/still-here")
def still_here() -> Response:
    """The agent said so, by a button; that they were here is noted as after every page."""
    return Response(status=204, mimetype="text/plain")


@account.post("/draft")
def draft() -> Response:
    """What is being typed, every few seconds, so that no fault of any kind costs more than those."""
    address = request.form.get("address", "")
    if address.startswith("/desk/") and len(address) <= ADDRESS_LENGTH:
        drafts.keep(auth.current_agent().id, address, request.form.get("body", ""))
    return Response(status=204, mimetype="text/plain")
