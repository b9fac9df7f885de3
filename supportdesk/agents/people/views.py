"""The admins' pages about people.  Nothing is done by one click: a page says what it means, and asks for a password."""

from collections.abc import Sequence

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from supportdesk import clock
from supportdesk.access import Role, may
from supportdesk.agents import auth, services
from supportdesk.agents.door.services import checks_own_password
from supportdesk.agents.forms import OwnPasswordForm
from supportdesk.agents.models import Agent, SignIn
from supportdesk.agents.people.acts import ACTS, OF_GONE
from supportdesk.agents.people.forms import AddForm, RoleForm
from supportdesk.agents.queries import agent_with, all_agents, everybodys_open_sign_ins, sign_in_with
from supportdesk.agents.teams.queries import teams_of
from supportdesk.exceptions import TooManyTries

people = may(Role.ADMIN)(Blueprint("people", __name__, url_prefix="/desk/people"))


@people.get("/")
def page() -> str:
    return _page(AddForm(formdata=None))


@people.post("/")
def add() -> ResponseReturnValue:
    form = AddForm()
    wrong = _what_is_wrong(form)
    if wrong:
        return _page(form, wrong), 422
    try:
        role = Role(form.role.data)
        agent, password = services.add_agent(form.email.data or "", form.name.data or "", role, auth.acting())
    except ValueError as error:
        return _page(form, str(error)), 422
    return render_template("desk/one-time.html", agent=agent, password=password, is_new=True, is_back=False)


@people.get("/<int:agent_id>")
def one(agent_id: int) -> str:
    agent = _agent(agent_id)
    mine = [record for record in _signed_in() if record.agent_id == agent.id]
    acts = {name: act for name, act in ACTS.items() if _fits(agent, name)}
    return render_template("desk/person.html", agent=agent, sign_ins=mine, acts=acts, teams=teams_of(agent))


@people.get("/<int:agent_id>/<act>")
def ask(agent_id: int, act: str) -> str:
    return _ask(_agent(agent_id), act, _form(act))


@people.post("/<int:agent_id>/<act>")
def do(agent_id: int, act: str) -> ResponseReturnValue:
    agent = _agent(agent_id)
    if act not in ACTS:
        abort(404)
    if not _fits(agent, act):  # Somebody else was faster; their page says so.
        return redirect(url_for(".one", agent_id=agent.id), code=303)
    form = RoleForm() if act == "role" else OwnPasswordForm()
    if wrong := _what_is_wrong(form):
        return _ask(agent, act, form, wrong), 422
    try:
        password = _do(agent, act, form)
    except ValueError as error:
        return _ask(agent, act, form, str(error)), 422
    if password:
        is_back = act == "activate"
        return render_template("desk/one-time.html", agent=agent, password=password, is_new=False, is_back=is_back)
    return redirect(url_for(".one", agent_id=agent.id), code=303)


@people.get("/sign-ins/<int:sign_in_id>/end")
def ask_end(sign_in_id: int) -> str:
    return _ask_end(_sign_in(sign_in_id), OwnPasswordForm(formdata=None))


@people.post("/sign-ins/<int:sign_in_id>/end")
def end(sign_in_id: int) -> ResponseReturnValue:
    record, form = _sign_in(sign_in_id), OwnPasswordForm()
    if wrong := _what_is_wrong(form):
        return _ask_end(record, form, wrong), 422
    services.end_one_sign_in(record, auth.acting())
    return redirect(url_for(".page", _anchor="sign-ins-heading"), code=303)


def _do(agent: Agent, act: str, form: OwnPasswordForm) -> str | None:
    """The one-time password, where there is a new one.  Raises ValueError saying why it can't be done."""
    if act == "role" and isinstance(form, RoleForm):
        services.set_role(agent.email, Role(form.role.data), auth.acting())
    elif act == "deactivate":
        services.deactivate_agent(agent.email, auth.acting())
    elif act == "sign-ins":
        services.end_all_sign_ins(agent.email, auth.acting())
    elif act == "activate":
        return services.activate_agent(agent.email, auth.acting())
    else:
        return services.reset_password(agent.email, codes=act == "codes", by=auth.acting())
    return None


def _fits(agent: Agent, act: str) -> bool:
    return (act in OF_GONE) is not agent.is_active


def _what_is_wrong(form: OwnPasswordForm) -> str:
    """Empty where the form is right, and its sender knows their own password."""
    if not form.validate():
        return "Please mend what is marked"
    try:
        if checks_own_password(auth.current_agent(), form.password.data or ""):
            return ""
    except TooManyTries as error:
        minutes = int(error.wait.total_seconds()) // 60 + 1
        return f"There were too many wrong passwords. Please wait: {minutes} min"
    return "That is not your password"


def _page(form: AddForm, wrong: str = "") -> str:
    sign_ins = _signed_in()
    return render_template("desk/people.html", agents=all_agents(), sign_ins=sign_ins, form=form, wrong=wrong)


def _form(act: str) -> OwnPasswordForm:
    return RoleForm(formdata=None) if act == "role" else OwnPasswordForm(formdata=None)


def _ask(agent: Agent, act: str, form: OwnPasswordForm, wrong: str = "") -> str:
    asked = ACTS.get(act) or abort(404)
    if isinstance(form, RoleForm) and not form.role.raw_data:
        form.role.data = agent.role.value
    back = url_for(".one", agent_id=agent.id)
    return render_template("desk/confirm.html", act=asked, of=agent.name, form=form, wrong=wrong, back=back)


def _ask_end(record: SignIn, form: OwnPasswordForm, wrong: str = "") -> str:
    return render_template("desk/confirm-end.html", record=record, form=form, wrong=wrong)


def _signed_in() -> Sequence[SignIn]:
    now = clock.now()
    return [record for record in everybodys_open_sign_ins() if auth.lives(record, now)]


def _agent(agent_id: int) -> Agent:
    return agent_with(agent_id) or abort(404)


def _sign_in(sign_in_id: int) -> SignIn:
    return sign_in_with(sign_in_id) or abort(404)
