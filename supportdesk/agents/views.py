"""The door to the desk: password, code, a password of one's own, and out again."""

from datetime import timedelta
from urllib.parse import unquote

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportdesk.access import ANYONE, NEWCOMER, may
from supportdesk.agents import auth, services
from supportdesk.agents.door import services as door
from supportdesk.agents.forms import CodeForm, PasswordForm, SignInForm
from supportdesk.agents.visits import remember_device, this_visit
from supportdesk.audit.noting import place
from supportdesk.exceptions import TooBusy, TooManyTries

agents = may(NEWCOMER)(Blueprint("agents", __name__, url_prefix="/desk"))


@agents.before_request
def _desk_only() -> None:
    if current_app.config["ROLE"] == "public":
        abort(404)


@agents.route("/sign-in", methods=["GET", "POST"])
@may(ANYONE)
def sign_in() -> ResponseReturnValue:
    form, visit = SignInForm(), this_visit()
    if not form.validate_on_submit():
        ran_out = request.method == "GET" and auth.has_run_out()
        return _sign_in_page(form, ran_out=ran_out), 422 if form.errors else 200
    try:
        token = door.sign_in(form.email.data or "", form.password.data or "", visit)
    except TooManyTries as error:
        return _sign_in_page(form, wait=error.wait), 429, _after(error.wait)
    except TooBusy:
        return _sign_in_page(form, busy=True), 503, {"Retry-After": "5"}
    if token is None:
        return _sign_in_page(form, wrong=True), 422
    auth.remember(token)
    return remember_device(_on_the_way(), visit)


def _sign_in_page(
    form: SignInForm,
    *,
    wrong: bool = False,
    ran_out: bool = False,
    busy: bool = False,
    wait: timedelta | None = None,
) -> str:
    return render_template(
        "desk/sign-in.html", form=form, wrong=wrong, ran_out=ran_out, busy=busy, minutes=_minutes(wait)
    )


@agents.route("/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """The second step: from it on, this browser is one that the agent was signed in with."""
    record, form, visit = auth.current_sign_in(), CodeForm(), this_visit()
    if auth.next_step(record) != "agents.code":
        return _on_the_way()
    if not form.validate_on_submit():
        return render_template("desk/code.html", form=form), 422 if form.errors else 200
    try:
        token = door.pass_code(record, form.code.data or "", visit)
    except TooManyTries as error:
        return render_template("desk/code.html", form=form, minutes=_minutes(error.wait)), 429, _after(error.wait)
    if token is None:
        return render_template("desk/code.html", form=form, wrong=True, over=record.ended_at is not None), 422
    auth.remember(token)
    return remember_device(_on_the_way(), visit)


@agents.route("/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    form, record = PasswordForm(), auth.current_sign_in()
    form.about = (record.agent.name, record.agent.email, *(current_app.config[name] for name in ("BASE_URL", "EMAIL")))
    is_valid = form.validate_on_submit()
    if is_valid and not record.agent.password_is_one_time and not _knows_password(form):
        is_valid = False
    if not is_valid:
        return render_template("desk/password.html", form=form), 422 if form.errors else 200
    services.choose_password(record, form.password.data or "", place())
    return redirect(url_for("desk.queue"), code=303)


def _knows_password(form: PasswordForm) -> bool:
    """Puts what is wrong beside the field."""
    try:
        if door.checks_own_password(auth.current_agent(), form.current.data or ""):
            return True
        form.current.errors = ["This is not the password you have now"]
    except TooManyTries as error:
        form.current.errors = [f"Wait {_minutes(error.wait)} minutes, then try again"]
    return False


@agents.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    auth.csrf.protect()
    door.sign_out(auth.current_sign_in(), place())
    auth.forget()
    response = redirect(url_for(".sign_in"), code=303)
    response.headers["Clear-Site-Data"] = '"cache"'  # Going back must not show a patient's words.
    return response


def _on_the_way() -> Response:
    """To where the agent was going, as long as that is a page of the desk."""
    wanted = request.args.get("next", "")
    leads_away = "\\" in wanted or ".." in unquote(wanted) or not wanted.isprintable()
    where = wanted if wanted.startswith("/desk/") and not leads_away else url_for("desk.queue")
    return make_response(redirect(where, code=303))


def _minutes(wait: timedelta | None) -> int:
    return -(-int(wait.total_seconds()) // 60) if wait else 0


def _after(wait: timedelta) -> dict[str, str]:
    return {"Retry-After": str(int(wait.total_seconds()) + 1)}
