"""Who is at the desk: the sign-in behind this request's cookie, and the guard before every agent's page."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, abort, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from supportdesk import clock
from supportdesk.agents.models import Agent, SignIn
from supportdesk.agents.queries import sign_in_by_token
from supportdesk.exceptions import NotSignedIn

P = ParamSpec("P")
R = TypeVar("R")
_TOKEN = "sign_in"  # noqa: S105  The name under which the session keeps it.

csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # guard() checks it on agents' pages; the public form has none.
    csrf.init_app(app)
    app.jinja_env.globals["current_agent"] = current_agent


def remember(token: str) -> None:
    """Begin a new session, so that one planted before the sign-in is worth nothing."""
    session.clear()
    session[_TOKEN] = token


def forget() -> None:
    session.clear()


def current_sign_in() -> SignIn:
    """Raises NotSignedIn where there is none, or it has ended."""
    longest = timedelta(hours=current_app.config["SIGN_IN_HOURS"])
    record = sign_in_by_token(session[_TOKEN]) if _TOKEN in session else None
    if record is None or not record.is_good(clock.now(), longest):
        raise NotSignedIn
    return record


def current_agent() -> Agent:
    return current_sign_in().agent


def guard() -> ResponseReturnValue | None:
    """Before every page of a blueprint: an agent with a password of their own, and a form of theirs."""
    if current_app.config["ROLE"] == "public":
        abort(404)
    agent = current_agent()
    if request.method == "POST" and current_app.config.get("WTF_CSRF_ENABLED", True):
        csrf.protect()
    if agent.password_is_one_time:
        return redirect(url_for("agents.password"), code=303)
    return None


def signed_in_only(view: Callable[P, R]) -> Callable[P, R]:
    """For the few pages of an agent who has yet to choose a password."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        current_sign_in()
        return view(*args, **kwargs)

    guarded.guarded = True  # type: ignore[attr-defined]
    return guarded
