"""The pages behind the link of our mails: address, code, conversation, and the ways out.

A GET changes nothing: programs that look for viruses in mail open every link.
"""

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from supportdesk import clock
from supportdesk.access import ANYONE, may
from supportdesk.error_pages import RETRY_SECONDS
from supportdesk.exceptions import DatabaseDown, TicketClosed, TooOften, VisitOver
from supportdesk.limits import seconds_to_wait
from supportdesk.tickets import checking, guiding, shown
from supportdesk.tickets.guiding import Advice
from supportdesk.tickets.own_page import browser, door, queries, services
from supportdesk.tickets.own_page.forms import AddressForm, CodeForm, NewLinkForm, OpinionForm, WriteForm
from supportdesk.tickets.references import read_reference
from supportdesk.tickets.satisfaction.services import give_opinion

own_page = may(ANYONE)(Blueprint("own_page", __name__, url_prefix="/requests"))  # Who came in, door.py knows.


@own_page.before_request
def _not_without_the_key() -> None:
    if current_app.config["ROLE"] == "public":
        abort(404)


@own_page.before_request
def _not_too_often() -> ResponseReturnValue | None:
    wait = seconds_to_wait("own page") if request.method == "POST" else 0
    if wait and request.endpoint == "own_page.write":  # What was typed comes back.
        return _unsent(_read(str((request.view_args or {})["reference"])), WriteForm(), "too often", 429, wait)
    if wait:
        raise TooManyRequests(retry_after=wait)
    return None


@own_page.get("/open/<token>")
def open_link(token: str) -> ResponseReturnValue:  # noqa: ARG001  Whether it is ours is not said here.
    return render_template("own-page/address.html", form=AddressForm(formdata=None))


@own_page.post("/open/<token>")
def ask_for_code(token: str) -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate():
        return render_template("own-page/address.html", form=form), 422
    try:
        cookie = door.ask_for_code(token, form.email.data or "", browser.cookie())
    except TooOften:
        return render_template("own-page/address.html", form=form, too_often=True), 429
    return browser.known_by(cookie, redirect(url_for(".code"), code=303))


@own_page.get("/code")
def code() -> ResponseReturnValue:
    visit = queries.visit_with(browser.cookie())
    if visit is None or visit.opened_at:
        return _at_the_door()
    return render_template("own-page/code.html", form=CodeForm(formdata=None), has_draft=bool(visit.sealed_draft))


@own_page.post("/code")
def open_page() -> ResponseReturnValue:
    form = CodeForm()
    opened = door.open_visit(browser.cookie(), form.code.data or "") if form.validate() else None
    if opened is None:
        return render_template("own-page/code.html", form=form, wrong=not form.errors), 422
    cookie, reference = opened
    return browser.known_by(cookie, redirect(url_for(".page", reference=reference), code=303))


@own_page.post("/code/again")
def ask_again() -> ResponseReturnValue:
    try:
        cookie = door.ask_again(browser.cookie())
    except VisitOver:
        return _at_the_door(can_return=False)
    except TooOften:
        return render_template("own-page/code.html", form=CodeForm(formdata=None), too_often=True), 429
    return browser.known_by(cookie, redirect(url_for(".code"), code=303))


@own_page.get("/<reference>")
def page(reference: str) -> ResponseReturnValue:
    reference = _read(reference)
    try:
        conversation = queries.conversation(browser.cookie(), reference, clock.now())
    except VisitOver:
        return _at_the_door()
    return _conversation(conversation, WriteForm.fresh(conversation.draft or ""))


@own_page.post("/<reference>/messages")
def write(reference: str) -> ResponseReturnValue:
    """What may be an emergency is kept at once, and whom to call stands on the page that follows.

    A warning about what says too much comes once before it is sent.  What cannot be kept comes back: on the page
    itself, behind a new code, or in a box to copy it from.
    """
    reference, form = _read(reference), WriteForm()
    advice = _advice(form)
    try:
        if not form.validate():
            return _conversation(
                queries.conversation(browser.cookie(), reference, clock.now()), form, advice=advice
            ), 422
        if asked := _before_sending(reference, form, advice):
            return asked
        card = advice.guidance.emergency
        services.write(
            browser.cookie(),
            reference,
            form.body.data or "",
            form.submission_key.data or "",
            card=card.name if card else None,
            seen=_seen(form),
        )
    except VisitOver:
        return _after_the_time(reference, form)
    except TicketClosed:
        return _unsent(reference, form, "closed", 409)
    except (DatabaseDown, MemoryError):
        return _unsent(reference, form, "failed", 503, RETRY_SECONDS)
    sent, place = (None, None) if card else ("yes", "latest")
    return redirect(url_for(".page", reference=reference, sent=sent, _anchor=place), code=303)


def _before_sending(reference: str, form: WriteForm, advice: Advice) -> str | None:
    """The page that comes between where there is something to leave out that they have not been told of.

    Raises VisitOver.
    """
    then = request.form.get("then", "")
    if then == "change":
        return _conversation(queries.conversation(browser.cookie(), reference, clock.now()), form)
    removed = then.startswith("remove ") and checking.remove(form.body, advice, then.removeprefix("remove "))
    if removed:
        advice = _advice(form)
    elif then == "send" or advice.guidance.emergency or not _warnings(advice) - _seen(form):
        return None
    queries.visit_at(browser.cookie(), reference, clock.now())
    form.seen.data = shown.write_token(_seen(form) | _warnings(advice), _secret())
    return render_template(
        "own-page/check.html", reference=reference, form=form, passages=advice.passages, removed=removed
    )


@own_page.post("/<reference>/solved")
def solved(reference: str) -> ResponseReturnValue:
    reference = _read(reference)
    try:
        services.solve(browser.cookie(), reference)
    except VisitOver:
        return _at_the_door()
    return redirect(url_for(".page", reference=reference), code=303)


@own_page.post("/<reference>/opinion")
def opinion(reference: str) -> ResponseReturnValue:
    """Whether we helped; asked of who has a solved request before them."""
    reference, form = _read(reference), OpinionForm()
    try:
        if not form.validate():
            conversation = queries.conversation(browser.cookie(), reference, clock.now())
            return _conversation(conversation, WriteForm.fresh(conversation.draft or ""), form), 422
        give_opinion(browser.cookie(), reference, form.words.data or "", helped=form.helped.data == "yes")
    except VisitOver:
        return _at_the_door()
    return redirect(url_for(".page", reference=reference, thanks="yes", _anchor="opinion"), code=303)


@own_page.post("/<reference>/links/off")
def end_links(reference: str) -> ResponseReturnValue:
    try:
        door.end_links(browser.cookie(), _read(reference))
    except VisitOver:
        return _at_the_door()
    return browser.forget(redirect(url_for(".signed_out", links="off"), code=303))


@own_page.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    door.sign_out(browser.cookie())
    return browser.forget(redirect(url_for(".signed_out"), code=303))


@own_page.get("/signed-out")
def signed_out() -> ResponseReturnValue:
    return render_template("own-page/signed-out.html", links_off=request.args.get("links") == "off")


@own_page.get("/new-link")
def new_link() -> ResponseReturnValue:
    return render_template("own-page/new-link.html", form=NewLinkForm(formdata=None))


@own_page.post("/new-link")
def send_new_link() -> ResponseReturnValue:
    form = NewLinkForm()
    if not form.validate():
        return render_template("own-page/new-link.html", form=form), 422
    try:
        door.send_new_link(form.email.data or "", form.read)
    except TooOften:
        return render_template("own-page/new-link.html", form=form, too_often=True), 429
    return redirect(url_for(".new_link_sent"), code=303)


@own_page.get("/new-link/sent")
def new_link_sent() -> ResponseReturnValue:
    return render_template("own-page/new-link-sent.html")


def _advice(form: WriteForm) -> Advice:
    """Judged by these words alone: what the first message said was answered when that came in."""
    return guiding.advice("", form.body.data or "", "")


def _warnings(advice: Advice) -> shown.Names:
    return frozenset(name for name in advice.names if name.startswith(shown.WARNING))


def _seen(form: WriteForm) -> shown.Names:
    return shown.read_token(form.seen.data or "", _secret()) or shown.NOTHING


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _conversation(
    conversation: queries.Conversation,
    form: WriteForm,
    asked: OpinionForm | None = None,
    advice: Advice | None = None,
) -> str:
    return render_template(
        "own-page/conversation.html",
        conversation=conversation,
        emergency=(advice and advice.guidance.emergency) or guiding.card(conversation.emergency),
        seen_by_script=shown.write_token(shown.NOTHING, _secret()),
        form=form,
        asked=asked or OpinionForm(formdata=None),
        thanked="thanks" in request.args,
        is_sent="sent" in request.args,
    )


def _read(reference: str) -> str:
    """A reference as we write it; what can't be one is a page that is not there, whoever asks."""
    return read_reference(reference) or abort(404)


def _at_the_door(*, can_return: bool = True) -> ResponseReturnValue:
    """Not in: never was, or no longer.  The same for every reference."""
    return render_template("own-page/door.html", can_return=can_return and bool(browser.cookie())), 403


def _after_the_time(reference: str, form: WriteForm) -> ResponseReturnValue:
    """Half an hour is over while somebody typed: keep it, and send a new code at once."""
    try:
        cookie = door.come_back(browser.cookie(), reference, form.body.data or "")
    except (VisitOver, TooOften):
        return _unsent(reference, form, "signed out", 403)
    emergency = _advice(form).guidance.emergency
    if emergency:  # It was not sent: whom to call stands above the box for the code.
        page = render_template("own-page/code.html", form=CodeForm(formdata=None), has_draft=True, emergency=emergency)
        return browser.known_by(cookie, current_app.make_response(page))
    return browser.known_by(cookie, redirect(url_for(".code"), code=303))


def _unsent(reference: str, form: WriteForm, why: str, status: int, wait: int = 0) -> ResponseReturnValue:
    headers = {"Retry-After": str(wait)} if wait else {}
    emergency = _advice(form).guidance.emergency
    page = render_template("own-page/unsent.html", reference=reference, form=form, why=why, emergency=emergency)
    return page, status, headers
