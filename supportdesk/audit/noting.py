"""What a request has to answer for: noted while it is served, and written before its page leaves the house."""

from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from supportdesk import clock
from supportdesk.addresses import network
from supportdesk.audit import services
from supportdesk.audit.models import AuditEvent, What
from supportdesk.error_pages import error_page
from supportdesk.keys import keyring

_AGENT, _NOTED = "agent_id", "audit_events"  # Under which names `g` keeps them for this request.


def init_app(app: Flask) -> None:
    app.after_request(_write)


def note(what: What, reference: str | None = None, detail: str = "") -> None:
    """Raises ValueError where `detail` could hold words."""
    event = AuditEvent(
        at=clock.now(), what=what, agent_id=g.get(_AGENT), place=place(), reference=reference, detail=detail
    )
    g.setdefault(_NOTED, []).append(event)


def remember_agent(agent_id: int) -> None:
    """Who this request comes from, as far as everything noted from now on is concerned."""
    setattr(g, _AGENT, agent_id)


def noted_agent() -> int:
    """Who that is, for a part of the desk that knows no agents; behind the guard there always is one."""
    agent_id: int = g.get(_AGENT)
    return agent_id


def place() -> str:
    """Where this request comes from: the same place can be told again, and not where it is."""
    return keyring().keyed_hash("network address", network(request.remote_addr)).hex()[:16]


def _write(response: Response) -> Response:
    """What can't be answered for is not shown."""
    noted = g.pop(_NOTED, None)
    if not noted:
        return response
    try:
        services.write(noted)
    except SQLAlchemyError:
        return error_page(503)
    return response
