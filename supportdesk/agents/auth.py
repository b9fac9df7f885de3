"""Who is at the desk: the sign-in behind this request's cookie, and the guard before every page that is not public."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import SQLAlchemyError

from supportdesk import clock
from supportdesk.access import ANYONE, Role, declared
from supportdesk.agents import door
from supportdesk.agents.door.services import saw
from supportdesk.agents.drafts import services as drafts
from supportdesk.agents.models import ADDRESS_LENGTH, Agent, SignIn
from supportdesk.agents.queries import sign_in_by_token
from supportdesk.audit import What, note, noting
from supportdesk.audit.services import By
from supportdesk.exceptions import NotSignedIn

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
_TOKEN, _FOUND = "sign_in", "sign_in"  # Under which name the session keeps it, and `g` what was found by it.
_SEEN_EVERY = timedelta(minutes=1)  # Often enough to know when somebody left; not a write for each click.

csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # guard() checks it on agents' pages; the public form has none.
    csrf.init_app(app)
    app.before_request(guard)
    app.after_request(_leave)
    app.jinja_env.globals.update(current_agent=current_agent, idle_seconds=lambda: _idle().total_seconds(), Role=Role)


def remember(token: str) -> None:
    """Begin a new session, so that one planted before the sign-in is worth nothing."""
    session.clear()
    session[_TOKEN] = token


def forget() -> None:
    session.clear()


def keeps_draft(view: View) -> View:
    """Declares that the `body` sent to this view is kept where the sign-in has run out meanwhile."""
    view.keeps_draft = True  # type: ignore[attr-defined]
    return view


def unattended(view: View) -> View:
    """Declares that a script asks it by itself: it says nothing of whether somebody is there."""
    view.is_unattended = True  # type: ignore[attr-defined]
    return view


def current_sign_in() -> SignIn:
    """Raises NotSignedIn where there is none, or it has ended.  Asks the database once for each request."""
    record = _found()
    if record is None or not lives(record, clock.now()):
        raise NotSignedIn
    noting.remember_agent(record.agent_id)
    return record


def current_agent() -> Agent:
    return current_sign_in().agent


def acting() -> By:
    """The agent who asks, and from where, for the line that an act of theirs leaves in the audit."""
    return By(current_agent().id, noting.place())


def lives(record: SignIn, now: datetime) -> bool:
    """Whether somebody with its token would be let in."""
    return record.lives(now, _longest(record), _idle())


def has_run_out() -> bool:
    """Whether the cookie is of a sign-in that ended by itself: then the door says why, and that drafts are kept."""
    record = _found()
    return record is not None and record.ended_at is None and record.has_run_out(clock.now(), _longest(record), _idle())


def next_step(record: SignIn) -> str | None:
    """The page that stands between this agent and the desk; None where they are all the way in."""
    with_codes = current_app.config["ONE_TIME_CODES"] == "required"
    if with_codes and record.agent.has_codes and record.code_passed_at is None:
        return "agents.code"
    if record.agent.password_is_one_time:
        return "agents.password"
    if with_codes and not record.agent.has_codes:
        return "codes.set_up"
    return None


def guard() -> ResponseReturnValue | None:
    """Before every page: is it declared, is it open to this agent, and does the form come from their own page?"""
    who = declared(current_app, request.endpoint) if request.endpoint else ANYONE
    if who is ANYONE:
        return None
    if who is None or current_app.config["ROLE"] in {"public", "delivery"}:
        abort(404)
    record = _sign_in_or_draft()
    step = next_step(record)
    if isinstance(who, Role):
        if step is None and not record.agent.role.includes(who):
            abort(403)
        _check_form()
    if step and request.endpoint not in {step, "agents.sign_out"}:
        going_to = request.full_path.rstrip("?") if step == "agents.code" and request.method == "GET" else None
        return redirect(url_for(step, next=going_to), code=303)
    return None


def _found() -> SignIn | None:
    if _FOUND not in g:
        g.setdefault(_FOUND, sign_in_by_token(session[_TOKEN]) if _TOKEN in session else None)
    found: SignIn | None = g.get(_FOUND)
    return found


def _longest(record: SignIn) -> timedelta:
    """How long this sign-in may last: a working day, or ten minutes where the code is still to come."""
    if next_step(record) == "agents.code":
        return door.CODE_TIME
    return timedelta(hours=current_app.config["SIGN_IN_HOURS"])


def _idle() -> timedelta:
    return timedelta(minutes=current_app.config["SIGN_IN_IDLE_MINUTES"])


def _check_form() -> None:
    if request.method == "POST" and current_app.config.get("WTF_CSRF_ENABLED", True):
        try:
            csrf.protect()
        except CSRFError:
            note(What.REFUSED, detail=f"form,{request.endpoint}")
            raise


def _sign_in_or_draft() -> SignIn:
    """Raises NotSignedIn; what was being written when the sign-in ran out is kept for its agent first."""
    try:
        return current_sign_in()
    except NotSignedIn:
        record = _found()
        view = current_app.view_functions[str(request.endpoint)]
        if record and has_run_out() and next_step(record) is None and hasattr(view, "keeps_draft"):
            _check_form()
            address = request.full_path.rstrip("?")[:ADDRESS_LENGTH]  # As the form says it, query included.
            drafts.keep(record.agent_id, address, request.form.get("body", ""))
        raise


def _leave(response: Response) -> Response:
    """After a page: that the agent was here; that a draft was sent; that somebody was refused."""
    is_public = not request.endpoint or declared(current_app, request.endpoint) is ANYONE
    if response.status_code == 403 and _TOKEN in session:  # noqa: PLR2004  Strangers could fill the audit otherwise.
        note(What.REFUSED, detail=request.endpoint or "")
    record = None if is_public else _found()
    with suppress(SQLAlchemyError):  # The page is right, whether or not this can be noted now.
        if record and record.ended_at is None:
            _note_presence(record, response)
    return response


def _note_presence(record: SignIn, response: Response) -> None:
    now, sign_in_id, agent_id = clock.now(), record.id, record.agent_id
    if not lives(record, now):
        return
    view = current_app.view_functions[str(request.endpoint)]
    is_due = now >= record.last_seen_at + _SEEN_EVERY and not hasattr(view, "is_unattended")
    was_sent = request.method == "POST" and response.status_code == 303 and hasattr(view, "keeps_draft")  # noqa: PLR2004
    if is_due:
        saw(sign_in_id, now)
    if was_sent:
        drafts.drop(agent_id, request.path)
