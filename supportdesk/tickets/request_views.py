"""What patients open: the form, and the thank-you page."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportdesk import clock
from supportdesk.error_pages import RETRY_SECONDS
from supportdesk.exceptions import DatabaseDown
from supportdesk.faq.learning.noting import note_form_opened
from supportdesk.tickets import intake, receipts
from supportdesk.tickets.forms import RequestForm

# The empty form may stay in this one browser: going back shows it again, with what was typed, even when we are down.
KEPT_FOR_GOING_BACK = "private, no-cache"

requests = Blueprint("requests", __name__, url_prefix="/requests")


@requests.get("/new")
def new() -> ResponseReturnValue:
    note_form_opened(request.referrer, request.host)
    page = render_template("help/request.html", form=RequestForm.fresh(topic=request.args.get("topic", "")))
    return page, {"Cache-Control": KEPT_FOR_GOING_BACK}


@requests.post("/new")
def send() -> ResponseReturnValue:
    form = RequestForm()
    if not form.validate():
        return render_template("help/request.html", form=form), 422
    try:
        receipt = intake.open_ticket(**form.answers())
    except DatabaseDown:
        page = render_template("help/request.html", form=form, failed=True)
        return page, 503, {"Retry-After": str(RETRY_SECONDS)}
    token = receipts.write_token(receipt, current_app.config["SECRET_KEY"], clock.now())
    return redirect(url_for(".sent", token=token), code=303)


@requests.get("/sent/<token>")
def sent(token: str) -> ResponseReturnValue:
    receipt = receipts.read_token(token, current_app.config["SECRET_KEY"], clock.now())
    return render_template("help/sent.html", receipt=receipt)
