"""Setting up one-time codes: the picture for a phone, shown until the phone has proved that it knows it, then never."""

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportdesk.access import NEWCOMER, Role, may
from supportdesk.agents import auth, codes
from supportdesk.agents.codes import services
from supportdesk.agents.door.services import checks_own_password
from supportdesk.agents.forms import OwnPasswordForm, SetUpForm
from supportdesk.agents.models import SignIn
from supportdesk.audit.noting import place
from supportdesk.exceptions import Sealed, TooManyTries
from supportdesk.sealing import DataKey, derived_key

views = may(NEWCOMER)(Blueprint("codes", __name__, url_prefix="/desk/codes"))


@views.before_request
def _where_they_are_used() -> None:
    if current_app.config["ONE_TIME_CODES"] != "required":
        abort(404)


@views.route("/", methods=["GET", "POST"])
def set_up() -> ResponseReturnValue:
    """The first phone.  Whoever has one already changes it on their own page, with their password."""
    record = auth.current_sign_in()
    if record.agent.has_codes:
        return redirect(url_for("account.page"), code=303)
    form = SetUpForm()
    if not form.validate_on_submit():
        return _picture(record, form, _secret(record, form)), 422 if form.errors else 200
    return _finish(record, form)


@views.post("/again")
@may(Role.AGENT)
def again() -> ResponseReturnValue:
    """A new phone, or new recovery codes; asked for with the password."""
    record, form = auth.current_sign_in(), OwnPasswordForm()
    is_right = False
    try:
        is_right = form.validate_on_submit() and checks_own_password(record.agent, form.password.data or "")
    except TooManyTries as error:
        return redirect(url_for("account.page", wait=int(error.wait.total_seconds()) // 60 + 1), code=303)
    if not is_right:
        return redirect(url_for("account.page", wrong="password"), code=303)
    if "phone" in request.form:
        return _picture(record, SetUpForm(formdata=None), codes.new_secret(), action=url_for(".confirm"))
    return _show(services.renew_recovery_codes(record.agent, place()))


@views.post("/confirm")
@may(Role.AGENT)
def confirm() -> ResponseReturnValue:
    """The new phone proves that it knows the picture; from then on the old one is worth nothing.

    Nobody gets here but by the picture, and nobody to the picture without the password: a stolen cookie is not enough.
    """
    record, form = auth.current_sign_in(), SetUpForm()
    if _opened(record, form) is None:
        return redirect(url_for("account.page"), code=303)
    return _finish(record, form)


def _finish(record: SignIn, form: SetUpForm) -> ResponseReturnValue:
    secret = _secret(record, form)
    fresh = services.set_up(record, secret, form.code.data or "", place()) if form.validate() else None
    if fresh is None:
        form.code.errors = form.code.errors or ["This is not what your phone should show. Wait for the next code"]
        return _picture(record, form, secret, action=request.path), 422
    return _show(fresh)


def _show(fresh: list[str]) -> str:
    return render_template("desk/recovery-codes.html", codes=fresh)


def _picture(record: SignIn, form: SetUpForm, secret: str, action: str = "") -> str:
    form.secret.data = _key().seal(secret, _for(record)).hex()
    size, path = codes.drawn(codes.address_of(secret, record.agent.email, "Support desk"))
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render_template(
        "desk/set-up-codes.html", form=form, size=size, path=path, secret=grouped, action=action, me=record.agent
    )


def _secret(record: SignIn, form: SetUpForm) -> str:
    """The secret of the page that was sent; a new one where it was not this sign-in's."""
    return _opened(record, form) or codes.new_secret()


def _opened(record: SignIn, form: SetUpForm) -> str | None:
    try:
        return _key().open(bytes.fromhex(form.secret.data or ""), _for(record))
    except (Sealed, ValueError):
        return None


def _key() -> DataKey:
    return derived_key(current_app.config["SECRET_KEY"], "a phone that is being set up")


def _for(record: SignIn) -> str:
    return f"sign_in|code secret|{record.id}"
