"""What a requester's browser is known by: a cookie for these pages, and how it is forgotten on a shared computer."""

from flask import current_app, request
from werkzeug.wrappers import Response

EVERYTHING = '"cache", "cookies", "storage"'  # What a browser is told to clear on a shared computer.


def cookie() -> str:
    return request.cookies.get(_name(), "")


def known_by(value: str, response: Response) -> Response:
    response.set_cookie(_name(), value, **_place())  # type: ignore[arg-type]
    return response


def forget(response: Response) -> Response:
    response.delete_cookie(_name(), **_place())  # type: ignore[arg-type]
    response.headers["Clear-Site-Data"] = EVERYTHING
    return response


def _name() -> str:
    return "__Host-requester" if current_app.config["SECURE_COOKIES"] else "requester"


def _place() -> dict[str, str | bool]:
    """For these pages only; under HTTPS bound to the host, and then browsers want the whole of it."""
    secure = current_app.config["SECURE_COOKIES"]
    return {"path": "/" if secure else "/requests", "secure": secure, "httponly": True, "samesite": "Strict"}
