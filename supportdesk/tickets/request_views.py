"""What patients open: the form, the page before sending, and the thank-you page."""

import math
from datetime import timedelta

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportdesk import clock
from supportdesk.access import ANYONE, may
from supportdesk.error_pages import RETRY_SECONDS, error_page
from supportdesk.exceptions import DatabaseDown
from supportdesk.faq.learning.noting import LEFT, PORTAL, note_deflected, note_form_opened
from supportdesk.limits import limited, seconds_to_wait
from supportdesk.tickets import checking, guiding, intake, opened, receipts, shown
from supportdesk.tickets.forms import RequestForm
from supportdesk.tickets.guiding import Advice

# The empty form may stay in this one browser: going back shows it again, with what was typed, even when we are down.
KEPT_FOR_GOING_BACK = "private, no-cache"

requests = may(ANYONE)(Blueprint("requests", __name__, url_prefix="/requests"))


@requests.get("/new")
def new() -> ResponseReturnValue:
    note_form_opened(request.referrer, request.host)
    page = _form_page(RequestForm.fresh(topic=request.args.get("topic", "")))
    return page, {"Cache-Control": KEPT_FOR_GOING_BACK}


@requests.post("/new")
def send() -> ResponseReturnValue:
    """Keep the message; or first, and once, show what there is to know before it is sent."""
    form, then = RequestForm(), request.form.get("then", "")
    if not form.validate():
        return _form_page(form), 422
    if then == "change":
        return _form_page(form)
    advice = guiding.advice(*form.words())
    number = then.removeprefix("remove ") if then.startswith("remove ") else ""
    if number and checking.remove(form.message, advice, number, subject=form.subject):
        return _check_page(form, guiding.advice(*form.words()), removed=True)
    if then != "send" and guiding.asks_first(advice, form.seen.data if form.was_opened else None, _secret()):
        return _check_page(form, advice)
    return _kept(form, advice)


def _kept(form: RequestForm, advice: Advice) -> ResponseReturnValue:
    """The message is kept, and the thank-you page follows; or nothing was, and every word comes back."""
    seen = shown.read_token(form.seen.data or "", _secret()) or shown.NOTHING
    held = opened.looks_automatic(form.website.data, form.opened.data, _secret(), clock.now(), _too_fast())
    try:
        is_new = not intake.was_sent(**form.answers())
        if is_new and (wait := seconds_to_wait("requests")):
            return _form_page(form, wait=wait), 429, {"Retry-After": str(wait)}
        receipt = intake.open_ticket(**form.answers(), advice=advice, seen=seen, held=held)
    except (DatabaseDown, MemoryError):
        return _form_page(form, failed=True), 503, {"Retry-After": str(RETRY_SECONDS)}
    token = receipts.write_token(receipt, _secret(), clock.now())
    return redirect(url_for(".sent", token=token), code=303)


@requests.post("/check.json")
@limited("searches")
def check() -> ResponseReturnValue:
    """What there is to say to somebody while they write; nothing is kept of it."""
    asked = checking.read_question(request.get_data())
    if asked is None:
        return error_page(400)
    return jsonify(checking.answer(guiding.advice(*asked), _secret()))


@requests.get("/sent/<token>")
def sent(token: str) -> ResponseReturnValue:
    receipt = receipts.read_token(token, _secret(), clock.now())
    return render_template(
        "help/sent.html",
        receipt=receipt,
        clinic_article=guiding.clinic_article(receipt.clinic_topic),
        emergency=guiding.card(receipt.emergency),
    )


@requests.get("/portal")
def portal() -> ResponseReturnValue:
    """To the portal, from a notice that said to ask the clinic."""
    note_deflected(PORTAL)
    return redirect(current_app.config["SIGN_IN_URL"], code=303)


@requests.post("/left")
def left() -> Response:
    """The page before sending was left without sending: told by its script, without a word of the message."""
    note_deflected(LEFT)
    return Response(status=204, mimetype="text/plain")


def _form_page(form: RequestForm, *, failed: bool = False, wait: int = 0) -> str:
    form.opened.data = form.opened.data or opened.write_token(clock.now(), _secret())
    return render_template(
        "help/request.html",
        form=form,
        failed=failed,
        minutes=math.ceil(wait / 60),
        seen_by_script=shown.write_token(shown.NOTHING, _secret()),
    )


def _check_page(form: RequestForm, advice: Advice, *, removed: bool = False) -> str:
    """What there is to know, once: the form on this page says that it was seen."""
    seen = shown.read_token(form.seen.data or "", _secret()) or shown.NOTHING
    form.seen.data = shown.write_token(seen | advice.names, _secret())
    return render_template("help/request-check.html", form=form, advice=advice, removed=removed)


def _too_fast() -> timedelta:
    return timedelta(seconds=current_app.config["TOO_FAST_SECONDS"])


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
