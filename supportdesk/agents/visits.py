"""Who stands at the door, read from the request; and the cookie by which a browser is known again."""

import secrets

from flask import Response, current_app, request

from supportdesk.agents.door import Visit, browser_name
from supportdesk.audit.noting import place

_KNOWN_FOR = 90 * 24 * 3600  # Seconds.


def this_visit() -> Visit:
    device = request.cookies.get(current_app.config["DEVICE_COOKIE_NAME"], "")
    is_ours = len(device) == len(secrets.token_urlsafe(32))
    return Visit(place(), browser_name(request.user_agent.string), device if is_ours else secrets.token_urlsafe(32))


def remember_device(response: Response, visit: Visit) -> Response:
    """Opens nothing: it only says that here, somebody who fails was once inside."""
    config = current_app.config
    response.set_cookie(
        config["DEVICE_COOKIE_NAME"],
        visit.device,
        max_age=_KNOWN_FOR,
        secure=config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Strict",
    )
    return response
