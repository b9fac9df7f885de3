"""The pages behind the link of our mails: address, code, conversation, and the ways out.

A GET changes nothing: programs that look for viruses in mail open every link.
"""

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from supportdesk import clock
from supportdesk.access import ANYONE, may
from supportdesk.error_pages import RETRY_SECONDS
from supportdesk.exceptions import DatabaseDown, TicketClosed, TooOften, VisitOver
from supportdesk.limits import seconds_to_wait
from supportdesk.tickets.own_page import door, queries, services
from supportdesk.tickets.own_page.forms import AddressForm, CodeForm, NewLinkForm, OpinionForm, WriteForm
from supportdesk.tickets.references import read_reference
from supportdesk.tickets.satisfaction.services import give_opinion

own_page = may(ANYONE)(Blueprint("own_page", __name__, url_prefix="/requests"))  # Who came in, door.py knows.
EVERYTHING = '"cache", "cookies", "storage"'  # What a browser is told to clear on a shared computer.


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
        cookie = door.ask_for_code(token, form.email.data or "", _cookie())
    except TooOften:
        return render_template("own-page/address.html", form=form, too_often=True), 429
    return _known_by(cookie, redirect(url_for(".code"), code=303))


@own_page.get("/code")
def code() -> ResponseReturnValue:
    visit = queries.visit_with(_cookie())
    if visit is None or visit.opened_at:
        return _at_the_door()
    return render_template("own-page/code.html", form=CodeForm(formdata=None), has_draft=bool(visit.sealed_draft))


@own_page.post("/code")
def open_page() -> ResponseReturnValue:
    form = CodeForm()
    opened = door.open_visit(_cookie(), form.code.data or "") if form.validate() else None
    if opened is None:
        return render_template("own-page/code.html", form=form, wrong=not form.errors), 422
    cookie, reference = opened
    return _known_by(cookie, redirect(url_for(".page", reference=reference), code=303))


@own_page.post("/code/again")
def ask_again() -> ResponseReturnValue:
    try:
        cookie = door.ask_again(_cookie())
    except VisitOver:
        return _at_the_door(can_return=False)
    except TooOften:
        return render_template("own-page/code.html", form=CodeForm(formdata=None), too_often=True), 429
    return _known_by(cookie, redirect(url_for(".code"), code=303))


@own_page.get("/<reference>")
def page(reference: str) -> ResponseReturnValue:
    reference = _read(reference)
    try:
        conversation = queries.conversation(_cookie(), reference, clock.now())
    except VisitOver:
        return _at_the_door()
    return _conversation(conversation, WriteForm.fresh(conversation.draft))


@own_page.post("/<reference>/messages")
def write(reference: str) -> ResponseReturnValue:
    """What cannot be kept comes back: on the page itself, behind a new code, or in a box to copy it from."""
    reference, form = _read(reference), WriteForm()
    try:
        if not form.validate():
            conversation = queries.conversation(_cookie(), reference, clock.now())
            return _conversation(conversation, form), 422
        services.write(_cookie(), reference, form.body.data or "", form.submission_key.data or "")
    except VisitOver:
        return _after_the_time(reference, form)
    except TicketClosed:
        return _unsent(reference, form, "closed", 409)
    except DatabaseDown:
        return _unsent(reference, form, "failed", 503, RETRY_SECONDS)
    return redirect(url_for(".page", reference=reference, _anchor="latest"), code=303)


@own_page.post("/<reference>/solved")
def solved(reference: str) -> ResponseReturnValue:
    reference = _read(reference)
    try:
        services.solve(_cookie(), reference)
    except VisitOver:
        return _at_the_door()
    return redirect(url_for(".page", reference=reference), code=303)


@own_page.post("/<reference>/opinion")
def opinion(reference: str) -> ResponseReturnValue:
    """Whether we helped; asked of who has a solved request before them."""
    reference, form = _read(reference), OpinionForm()
    try:
        if not form.validate():
            conversation = queries.conversation(_cookie(), reference, clock.now())
            return _conversation(conversation, WriteForm.fresh(conversation.draft), form), 422
        give_opinion(_cookie(), reference, form.words.data or "", helped=form.helped.data == "yes")
    except VisitOver:
        return _at_the_door()
    return redirect(url_for(".page", reference=reference, thanks="yes", _anchor="opinion"), code=303)


@own_page.post("/<reference>/links/off")
def end_links(reference: str) -> ResponseReturnValue:
    try:
        door.end_links(_cookie(), _read(reference))
    except VisitOver:
        return _at_the_door()
    return _forget(redirect(url_for(".signed_out", links="off"), code=303))


@own_page.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    door.sign_out(_cookie())
    return _forget(redirect(url_for(".signed_out"), code=303))


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


def _conversation(conversation: queries.Conversation, form: WriteForm, asked: OpinionForm | None = None) -> str:
    return render_template(
        "own-page/conversation.html",
        conversation=conversation,
        form=form,
        asked=asked or OpinionForm(formdata=None),
        thanked="thanks" in request.args,
    )


def _read(reference: str) -> str:
    """A reference as we write it; what can't be one is a page that is not there, whoever asks."""
    return read_reference(reference) or abort(404)


def _at_the_door(*, can_return: bool = True) -> ResponseReturnValue:
    """Not in: never was, or no longer.  The same for every reference."""
    return render_template("own-page/door.html", can_return=can_return and bool(_cookie())), 403


def _after_the_time(reference: str, form: WriteForm) -> ResponseReturnValue:
    """Half an hour is over while somebody typed: keep it, and send a new code at once."""
    try:
        cookie = door.come_back(_cookie(), reference, form.body.data or "")
    except (VisitOver, TooOften):
        return _unsent(reference, form, "signed out", 403)
    return _known_by(cookie, redirect(url_for(".code"), code=303))


def _unsent(reference: str, form: WriteForm, why: str, status: int, wait: int = 0) -> ResponseReturnValue:
    headers = {"Retry-After": str(wait)} if wait else {}
    return render_template("own-page/unsent.html", reference=reference, form=form, why=why), status, headers


def _cookie_name() -> str:
    return "__Host-requester" if current_app.config["SECURE_COOKIES"] else "requester"


def _cookie_place() -> dict[str, str | bool]:
    """For these pages only; under HTTPS bound to the host, and then browsers want the whole of it."""
    secure = current_app.config["SECURE_COOKIES"]
    return {"path": "/" if secure else "/requests", "secure": secure, "httponly": True, "samesite": "Strict"}


def _cookie() -> str:
    return request.cookies.get(_cookie_name(), "")


def _known_by(cookie: str, response: Response) -> Response:
    response.set_cookie(_cookie_name(), cookie, **_cookie_place())  # type: ignore[arg-type]
    return response


def _forget(response: Response) -> Response:
    response.delete_cookie(_cookie_name(), **_cookie_place())  # type: ignore[arg-type]
    response.headers["Clear-Site-Data"] = EVERYTHING
    return response
