"""The door to the desk: sign in, choose a password, sign out."""

from urllib.parse import unquote

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportdesk.agents import auth, services
from supportdesk.agents.forms import PasswordForm, SignInForm

agents = Blueprint("agents", __name__, url_prefix="/desk")


@agents.before_request
def _desk_only() -> None:
    if current_app.config["ROLE"] == "public":
        abort(404)


@agents.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("desk/sign-in.html", form=form, wrong=False), 422 if form.errors else 200
    token = services.sign_in(form.email.data or "", form.password.data or "")
    if token is None:
        return render_template("desk/sign-in.html", form=form, wrong=True), 422
    auth.remember(token)
    return redirect(_next_page(), code=303)


@agents.route("/password", methods=["GET", "POST"])
@auth.signed_in_only
def password() -> ResponseReturnValue:
    form = PasswordForm()
    if not form.validate_on_submit():
        return render_template("desk/password.html", form=form), 422 if form.errors else 200
    services.choose_password(auth.current_sign_in(), form.password.data or "")
    return redirect(url_for("desk.queue"), code=303)


@agents.post("/sign-out")
@auth.signed_in_only
def sign_out() -> ResponseReturnValue:
    auth.csrf.protect()
    services.sign_out(auth.current_sign_in())
    auth.forget()
    return redirect(url_for(".sign_in"), code=303)


def _next_page() -> str:
    """Where the agent was going, as long as that is a page of the desk."""
    wanted = request.args.get("next", "")
    leads_away = "\\" in wanted or ".." in unquote(wanted) or not wanted.isprintable()
    return wanted if wanted.startswith("/desk/") and not leads_away else url_for("desk.queue")
