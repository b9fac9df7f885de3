"""Who may call what: each endpoint declares it, and the application does not start where one is silent.

A view says `@may(Role.LEAD)`; a blueprint says it for all its views: `desk = may(Role.AGENT)(Blueprint(…))`.  What a
view says itself goes before what its blueprint says.  The guard that holds them to it is agents/auth.py.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask

from supportdesk.exceptions import SettingsError

T = TypeVar("T")


class Role(StrEnum):
    """What somebody at the desk may do.  Each role may do what those before it may."""

    AGENT = "agent"  # Work the queue.
    LEAD = "lead"  # And reports, canned replies, redaction, merging.
    ADMIN = "admin"  # And people, keys, erasure, the audit.

    def includes(self, other: "Role") -> bool:
        order = list(Role)
        return order.index(self) >= order.index(other)


class Door(StrEnum):
    """What is open to more than the people who work here."""

    ANYONE = "anyone"
    NEWCOMER = "newcomer"  # Who typed the right password and has a step to go: a code, a password of their own.


Who = Role | Door
ANYONE, NEWCOMER = Door.ANYONE, Door.NEWCOMER


def may(who: Who) -> Callable[[T], T]:
    """Declares who may call a view, or every view of a blueprint that does not say otherwise."""

    def declare(thing: T) -> T:
        thing.may = who  # type: ignore[attr-defined]
        return thing

    return declare


def declared(app: Flask, endpoint: str) -> Who | None:
    """Who may call `endpoint`; None where nobody said, so that nobody may."""
    known: dict[str, Who] = app.extensions.get("access", {})
    return known[endpoint] if endpoint in known else _said(app, endpoint)


def check(app: Flask) -> None:
    """The last step of building the application.  Raises SettingsError naming every endpoint that is silent."""
    said = {endpoint: _said(app, endpoint) for endpoint in app.view_functions}
    silent = sorted(endpoint for endpoint, who in said.items() if who is None)
    if silent:
        raise SettingsError(
            f"Nobody said who may call {', '.join(silent)}. Declare it: @may(Role.AGENT), or another of access.py."
        )
    app.extensions["access"] = said


def _said(app: Flask, endpoint: str) -> Who | None:
    if endpoint == "static":  # Flask's own, for the files that every page names.
        return ANYONE
    of_view: Any = app.view_functions.get(endpoint)
    of_blueprint: Any = app.blueprints.get(endpoint.rpartition(".")[0])
    who: Who | None = getattr(of_view, "may", None) or getattr(of_blueprint, "may", None)
    return who
